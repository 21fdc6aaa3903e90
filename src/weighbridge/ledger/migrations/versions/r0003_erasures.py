"""What was erased: who, when and why, with a keyed hash of the subject."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of erasures."""
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("contract_id", sa.Text, nullable=False),
        sa.Column("object", sa.Text),
        sa.Column("extract_id", sa.String(80)),
        sa.Column("properties", sa.JSON, nullable=False),
        sa.Column("subject", sa.String(64)),
        sa.Column("erased_by", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
    )
    op.create_index("erasures_by_contract", "erasures", ["contract_id", "id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("erasures")
