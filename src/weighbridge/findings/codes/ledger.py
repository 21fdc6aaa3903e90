"""LED: what can go wrong with the ledger."""

from weighbridge.findings.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "LED-001",
        "the ledger cannot be opened",
        "check the ledger's path or URL, the rights of this user, and that its disk has room",
    ),
    Code(
        "LED-002",
        "the ledger was written by a newer Weighbridge",
        "upgrade Weighbridge, or use another output folder; a ledger never goes back",
    ),
    Code(
        "LED-003",
        "the file is damaged or is no ledger",
        "restore it from a backup, or move it away: a new ledger is made, and the tables keep what was published",
    ),
    Code(
        "LED-004",
        "the ledger could not be read or written",
        "see the database's message; if another process holds the ledger for long, let it end and run again",
    ),
    Code(
        "LED-005",
        "the run is no longer this process's to change",
        "another process has ended it, most often because this one was taken for dead; run the extract again",
    ),
    Code(
        "LED-006",
        "several runs have ids that begin so",
        "give more letters of the run's id",
    ),
    Code(
        "LED-007",
        "the ledger belongs to another output folder",
        "give each output folder a ledger of its own: another database, or another schema in the URL's search_path",
    ),
)
