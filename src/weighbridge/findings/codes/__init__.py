"""The codes, one file a room; the prefix says which.

CON contract · RDR reading and framing · LEG legacy rules · CHK checks ·
GXE Great Expectations · RUN the run, its receipt and its decision · OUT tables and files written ·
LED ledger · REV review queue and replay · ALT alerts · OPS the place it works in · ARG arguments of a command.
"""

from weighbridge.findings.code import Code
from weighbridge.findings.codes import (
    accounts,
    alerts,
    arguments,
    checks,
    containers,
    contract,
    control_records,
    delimited,
    differences,
    documents,
    expectations,
    ledger,
    legacy,
    mainframe,
    operating,
    outputs,
    readers,
    review,
    run,
    seals,
    tables,
)

ALL: tuple[Code, ...] = (
    *contract.CODES,
    *differences.CODES,
    *readers.CODES,
    *containers.CODES,
    *control_records.CODES,
    *delimited.CODES,
    *tables.CODES,
    *documents.CODES,
    *legacy.CODES,
    *mainframe.CODES,
    *checks.CODES,
    *expectations.CODES,
    *run.CODES,
    *outputs.CODES,
    *seals.CODES,
    *ledger.CODES,
    *review.CODES,
    *accounts.CODES,
    *alerts.CODES,
    *operating.CODES,
    *arguments.CODES,
)
