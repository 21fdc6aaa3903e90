"""The ledger's tables, for SQLite and PostgreSQL alike. Migrations make them; this is what they make."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

VERSION_TABLE = "weighbridge_version"

metadata = MetaData()


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Given with any time zone, stored in UTC, given back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn it to UTC; SQLite keeps it without a zone.

        Raises:
            ValueError: it has no time zone, so nobody can know when it was.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give it its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)  # type: ignore[no-any-return]


RUNS = Table(
    "runs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("contract_id", Text, nullable=False),
    Column("contract_version", Text, nullable=False),
    Column("contract_fingerprint", String(80), nullable=False),
    Column("rules_fingerprint", String(80), nullable=False),
    Column("object", Text, nullable=False),
    Column("extract_id", String(80)),
    Column("state", String(20), nullable=False),
    Column("decision", String(30)),
    Column("reasons", JSON, nullable=False),
    Column("as_of", UtcDateTime, nullable=False),
    Column("started", UtcDateTime, nullable=False),
    Column("finished", UtcDateTime),
    Column("host", Text, nullable=False),
    Column("boot", Text),
    Column("namespace", Text),
    Column("pid", Integer, nullable=False),
    Column("process_started", Text),
    Column("folder", Text),
    Column("exit_code", Integer),
    Column("records", BigInteger),
    Column("accepted", BigInteger),
    Column("repaired", BigInteger),
    Column("uncertain", BigInteger),
    Column("rejected", BigInteger),
    Column("outputs", JSON, nullable=False),
    Column("earlier_run", String(64)),
    Index("runs_by_extract", "extract_id", "contract_id", "object"),
    Index("runs_by_contract", "contract_id", "id"),
    Index("runs_by_state", "state"),
)

RUN_SOURCES = Table(
    "run_sources",
    metadata,
    Column("run_id", String(64), ForeignKey("runs.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("content_bytes", BigInteger),
    Column("records", BigInteger),
    Column("record_bytes", BigInteger),
)

CHECK_RESULTS = Table(
    "check_results",
    metadata,
    Column("run_id", String(64), ForeignKey("runs.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("code", String(16), nullable=False),
    Column("grain", String(16), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("holds", Boolean, nullable=False),
    Column("failed", BigInteger),
    Column("rate", Float),
    Column("observed", Text),
)

EXTRACT_FINDINGS = Table(
    "extract_findings",
    metadata,
    Column("run_id", String(64), ForeignKey("runs.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("code", String(16), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("body", JSON, nullable=False),
)

PROFILES = Table(
    "profiles",
    metadata,
    Column("run_id", String(64), ForeignKey("runs.id"), primary_key=True),
    Column("figures", JSON, nullable=False),
)

REVIEW_ITEMS = Table(
    "review_items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", String(64), ForeignKey("runs.id"), nullable=False),
    Column("contract_id", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("extract_id", String(80), nullable=False),
    Column("source", Text, nullable=False),
    Column("record", BigInteger, nullable=False),
    Column("offset_bytes", BigInteger),
    Column("length_bytes", BigInteger),
    Column("codes", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("row_version", Integer, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("verdict", String(20)),
    Column("cause_id", Integer),
    Column("text", Text),
    Column("assignee", Text),
    Column("changed", UtcDateTime),
    UniqueConstraint("run_id", "source", "record", name="review_items_once"),
    Index("review_items_by_queue", "contract_id", "object", "state", "id"),
    Index("review_items_by_extract", "extract_id", "state"),
    Index("review_items_by_state", "state", "id"),
    Index("review_items_by_cause", "cause_id", "state", "id"),
    Index("review_items_by_run", "run_id", "state", "id"),
    Index("review_items_by_run_cause", "run_id", "cause_id", "state", "id"),
    Index("review_items_by_assignee", "assignee", "state", "id"),
)

REVIEW_SEARCH = "review_search"
"""SQLite's index of the words of `review_items.text`; PostgreSQL has one on the table itself."""

REVIEW_TEXT_INDEX = "review_items_words"

REVIEW_CAUSES = Table(
    "review_causes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("contract_id", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("signature", String(64), nullable=False),
    Column("parts", JSON, nullable=False),
    UniqueConstraint("contract_id", "object", "signature", name="review_causes_once"),
)

