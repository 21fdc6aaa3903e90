"""OPS: what `weighbridge doctor` finds about the place that Weighbridge works in."""

from weighbridge.findings.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "OPS-001",
        "a package is missing or of a version that Weighbridge was not made for",
        "install it as Weighbridge's own requirements say: pip install --upgrade weighbridge",
    ),
    Code(
        "OPS-002",
        "two packages are known not to work together",
        "install the version that is named here",
    ),
    Code(
        "OPS-003",
        "a folder cannot be written",
        "give this user the right to write there, or name another folder (TMPDIR for temporary files)",
    ),
    Code(
        "OPS-004",
        "there is little room left on the disk",
        "free some, or choose another disk; an extract needs about its unpacked size, in --into and in TMPDIR each",
    ),
    Code(
        "OPS-005",
        "a temporary folder of a process that no longer runs was left behind",
        "remove it with `weighbridge doctor --fix`",
    ),
    Code(
        "OPS-006",
        "the environment's text encoding is not UTF-8",
        "set LANG=C.UTF-8, or PYTHONUTF8=1, for this user or service",
    ),
    Code(
        "OPS-007",
        "the clock does not agree with what it is compared with",
        "have the clocks set (NTP) of this machine and of the server that holds the folder",
    ),
    Code(
        "OPS-008",
        "the ledger is of an older version",
        "back it up; the next run, or `weighbridge doctor --fix`, migrates it; then look again",
    ),
    Code(
        "OPS-009",
        "files that a table shows are missing or cut short",
        "restore the table's folder from its backup, then prove its runs with `weighbridge audit`",
    ),
    Code(
        "OPS-010",
        "files were staged by a run that ended without publishing them",
        "remove them with `weighbridge doctor --fix`; no table shows them",
    ),
    Code(
        "OPS-011",
        "a table consists of many small files",
        "reading gets slower, nothing is wrong: deliver fewer, larger extracts, or compact a copy for its readers",
    ),
    Code(
        "OPS-012",
        "the ledger and a table do not say the same of a run",
        "prove the run with `weighbridge audit RUN`; restore whichever was restored or changed apart from the other",
    ),
    Code(
        "OPS-013",
        "a run was killed before it came to its end",
        "finish it or clear it away with `weighbridge doctor --fix`, or by the next run into the folder",
    ),
    Code(
        "OPS-014",
        "a run is at work",
        "nothing to do; look again when it has ended",
    ),
    Code(
        "OPS-015",
        "a file of a run's folder is missing or damaged",
        "restore the run's folder from its backup; without it the run can be neither audited nor shown",
    ),
    Code(
        "OPS-016",
        "a run that published is not in the ledger",
        "restore the newest backup of the ledger; or, where it is lost, `weighbridge doctor --rebuild-ledger`",
    ),
    Code(
        "OPS-017",
        "temporary folders do not say whose they are, or belong to another machine",
        "remove them by hand when no Weighbridge that could use them runs",
    ),
    Code(
        "OPS-018",
        "repairs being taken back, or a replay, were begun and not ended",
        "run `weighbridge doctor --into DIR --fix`, which ends it, as the next run of the same extract would",
    ),
    Code(
        "OPS-019",
        "a pinned baseline is damaged or has lost its profile",
        "pin it again: `weighbridge baseline pin RUN --into DIR`; until then checks against it are not executed",
    ),
    Code(
        "OPS-020",
        "the site in the output folder is not as the ledger is",
        "bring it up to date with `weighbridge site --into DIR`; `--whole` makes every page anew",
    ),
)
