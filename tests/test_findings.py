"""The catalogue, findings, and the error family."""

from __future__ import annotations

import pytest

from weighbridge.findings import CATALOGUE, Finding, Place, WeighbridgeError, code
from weighbridge.findings.codes import ALL


def test_every_code_stands_once_and_speaks_plainly() -> None:
    assert len(CATALOGUE) == len(ALL)
    for entry in CATALOGUE.values():
        assert not entry.title.endswith("."), entry.code
        assert entry.title[0].islower() or entry.title.split()[0].isupper() or entry.title[0].isupper(), entry.code
        assert len(entry.fix) >= 9, entry.code


def test_a_code_that_is_none_names_the_nearest() -> None:
    with pytest.raises(KeyError, match="no code 'RDR-0010' in the catalogue; the nearest is"):
        code("RDR-0010")
    with pytest.raises(KeyError):
        Finding("XXX-999")


def test_a_finding_reads_the_same_everywhere() -> None:
    place = Place(source="cust_2024.dat", record=3, path=("CUST-BAL",))
    finding = Finding("RDR-010", place, "18 fields, expected 19", seen="a,b")
    assert str(finding) == (
        f"RDR-010 {code('RDR-010').title}: 18 fields, expected 19\n"
        "  saw: a,b\n"
        "  at:  cust_2024.dat > record 3 > CUST-BAL\n"
        f"  fix: {code('RDR-010').fix}"
    )
    assert str(finding) in str(WeighbridgeError(finding))
    assert finding.to_dict()["place"] == {"source": "cust_2024.dat", "record": 3, "path": ["CUST-BAL"]}


def test_places_grow_outward() -> None:
    assert str(Place(source="c.yaml", line=7, column=3, path=("b",)).within("a")) == "c.yaml:7:3 > a > b"
