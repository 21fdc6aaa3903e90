"""Whatever stands in a contract: lint tells, or the check runs to its end."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weighbridge import load_contract
from weighbridge.contract import lint
from weighbridge.findings import ContractError

PROJECT = Path(__file__).parents[2]
NAMES = ("planes", "airports", "weather", "airlines")
CONTRACTS = {name: yaml.safe_load((PROJECT / "contracts" / f"{name}.odcs.yaml").read_text("utf-8")) for name in NAMES}
_WORDS = ("", "name", "year", "a b", "(", "[a-z", "€'\"<script>", "2024-13-45", "a" * 500)
_TYPES = ("string", "integer", "number", "boolean", "date", "time", "timestamp", "object", "array")
_OTHER: list[Any] = [None, [], {}, 0, -1, 3, 0.5, 10**30, True, [None], [{}], ["a", "a"], {"a": None}, *_WORDS, *_TYPES]
_Place = tuple[str | int, ...]


def _places(value: Any, at: _Place = ()) -> Iterator[_Place]:
    """Yield where each member and item of a document stands."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield (*at, key)
        yield from _places(member, (*at, key))


@st.composite
def _changed(draw: st.DrawFn) -> tuple[str, str]:
    name = draw(st.sampled_from(NAMES))
    contract = copy.deepcopy(CONTRACTS[name])
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(list(_places(contract))))
        owner = contract
        for key in place[:-1]:
            owner = owner[key]
        if draw(st.integers(0, 4)):
            owner[place[-1]] = draw(st.sampled_from(_OTHER))
        else:
            del owner[place[-1]]
        if not contract:
            break
    return name, yaml.safe_dump(contract, allow_unicode=True, sort_keys=False)


@pytest.fixture(scope="module")
def extracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first records of each sample, beside where the contract will stand."""
    folder = tmp_path_factory.mktemp("extracts")
    for name in NAMES:
        with (PROJECT / "data" / "samples" / f"{name}.csv").open(encoding="utf-8") as lines:
            (folder / f"{name}.csv").write_text("".join(islice(lines, 60)), "utf-8")
    return folder


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_changed())
def test_a_contract_that_lints_clean_judges_every_record(extracts: Path, changed: tuple[str, str]) -> None:
    name, text = changed
    path = extracts / "changed.odcs.yaml"
    path.write_text(text, "utf-8")
    told = lint(path)
    if not told.ok:
        return
    if not load_contract(path).model.objects:
        assert "CON-055" in {f.code for f in told.findings}
        with pytest.raises(ContractError, match="CON-055"):
            load_contract(path).check(extracts / f"{name}.csv")
        return
    result = load_contract(path).check(extracts / f"{name}.csv")
    assert sum(result.verdicts.values()) == result.records
    assert not result.receipt.imbalances
