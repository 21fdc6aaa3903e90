"""The first ledger: runs, their sources, checks, findings and profiles, and the review queue."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def _run_id(*, key: bool = True) -> sa.Column[str]:
    return sa.Column("run_id", sa.String(64), sa.ForeignKey("runs.id"), primary_key=key, nullable=False)


def upgrade() -> None:
    """Make every table of the first version."""
    op.create_table(
        "runs",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("contract_id", sa.Text, nullable=False),
        sa.Column("contract_version", sa.Text, nullable=False),
        sa.Column("contract_fingerprint", sa.String(80), nullable=False),
        sa.Column("rules_fingerprint", sa.String(80), nullable=False),
        sa.Column("object", sa.Text, nullable=False),
        sa.Column("extract_id", sa.String(80)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("decision", sa.String(30)),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("as_of", _TIME, nullable=False),
        sa.Column("started", _TIME, nullable=False),
        sa.Column("finished", _TIME),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("boot", sa.Text),
        sa.Column("namespace", sa.Text),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("process_started", sa.Text),
        sa.Column("folder", sa.Text),
        sa.Column("exit_code", sa.Integer),
        sa.Column("records", sa.BigInteger),
        sa.Column("accepted", sa.BigInteger),
        sa.Column("repaired", sa.BigInteger),
        sa.Column("uncertain", sa.BigInteger),
        sa.Column("rejected", sa.BigInteger),
        sa.Column("outputs", sa.JSON, nullable=False),
        sa.Column("earlier_run", sa.String(64)),
    )
    op.create_index("runs_by_extract", "runs", ["extract_id", "contract_id", "object"])
    op.create_index("runs_by_contract", "runs", ["contract_id", "id"])
    op.create_index("runs_by_state", "runs", ["state"])
    op.create_table(
        "run_sources",
        _run_id(),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("content_bytes", sa.BigInteger),
        sa.Column("records", sa.BigInteger),
        sa.Column("record_bytes", sa.BigInteger),
    )
    op.create_table(
        "check_results",
        _run_id(),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("grain", sa.String(16), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("holds", sa.Boolean, nullable=False),
        sa.Column("failed", sa.BigInteger),
        sa.Column("rate", sa.Float),
        sa.Column("observed", sa.Text),
    )
    op.create_table(
        "extract_findings",
        _run_id(),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.create_table("profiles", _run_id(), sa.Column("figures", sa.JSON, nullable=False))
    op.create_table(
        "review_items",
        sa.Column("id", sa.Integer, primary_key=True),
        _run_id(key=False),
        sa.Column("contract_id", sa.Text, nullable=False),
        sa.Column("object", sa.Text, nullable=False),
        sa.Column("extract_id", sa.String(80), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("record", sa.BigInteger, nullable=False),
        sa.Column("offset_bytes", sa.BigInteger),
        sa.Column("length_bytes", sa.BigInteger),
        sa.Column("codes", sa.JSON, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("row_version", sa.Integer, nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.UniqueConstraint("run_id", "source", "record", name="review_items_once"),
    )
    op.create_index("review_items_by_queue", "review_items", ["contract_id", "object", "state", "id"])
    op.create_index("review_items_by_extract", "review_items", ["extract_id", "state"])


def downgrade() -> None:
    """Drop them all."""
    for table in ("review_items", "profiles", "extract_findings", "check_results", "run_sources", "runs"):
        op.drop_table(table)
