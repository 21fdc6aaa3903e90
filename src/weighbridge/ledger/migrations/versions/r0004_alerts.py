"""What people are called for: each trouble once, since when, how often, and when it was told."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table of alerts."""
    op.create_table(
        "alerts",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("contract_id", sa.Text, nullable=False),
        sa.Column("object", sa.Text),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("run_id", sa.String(64)),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("last_seen", _TIME, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("over", _TIME),
        sa.Column("told", _TIME),
        sa.Column("told_over", sa.Boolean, nullable=False),
        sa.Column("claimed", _TIME),
        sa.Column("claimant", sa.String(64)),
        sa.Column("failures", sa.Integer, nullable=False),
    )
    op.create_index("alerts_by_end", "alerts", ["over", "told"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("alerts")
