"""OUT: what can go wrong with the tables and files written."""

from weighbridge.findings.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "OUT-001",
        "the output folder cannot be written",
        "check that the path is a folder this user may write to, and that the disk has room",
    ),
    Code(
        "OUT-002",
        "the table cannot be read or committed",
        "its Delta log is damaged or was written by something else: restore the folder, or publish into another one",
    ),
    Code(
        "OUT-003",
        "the contract's columns no longer fit the table that is already published",
        "keep the old type, give the property a new name, or publish this version under a new contract id or folder",
    ),
    Code(
        "OUT-004",
        "a property's name cannot be a column of the published table",
        "rename the property: names must differ in more than upper and lower case and must not begin with _wb_",
    ),
    Code(
        "OUT-005",
        "values of this type cannot be published",
        "declare the property with a type a table can hold, such as string, integer, number, date or timestamp",
    ),
    Code(
        "OUT-006",
        "another run is working on the same contract in this folder",
        "wait for it to end and run again",
    ),
    Code(
        "OUT-007",
        "a staged file is missing or incomplete",
        "nothing was published from it; check the disk's room and health and run the extract again",
    ),
    Code(
        "OUT-008",
        "nothing has been published there",
        "run an extract of this contract into the folder first; check the folder, the contract's id and the object",
    ),
    Code(
        "OUT-009",
        "the table was changed by others at every attempt to commit",
        "run again when fewer runs write to this table; what was published before is still served",
    ),
    Code(
        "OUT-010",
        "this cannot be done at an address",
        "name a folder with --into; `weighbridge mirror URL --into DIR` copies it to an object store, and back",
    ),
    Code(
        "OUT-011",
        "the place in the store, or the folder, is taken by something else",
        "give each folder, each mirror and each --into s3://… a place of its own, and restore into a new folder",
    ),
    Code(
        "OUT-012",
        "the object store cannot be reached, read or written",
        "check the URL, the endpoint, and the credentials in the environment and their rights; the same again goes on",
    ),
    Code(
        "OUT-013",
        "another host is working in this store",
        "run it again when the other has ended; of one that died the store lets go after five minutes",
    ),
    Code(
        "OUT-014",
        "the store was changed by another while this worked; nothing of it was shown",
        "run it again, on what is there now; let nothing but Weighbridge write to the tables there",
    ),
    Code(
        "OUT-020",
        "the report could not be written",
        "the run itself is complete; write its report again with `weighbridge report RUN --into DIR --to FOLDER`",
    ),
)
