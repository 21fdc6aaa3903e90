"""GXE: Great Expectations, its suites, and expectations that a contract names."""

from weighbridge.findings.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "GXE-001",
        "the installed Great Expectations is not one the engine works with",
        "install great-expectations 1.23 or later, below 2; if that is what is installed, tell us which version it is",
    ),
    Code(
        "GXE-002",
        "an expectation cannot be used on this object",
        "write it as {type: expect_…, kwargs: {…}} with the object's own properties; see docs/great-expectations.md",
    ),
    Code(
        "GXE-003",
        "a suite of Great Expectations cannot be read",
        "give the JSON of one suite, as Great Expectations stores it: a name and a list of expectations",
    ),
    Code(
        "GXE-004",
        "an expectation about the extract is not met",
        "look at what was observed; correct the extract, or the expectation if the data is right",
    ),
    Code(
        "GXE-005",
        "a record is unexpected",
        "correct the record at its source, or the expectation in the contract if the record is right",
    ),
)
