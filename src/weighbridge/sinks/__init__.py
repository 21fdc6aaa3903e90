"""Write, audit, publish: files staged inside a table's folder, shown by one atomic commit."""

from weighbridge.sinks.atomic import atomic_write, writing
from weighbridge.sinks.columns import LINEAGE_COLUMNS, published_columns, published_schema, published_type
from weighbridge.sinks.commit import Commit, commit
from weighbridge.sinks.delta import check_fits
from weighbridge.sinks.exchange import Exchanged, exchange
from weighbridge.sinks.lock import alone, held_locks, locked
from weighbridge.sinks.reading import arrow_dataset, scan_published, scan_table
from weighbridge.sinks.rows import (
    FINDING_TYPE,
    QUARANTINE_SCHEMA,
    REPAIRS_SCHEMA,
    REVIEW_SCHEMA,
    SETTLED_SCHEMA,
    UNDONE_SCHEMA,
    WARNINGS_SCHEMA,
)
from weighbridge.sinks.seal import Keyring, new_key
from weighbridge.sinks.shown import ShownFile, described_files
from weighbridge.sinks.staging import BatchSink, StagedFile, file_metadata, lazy_sink, stage_folder, staged_files
from weighbridge.sinks.sweep import orphans, run_folders, sweep
from weighbridge.sinks.tables import PARTITION, SETTLED, TABLE_NAMES, UNDONE, Tables, extract_key, held_key, slug

__all__ = [
    "FINDING_TYPE",
    "LINEAGE_COLUMNS",
    "PARTITION",
    "QUARANTINE_SCHEMA",
    "REPAIRS_SCHEMA",
    "REVIEW_SCHEMA",
    "SETTLED",
    "SETTLED_SCHEMA",
    "TABLE_NAMES",
    "UNDONE",
    "UNDONE_SCHEMA",
    "WARNINGS_SCHEMA",
    "BatchSink",
    "Commit",
    "Exchanged",
    "Keyring",
    "ShownFile",
    "StagedFile",
    "Tables",
    "alone",
    "arrow_dataset",
    "atomic_write",
    "check_fits",
    "commit",
    "described_files",
    "exchange",
    "extract_key",
    "file_metadata",
    "held_key",
    "held_locks",
    "lazy_sink",
    "locked",
    "new_key",
    "orphans",
    "published_columns",
    "published_schema",
    "published_type",
    "run_folders",
    "scan_published",
    "scan_table",
    "slug",
    "stage_folder",
    "staged_files",
    "sweep",
    "writing",
]
