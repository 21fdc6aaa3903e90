"""What a profile shows beyond figures of single columns, in short sentences for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_MOST_RELATIONS = 6
_ARTICLES = {
    "integer": "an integer",
    "decimal": "a number",
    "date": "a date",
    "timestamp": "a timestamp",
    "time": "a time",
    "boolean": "yes or no",
}


def in_words(told: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys, the orders, what texts look like, copies, dependencies and correlations of a summary.

    Args:
        told: as `weighbridge.profile.summed_up` gives it; what an earlier version did not tell is left out.
    """
    for key in told.get("keys", ()):
        yield f"key: {' + '.join(key['columns'])} ({key['why']})"
    for name, figures in told.get("columns", {}).items():
        if figures.get("order"):
            yield f"{name}: {figures['order']}"
        yield from _evidence(name, figures)
    yield from _relations(told)


def _evidence(name: str, figures: Mapping[str, Any]) -> Iterator[str]:
    looked_at = figures["count"] - figures.get("shapes_not_looked_at", 0)
    found = figures.get("reads_as", {})
    for kind, count in found.items():
        told_before = kind == "decimal" and count == found.get("integer")
        if looked_at and 2 * count >= looked_at and not told_before:
            yield f"{name}: {count / looked_at:.1%} of its texts look like {_ARTICLES[kind]}"


def _relations(told: Mapping[str, Any]) -> Iterator[str]:
    if "sample" not in told:
        return
    sample, copies = told["sample"], told["duplicates"]
    if copies["records"]:
        about = "" if copies["is"] == "exact" else f"about (± {copies['error']:,}) "
        yield f"copies: {about}{copies['records']:,} records repeat another"
    of = "" if sample["is_whole"] else f"; of {sample['records']:,} sampled records"
    for one in told["dependencies"][:_MOST_RELATIONS]:
        doubt = one.get("exceptions_fewer_than")
        share = f"{one['share']:.1%}" if doubt is None else "always"
        sure = "" if doubt is None or sample["is_whole"] else f", at 95 % confidence but for {doubt:.2%}"
        yield f"{one['from']} → {one['to']}: {share}{sure}{of}"
    for one in told["correlations"][:_MOST_RELATIONS]:
        between = f"{one['low']:.3f} to {one['high']:.3f}"
        yield f"{' ~ '.join(one['columns'])}: correlated, r {one['r']:.3f} ({between}){of}"
