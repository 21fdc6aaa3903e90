"""ALT: what alerts have to say."""

from weighbridge.findings.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "ALT-001",
        "a receiver of alerts did not take one",
        "look whether it can be reached: `weighbridge alerts test`; the next run tries again",
    ),
    Code(
        "ALT-002",
        "the file with the addresses of alerts cannot be read",
        "give WEIGHBRIDGE_ALERTS_FILE the path of a text file that this user may read",
    ),
    Code(
        "ALT-003",
        "an address of alerts is none that Apprise knows",
        "write it as Apprise does, e.g. mailto://user:password@host, json://host/path",
    ),
    Code(
        "ALT-004",
        "a setting of alerts cannot be read",
        "write WEIGHBRIDGE_ALERTS_AGAIN as ISO 8601, e.g. P1D or PT12H",
    ),
    Code(
        "ALT-005",
        "nobody is to be told",
        "set WEIGHBRIDGE_ALERTS to Apprise URLs, or WEIGHBRIDGE_ALERTS_FILE to a file with them",
    ),
)
