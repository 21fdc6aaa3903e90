"""`weighbridge diff`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from weighbridge.cli.terminal import print_json, watching
from weighbridge.findings import ArgumentError, Finding

if TYPE_CHECKING:
    from weighbridge.pipeline.rehearse import Rehearsal


def diff(old: Path, new: Path, /, *, into: Path | None = None, extracts: int = 3, json: bool = False) -> int:
    """Say what changed between two versions of a contract, and for whom it breaks.

    A change breaks for the producer when what was sent so far may be rejected now, and for the consumer
    when what is published is another column, another type, or promises less. Then whether the version number
    says so: the first number for what breaks, the second for additions, the third for wording.

    Exit codes: 0 compatible · 1 it breaks, or the version number does not say what changed · 2 cannot be compared.

    Parameters
    ----------
    old, new
        ODCS YAML files.
    into
        An output folder: the extracts that were judged last, published or held, are checked under the new version,
        and what would be rejected more or less is told. Nothing is written.
    extracts
        How many of the last extracts of each object.
    json
        Print everything as JSON.
    """
    from weighbridge.contract import load
    from weighbridge.contract.diff import diff as compare

    if extracts < 1:
        raise ArgumentError(Finding("ARG-001", detail="--extracts takes a number from 1 on"))
    before, after = load(old), load(new)
    difference = compare(before, after)
    rehearsals: tuple[Rehearsal, ...] = ()
    if into is not None:
        from weighbridge.pipeline.rehearse import rehearse

        with watching(enabled=not json) as watcher:
            rehearsals = rehearse(before, after, into, extracts=extracts, watcher=watcher)
    if json:
        print_json(
            {
                "old": {"id": before.id, "version": before.version, "fingerprint": before.fingerprint},
                "new": {"id": after.id, "version": after.version, "fingerprint": after.fingerprint},
                "level": difference.level.name.lower(),
                "breaking": difference.is_breaking,
                "changes": [change.to_dict() for change in difference.changes],
                "findings": [f.to_dict() for f in difference.findings],
                "last_extracts": [r.to_dict() for r in rehearsals],
            }
        )
    else:
        for change in difference.changes:
            print(change)
        for finding in difference.findings:
            print(f"\n{finding}")
        for rehearsal in rehearsals:
            print(f"\n{_told(rehearsal)}")
        if difference.changes:
            print()
        print(f"{before.id} {before.version} → {after.version}: {_summary(len(difference.changes))}, "
              f"{'breaking' if difference.is_breaking else 'compatible'}")  # fmt: skip
    return 1 if difference.is_breaking or difference.findings else 0


def _summary(changes: int) -> str:
    return "nothing changed" if not changes else f"{changes:,} change{'' if changes == 1 else 's'}"


def _told(rehearsal: Rehearsal) -> str:
    if rehearsal.before is None or rehearsal.after is None:
        return str(rehearsal.finding)
    then, now = rehearsal.before, rehearsal.after
    judged = f"judged under {then.contract.version}"
    lines = [f"{rehearsal.object_name}, the extract of run {rehearsal.run_id}, {judged}, {then.records:,} records:"]
    for verdict, count in now.verdicts.items():
        lines.append(f"  {verdict.value:<10} {then.verdicts.get(verdict, 0):>12,} → {count:>12,}")
    lines.append(f"  decision   {then.decision.value} → {now.decision.value}")
    lines += [
        f"  {name}: {'–' if a is None else f'{a:,}'} → {'–' if b is None else f'{b:,}'} failed"
        for name, a, b in rehearsal.checks
    ]
    return "\n".join(lines)
