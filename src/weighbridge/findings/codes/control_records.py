"""RDR-42x: what header and trailer records say against what was read; RUN-02x: what the extract before says."""

from weighbridge.findings.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "RDR-420",
        "the trailer record is missing",
        "have the file sent again: a file without its trailer was cut short",
    ),
    Code(
        "RDR-421",
        "the header record is missing",
        "check that this is the right file and that it is whole; correct controlRecords.header if its layout changed",
    ),
    Code(
        "RDR-422",
        "the control record counts other records than were read",
        "have the file sent again; set counts: lines if the sender counts header and trailer too",
    ),
    Code(
        "RDR-423",
        "the control record's total is not the sum of what was read",
        "find the records that were lost or changed, or could not be read; have the file sent again",
    ),
    Code(
        "RDR-424",
        "the business dates of header, trailer and file name differ",
        "ask the sender which day this is; parts of two files may have been joined",
    ),
    Code(
        "RDR-425",
        "the control record's field cannot be read",
        "correct its place and format in controlRecords, or have the file written as declared",
    ),
    Code(
        "RDR-430",
        "the manifest is missing",
        "wait for the sender to write it, or correct recordFormat.manifest",
    ),
    Code(
        "RDR-431",
        "the file is not what its manifest lists",
        "have the file sent again: it was cut short or changed on its way",
    ),
    Code(
        "RDR-432",
        "the manifest does not list the file",
        "ask the sender whether the file is meant to be here",
    ),
    Code(
        "RDR-433",
        "the manifest cannot be read",
        "have it written as JSON, as CSV with a header, or as sha256sum writes it",
    ),
    Code(
        "RDR-434",
        "the marker that says the file is complete is missing",
        "wait for the sender to finish; drop folders wait by themselves",
    ),
    Code(
        "RUN-020",
        "extracts are missing between the last one and this",
        "ask the sender for the numbers between; this one was judged all the same",
    ),
    Code(
        "RUN-021",
        "the extract's sequence number was published before",
        "ask the sender which of the two is right; give it the next number if both are",
    ),
    Code(
        "RUN-022",
        "the extract holds what the last one held",
        "ask the sender whether nothing changed: yesterday's file may have been delivered again with today's date",
    ),
)
