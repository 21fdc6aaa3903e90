"""CON from 300: what differs between two versions of a contract."""

from weighbridge.findings.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "CON-300",
        "the version number does not say what changed",
        "raise it: the first number when anything breaks, the second for additions, the third for wording;"
        " before 1.0.0 the second for what breaks, the third for the rest",
    ),
    Code(
        "CON-301",
        "the version cannot be compared",
        "write it as three numbers, MAJOR.MINOR.PATCH (semver.org)",
    ),
    Code(
        "CON-302",
        "what would happen to the last extract cannot be said",
        "run an extract under the older version first, or put its sources back where the run read them",
    ),
)