REVIEW_CAUSE_PARTS = Table(
    "review_cause_parts",
    metadata,
    Column("cause_id", Integer, ForeignKey("review_causes.id"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("code", String(16), nullable=False),
    Column("check_name", Text, nullable=False),
    Column("property", Text),
    Index("review_cause_parts_by_code", "code"),
    Index("review_cause_parts_by_check", "check_name"),
    Index("review_cause_parts_by_property", "property"),
)

REVIEW_TALLIES = Table(
    "review_tallies",
    metadata,
    Column("run_id", String(64), ForeignKey("runs.id"), primary_key=True),
    Column("cause_id", Integer, ForeignKey("review_causes.id"), primary_key=True, autoincrement=False),
    Column("state", String(20), primary_key=True),
    Column("items", BigInteger, nullable=False),
    Index("review_tallies_by_cause", "cause_id", "state"),
)

REVIEW_INTAKES = Table(
    "review_intakes",
    metadata,
    Column("run_id", String(64), ForeignKey("runs.id"), primary_key=True),
    Column("items", BigInteger, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

REVIEW_DECISIONS = Table(
    "review_decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("item_id", Integer, ForeignKey("review_items.id"), nullable=False),
    Column("batch", String(64), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("changes", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("decided", UtcDateTime, nullable=False),
    Column("approved_by", Text),
    Column("approved", UtcDateTime),
    Column("replay_id", String(64)),
    Index("review_decisions_by_item", "item_id", "state"),
    Index("review_decisions_by_batch", "batch", "id"),
    Index("review_decisions_by_replay", "replay_id"),
)

REVIEW_TRAIL = Table(
    "review_trail",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("item_id", Integer, ForeignKey("review_items.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", String(20), nullable=False),
    Column("why", Text, nullable=False),
    Column("decision_id", Integer),
    Column("body", JSON, nullable=False),
    Index("review_trail_by_item", "item_id", "id"),
)

REVIEW_PROPOSALS = Table(
    "review_proposals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("contract_id", Text, nullable=False),
    Column("contract_version", Text, nullable=False),
    Column("batch", String(64)),
    Column("title", Text, nullable=False),
    Column("diff", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed", UtcDateTime, nullable=False),
    Index("review_proposals_by_contract", "contract_id", "state", "id"),
)

REPLAYS = Table(
    "replays",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("run_id", String(64), ForeignKey("runs.id"), nullable=False),
    Column("contract_id", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("extract_id", String(80), nullable=False),
    Column("contract_version", Text, nullable=False),
    Column("contract_fingerprint", String(80), nullable=False),
    Column("rules_fingerprint", String(80), nullable=False),
    Column("replayed_by", Text, nullable=False),
    Column("started", UtcDateTime, nullable=False),
    Column("finished", UtcDateTime, nullable=False),
    Column("candidates", BigInteger, nullable=False),
    Column("published", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    Column("uncertain", BigInteger, nullable=False),
    Column("body", JSON, nullable=False),
    Index("replays_by_run", "run_id", "id"),
    Index("replays_by_contract", "contract_id", "object", "id"),
)

ERASURES = Table(
    "erasures",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("contract_id", Text, nullable=False),
    Column("object", Text),
    Column("extract_id", String(80)),
    Column("properties", JSON, nullable=False),
    Column("subject", String(64)),
    Column("erased_by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("counts", JSON, nullable=False),
    Index("erasures_by_contract", "contract_id", "id"),
)

USERS = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("password_hash", Text),
    Column("role", String(20), nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("failed_logins", Integer, nullable=False),
    Column("locked_until", UtcDateTime),
    UniqueConstraint("name", name="users_once"),
)

SESSIONS = Table(
    "sessions",
    metadata,
    Column("token_sha256", String(64), primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id"), nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("last_seen", UtcDateTime, nullable=False),
    Column("expires", UtcDateTime, nullable=False),
    Column("csrf", String(64), nullable=False),
    Index("sessions_by_user", "user_id"),
    Index("sessions_by_end", "expires"),
)

LOGIN_ATTEMPTS = Table(
    "login_attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("address", String(80), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("succeeded", Boolean, nullable=False),
    Index("login_attempts_by_name", "name", "at"),
    Index("login_attempts_by_address", "address", "at"),
)

ALERTS = Table(
    "alerts",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("contract_id", Text, nullable=False),
    Column("object", Text),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("run_id", String(64)),
    Column("since", UtcDateTime, nullable=False),
    Column("last_seen", UtcDateTime, nullable=False),
    Column("times", Integer, nullable=False),
    Column("over", UtcDateTime),
    Column("told", UtcDateTime),
    Column("told_over", Boolean, nullable=False),
    Column("claimed", UtcDateTime),
    Column("claimant", String(64)),
    Column("failures", Integer, nullable=False),
    Index("alerts_by_end", "over", "told"),
)
