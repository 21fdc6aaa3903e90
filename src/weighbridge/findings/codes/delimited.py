"""RDR from 027: what is particular about delimited and fixed-width text."""

from weighbridge.findings.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "RDR-027",
        "lines before the header were taken for a preamble, not for records",
        "declare recordFormat.skipHead with their number, or recordFormat.preamble with a pattern",
    ),
    Code(
        "RDR-028",
        "lines after the last record were taken for a footer, not for records",
        "declare recordFormat.skipTail if they are no records; declare skipTail: 0 if they are",
    ),
    Code(
        "RDR-029",
        "a header in the middle of the file names the columns in another order",
        "have the files sent apart: after that line, values would be read as another property's",
    ),
    Code(
        "RDR-032",
        "the record was read in another encoding than its file",
        "have one encoding written; remove recordFormat.fallbackEncodings to have such records rejected",
    ),
    Code(
        "RDR-033",
        "later records contradict the dialect that was sniffed",
        "declare the dialect in recordFormat: `weighbridge sniff` prints what it found, to be corrected",
    ),
    Code(
        "RDR-034",
        "the first line is too long to be a header",
        "look for a lost line end; declare lineEnd or delimiter if the file uses others",
    ),
    Code(
        "RDR-037",
        "the file ends with NUL bytes",
        "have the file sent again: a transfer or a copy that ended early leaves them in place of records",
    ),
)
