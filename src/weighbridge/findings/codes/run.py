"""RUN: what can happen to a run as a whole."""

from weighbridge.findings.catalogue import Code

CODES: tuple[Code, ...] = (
    Code(
        "RUN-001",
        "the receipt does not balance",
        "nothing was published; keep the source and report this with the receipt: a record was lost or doubled",
    ),
    Code(
        "RUN-002",
        "more records were rejected than the contract allows",
        "read the findings in the report; correct the extract or the contract and run again",
    ),
)
