"""`weighbridge profile`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, Literal

from weighbridge.cli.terminal import print_json, watching
from weighbridge.findings import ArgumentError, Finding

if TYPE_CHECKING:
    from weighbridge.pipeline.profiles import Profiled

_NARROWEST = 130
_COLUMNS: tuple[tuple[str, Literal["left", "right"], int], ...] = (
    ("column", "left", 24),
    ("type", "left", 12),
    ("nulls", "right", 6),
    ("distinct", "right", 12),
    ("least", "left", 16),
    ("greatest", "left", 16),
    ("mean", "right", 9),
    ("distribution", "left", 20),
    ("most frequent", "left", 13),
)
_BARS = "▁▂▃▄▅▆▇█"
_WIDEST_CELL = 24
_WIDEST_VALUE = 16
_MOST_NOTES = 40


def profile(
    *files: Path,
    contract: Path | None = None,
    object: str | None = None,
    server: str | None = None,
    run: list[str] | None = None,
    into: Path | None = None,
    draft: bool = False,
    json: bool = False,
) -> int:
    """Show what the columns of an extract look like: of files, or of runs that left their profiles.

    Several files are read as one extract; the profiles of several runs are merged, without their data.
    Without a contract, types are those that `weighbridge sniff` advises. Masked columns show counts alone.

    Exit codes: 0 shown · 2 it cannot be read.

    Parameters
    ----------
    files
        Files of one layout.
    contract
        ODCS YAML that says what the columns are.
    object
        The contract's object, where it describes several.
    server
        The contract's server whose layout the files have.
    run
        A run's id, the beginning of one, or `latest`, in place of files; may be given several times.
    into
        The output folder of the runs.
    draft
        Print only a draft of a contract that promises what the profile saw; for files without a contract.
    json
        Print the figures as JSON.
    """
    from weighbridge.profile import summed_up

    _refuse_mixtures(files, contract, run, into, draft)
    draft_of: Mapping[str, Any] | None = None
    findings: tuple[Finding, ...] = ()
    if run:
        from weighbridge.pipeline.profiles import profile_of_runs

        partial = profile_of_runs(into or Path(), run)
    else:
        profiled = _of_files(files, contract, object, server, shown=not json)
        partial, findings, draft_of = profiled.partial, profiled.findings, profiled.draft
    if draft and draft_of is not None:
        import yaml

        print(yaml.safe_dump(dict(draft_of), sort_keys=False, allow_unicode=True), end="")
        return 0
    told = summed_up(partial)
    sources = [*map(str, files), *(run or [])]
    if json:
        print_json({"sources": sources, **told, "findings": [f.to_dict() for f in findings]})
        return 0
    print_profile(told, sources)
    for finding in findings:
        print(f"\n{finding}")
    if draft_of is not None:
        print("\na contract that promises what was seen: weighbridge profile --draft")
    return 0


def _refuse_mixtures(
    files: Sequence[Path], contract: Path | None, run: Sequence[str] | None, into: Path | None, draft: bool
) -> None:
    fault = None
    if run and files:
        fault = "name files or runs, not both"
    elif run and into is None:
        fault = "say with --into which output folder the runs are in"
    elif into is not None and not run:
        fault = "--into is of runs: name one with --run"
    elif run and contract is not None:
        fault = "a run has its contract: leave --contract out"
    elif draft and (run or contract is not None):
        fault = "--draft is for files without a contract"
    elif not files and not run:
        fault = "no file is named; name at least one, or a run with --run"
    if fault:
        raise ArgumentError(Finding("ARG-001", detail=fault))


def _of_files(
    files: Sequence[Path], contract: Path | None, object_name: str | None, server: str | None, *, shown: bool
) -> Profiled:
    from datetime import UTC, datetime

    from weighbridge.pipeline.profiles import profile_of_files

    with watching(shown) as watcher:
        return profile_of_files(
            files,
            datetime.now(UTC),
            contract=contract,
            object_name=object_name,
            server_name=server,
            watcher=watcher,
        )


def print_profile(told: Mapping[str, Any], sources: Sequence[str]) -> None:
    """Print the figures of a profile as a table, and what is to be said beyond it.

    Args:
        told: as `weighbridge.profile.summed_up` gives it.
        sources: what it is of, in words.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=max(get_terminal_size().columns, _NARROWEST), highlight=False)
    named = ", ".join(sources[:3]) + (f" and {len(sources) - 3} more" if len(sources) > 3 else "")
    console.print(Text(f"{_clean(named)}: {told['records']:,} records, {len(told['columns']):,} columns"))
    table = Table(box=None, pad_edge=False, header_style="bold")
    rows = [[_clean(cell) for cell in _cells(n, f, told["records"])] for n, f in told["columns"].items()]
    for i, (heading, justify, widest) in enumerate(_COLUMNS):
        width = max([len(heading), *(len(row[i]) for row in rows)])
        table.add_column(heading, justify=justify, no_wrap=True, overflow="ellipsis", min_width=min(width, widest))
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)
    notes = list(_notes(told))
    for note in notes[:_MOST_NOTES]:
        console.print(Text(_clean(note)))
    if len(notes) > _MOST_NOTES:
        console.print(Text(f"and {len(notes) - _MOST_NOTES} more; --json has them all"))


