"""The review queue whole: causes, counts, words to search; decisions and their trail; replays; people and sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_ITEM_COLUMNS = (
    ("verdict", sa.String(20)),
    ("cause_id", sa.Integer),
    ("text", sa.Text),
    ("assignee", sa.Text),
    ("changed", _TIME),
)
_ITEM_INDEXES = {
    "review_items_by_state": ["state", "id"],
    "review_items_by_cause": ["cause_id", "state", "id"],
    "review_items_by_run": ["run_id", "state", "id"],
    "review_items_by_run_cause": ["run_id", "cause_id", "state", "id"],
    "review_items_by_assignee": ["assignee", "state", "id"],
}


def upgrade() -> None:
    """Widen the queue's items and make the tables around them."""
    for name, kind in _ITEM_COLUMNS:
        op.add_column("review_items", sa.Column(name, kind))
    for name, columns in _ITEM_INDEXES.items():
        op.create_index(name, "review_items", columns)
    _causes()
    _decisions()
    _people()
    if op.get_context().dialect.name == "postgresql":
        words = "regexp_replace(text, '[^[:alnum:]]+', ' ', 'g')"  # else 03/04/2001 would be one word, a path
        op.execute(f"CREATE INDEX review_items_words ON review_items USING gin (to_tsvector('simple', {words}))")
    else:
        op.execute(
            "CREATE VIRTUAL TABLE review_search USING fts5(text, content='review_items', content_rowid='id',"
            " tokenize='unicode61 remove_diacritics 2')"
        )
        op.execute(
            "CREATE TRIGGER review_search_new AFTER INSERT ON review_items WHEN new.text IS NOT NULL"
            " BEGIN INSERT INTO review_search(rowid, text) VALUES (new.id, new.text); END"
        )
        op.execute(
            "CREATE TRIGGER review_search_told AFTER UPDATE OF text ON review_items"
            " WHEN old.text IS NULL AND new.text IS NOT NULL"
            " BEGIN INSERT INTO review_search(rowid, text) VALUES (new.id, new.text); END"
        )


def _causes() -> None:
    op.create_table(
        "review_causes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("contract_id", sa.Text, nullable=False),
        sa.Column("object", sa.Text, nullable=False),
        sa.Column("signature", sa.String(64), nullable=False),
        sa.Column("parts", sa.JSON, nullable=False),
        sa.UniqueConstraint("contract_id", "object", "signature", name="review_causes_once"),
    )
    op.create_table(
        "review_cause_parts",
        sa.Column("cause_id", sa.Integer, sa.ForeignKey("review_causes.id"), primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("check_name", sa.Text, nullable=False),
        sa.Column("property", sa.Text),
    )
    for column, name in (("code", "code"), ("check_name", "check"), ("property", "property")):
        op.create_index(f"review_cause_parts_by_{name}", "review_cause_parts", [column])
    op.create_table(
        "review_tallies",
        sa.Column("run_id", sa.String(64), sa.ForeignKey("runs.id"), primary_key=True),
        sa.Column("cause_id", sa.Integer, sa.ForeignKey("review_causes.id"), primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(20), primary_key=True),
        sa.Column("items", sa.BigInteger, nullable=False),
    )
    op.create_index("review_tallies_by_cause", "review_tallies", ["cause_id", "state"])
    op.create_table(
        "review_intakes",
        sa.Column("run_id", sa.String(64), sa.ForeignKey("runs.id"), primary_key=True),
        sa.Column("items", sa.BigInteger, nullable=False),
        sa.Column("at", _TIME, nullable=False),
    )


def _decisions() -> None:
    op.create_table(
        "review_decisions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("item_id", sa.Integer, sa.ForeignKey("review_items.id"), nullable=False),
        sa.Column("batch", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("changes", sa.JSON, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("decided", _TIME, nullable=False),
        sa.Column("approved_by", sa.Text),
        sa.Column("approved", _TIME),
        sa.Column("replay_id", sa.String(64)),
    )
    op.create_index("review_decisions_by_item", "review_decisions", ["item_id", "state"])
    op.create_index("review_decisions_by_batch", "review_decisions", ["batch", "id"])
    op.create_index("review_decisions_by_replay", "review_decisions", ["replay_id"])
    op.create_table(
        "review_trail",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("item_id", sa.Integer, sa.ForeignKey("review_items.id"), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("decision_id", sa.Integer),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.create_index("review_trail_by_item", "review_trail", ["item_id", "id"])
    op.create_table(
        "review_proposals",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("contract_id", sa.Text, nullable=False),
        sa.Column("contract_version", sa.Text, nullable=False),
        sa.Column("batch", sa.String(64)),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("diff", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("proposed_by", sa.Text, nullable=False),
        sa.Column("proposed", _TIME, nullable=False),
    )
    op.create_index("review_proposals_by_contract", "review_proposals", ["contract_id", "state", "id"])
    op.create_table(
        "replays",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("run_id", sa.String(64), sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("contract_id", sa.Text, nullable=False),
        sa.Column("object", sa.Text, nullable=False),
        sa.Column("extract_id", sa.String(80), nullable=False),
        sa.Column("contract_version", sa.Text, nullable=False),
        sa.Column("contract_fingerprint", sa.String(80), nullable=False),
        sa.Column("rules_fingerprint", sa.String(80), nullable=False),
        sa.Column("replayed_by", sa.Text, nullable=False),
        sa.Column("started", _TIME, nullable=False),
        sa.Column("finished", _TIME, nullable=False),
        sa.Column("candidates", sa.BigInteger, nullable=False),
        sa.Column("published", sa.BigInteger, nullable=False),
        sa.Column("rejected", sa.BigInteger, nullable=False),
        sa.Column("uncertain", sa.BigInteger, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.create_index("replays_by_run", "replays", ["run_id", "id"])
    op.create_index("replays_by_contract", "replays", ["contract_id", "object", "id"])


def _people() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("password_hash", sa.Text),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("failed_logins", sa.Integer, nullable=False),
        sa.Column("locked_until", _TIME),
        sa.UniqueConstraint("name", name="users_once"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_sha256", sa.String(64), primary_key=True),
        sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("last_seen", _TIME, nullable=False),
        sa.Column("expires", _TIME, nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
    )
    op.create_index("sessions_by_user", "sessions", ["user_id"])
    op.create_index("sessions_by_end", "sessions", ["expires"])
    op.create_table(
        "login_attempts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("address", sa.String(80), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("succeeded", sa.Boolean, nullable=False),
    )
    op.create_index("login_attempts_by_name", "login_attempts", ["name", "at"])
    op.create_index("login_attempts_by_address", "login_attempts", ["address", "at"])


def downgrade() -> None:
    """Take it all back; the queue's items stay as the first version had them."""
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP INDEX review_items_words")
    else:
        op.execute("DROP TRIGGER review_search_new")
        op.execute("DROP TRIGGER review_search_told")
        op.execute("DROP TABLE review_search")
    for table in ("login_attempts", "sessions", "users", "replays", "review_proposals", "review_trail"):
        op.drop_table(table)
    for table in ("review_decisions", "review_intakes", "review_tallies", "review_cause_parts", "review_causes"):
        op.drop_table(table)
    for name in _ITEM_INDEXES:
        op.drop_index(name, "review_items")
    for name, _ in reversed(_ITEM_COLUMNS):
        op.drop_column("review_items", name)
