"""RDR-4xx: what can be wrong with archives, places and names that sources come in."""

from weighbridge.findings.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "RDR-400",
        "the archive is damaged or cut short",
        "have the archive sent again; the members that could be unpacked were read",
    ),
    Code(
        "RDR-401",
        "the member cannot be unpacked",
        "have it packed without a password, by deflate, bzip2 or xz; the other members were read",
    ),
    Code(
        "RDR-402",
        "the source unpacks to more than the limit",
        "if it is meant, raise recordFormat.maxUnpackedBytes or maxUnpackedRatio; else ask the sender what this is",
    ),
    Code(
        "RDR-403",
        "nothing is there to read",
        "check the name, the pattern and recordFormat.members against what was delivered",
    ),
    Code(
        "RDR-404",
        "the archive holds something that is not read",
        "nothing, if it is no data; links and devices are never followed",
    ),
    Code(
        "RDR-405",
        "bytes follow the end of the archive",
        "ask the sender what they are; they belong to no member and were not read",
    ),
    Code(
        "RDR-406",
        "the sources are of several formats",
        "give those of one format to each run: recordFormat.members names an archive's members; "
        "if all are of one format, declare it (servers.format)",
    ),
    Code(
        "RDR-410",
        "the file's name does not fit its pattern",
        "have the file named as recordFormat.fileName says, or correct the pattern",
    ),
    Code(
        "RDR-411",
        "the file's name would carry a classified value",
        "take the classified property out of recordFormat.fileName: names of files stand in every output",
    ),
)