def _cells(name: str, figures: Mapping[str, Any], records: int) -> list[str]:
    about = {"estimate": "~", "between": "≥ "}.get(figures["distinct_is"], "")
    nulls = "" if not figures["nulls"] else f"{figures['nulls'] / records:.1%}"
    kind = figures["type"].partition("(")[0]
    counts = [_short(name), kind, nulls, f"{about}{figures['distinct']:,}"]
    if figures["masked"]:
        return [*counts, "masked", "", "", "", ""]
    mean = figures.get("mean")
    return [
        *counts,
        _short(_word(figures.get("min")), _WIDEST_VALUE),
        _short(_word(figures.get("max")), _WIDEST_VALUE),
        f"{mean:,.4g}" if isinstance(mean, int | float) else "",
        sparkline(figures.get("histogram", {}).get("counts", [])),
        _top(figures),
    ]


def sparkline(counts: Sequence[int]) -> str:
    """Return a bar for each count, the highest for the greatest; nothing there is a blank."""
    most = max(counts, default=0)
    return "".join(" " if not n else _BARS[(n * (len(_BARS) - 1) + most - 1) // most] for n in counts)


def _top(figures: Mapping[str, Any]) -> str:
    repeated = [t for t in figures.get("top", ()) if t["count"] > 1]
    most = "≥ " if figures.get("top_is") == "at least" else ""
    return ", ".join(f"{_short(_word(t['value']), _WIDEST_VALUE)} {most}{t['count']:,}" for t in repeated[:3])


def _notes(told: Mapping[str, Any]) -> Iterator[str]:
    from weighbridge.profile import in_words

    columns: Mapping[str, Mapping[str, Any]] = told["columns"]
    if any(f["distinct_is"] == "estimate" for f in columns.values()):
        error = max(f["distinct_error"] for f in columns.values())
        yield f"~ distinct values estimated, standard error {error:.1%}"
    if any(f["distinct_is"] == "between" for f in columns.values()):
        yield "≥ at least so many: the values of masked columns are not kept, so that those of several runs overlap"
    yield from in_words(told)
    for name, figures in columns.items():
        for reason in figures.get("reasons", ()):
            yield f"{name}: {reason['count']:,} missing, {reason['reason']}"
        for word in ("unreadable", "undecided", "empties", "nan", "infinite"):
            if figures.get(word):
                yield f"{name}: {figures[word]:,} {_WORDS.get(word, word)}"


_WORDS = {"empties": "empty", "nan": "NaN", "undecided": "with several readings"}


def _word(value: Any) -> str:
    return "" if value is None else str(value)


def _short(text: str, most: int = _WIDEST_CELL) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _clean(text: str) -> str:
    return "".join(c if c.isprintable() else "·" for c in text)
