"""Alembic's door: runs migrations on the connection it is given, inside that connection's transaction."""

from alembic import context

from weighbridge.ledger.schema import VERSION_TABLE, metadata

connection = context.config.attributes.get("connection")

if connection is None:
    context.configure(
        dialect_name=context.config.attributes["dialect"],
        target_metadata=metadata,
        version_table=VERSION_TABLE,
        literal_binds=True,
    )
else:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table=VERSION_TABLE,
        render_as_batch=True,
        transactional_ddl=True,
    )
with context.begin_transaction():
    context.run_migrations()
