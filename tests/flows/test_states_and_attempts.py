"""What is tried again and what is not; what is said of it. None of this needs a server."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from flows.artifacts import artifact_key, report_link
from flows.attempts import HEALING, heals
from flows.events import BANDS, band
from flows.limits import limit_name
from flows.states import EXIT_CODES, gravest, named, told
from weighbridge import ArgumentError, ContractError, Finding, LedgerError, PublishError, ReceiptError, SourceError
from weighbridge.findings import CATALOGUE, InternalError

NEVER_HEALING = {
    *("LED-002", "LED-003", "LED-006", "LED-007"),
    *("OUT-003", "OUT-004", "OUT-005", "OUT-008", "OUT-010", "OUT-011", "OUT-012", "OUT-014", "OUT-020"),
    *("OUT-030", "OUT-031", "OUT-032", "OUT-033"),
}


def test_every_code_of_ledger_and_outputs_has_its_place() -> None:
    known = {code for code in CATALOGUE if code.startswith(("LED-", "OUT-"))}
    assert known == {code for code in HEALING if not code.startswith("RDR-")} | NEVER_HEALING


@pytest.mark.parametrize("code", sorted(HEALING))
def test_what_heals(code: str) -> None:
    family = {"LED": LedgerError, "OUT": PublishError, "RDR": SourceError}[code[:3]]
    assert heals(family(Finding(code)))


@pytest.mark.parametrize(
    "error",
    [
        ContractError(Finding("CON-001")),
        SourceError(Finding("RDR-001")),
        ArgumentError(Finding("ARG-002")),
        ReceiptError(Finding("RUN-001")),
        InternalError(Finding("RUN-011")),
        *(PublishError(Finding(code)) for code in sorted(NEVER_HEALING) if code.startswith("OUT")),
        PublishError([Finding("OUT-001"), Finding("OUT-003")]),
        ValueError("a fault of ours"),
        None,
    ],
    ids=str,
)
def test_what_does_not_heal(error: object) -> None:
    assert not heals(error)


def test_a_disk_that_hung_heals() -> None:
    assert heals(OSError(5, "Input/output error"))


@pytest.mark.parametrize(("number", "does"), [(errno.EIO, True), (errno.ESTALE, True), (errno.EACCES, False)])
def test_a_source_heals_when_its_share_hung(number: int, does: bool) -> None:
    error = SourceError(Finding("RDR-001"))
    error.__cause__ = OSError(number, "the system's word")
    assert heals(error) is does


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], "NothingNew"),
        (["AlreadyPublished"], "AlreadyPublished"),
        (["AlreadyPublished", "Published"], "Published"),
        (["Published", "PublishedWithWarnings", "Published"], "PublishedWithWarnings"),
        (["Held", "Published"], "Held"),
        (["Held", "CannotRun", "Published"], "CannotRun"),
        (["CannotRun", "GaveUp"], "GaveUp"),
    ],
)
def test_a_folder_ends_as_the_gravest_of_its_extracts(names: list[str], said: str) -> None:
    assert gravest(names) == said


def test_failed_are_exactly_the_states_whose_exit_code_is_not_0() -> None:
    assert {n for n in EXIT_CODES if named(n, "").is_failed()} == {"Held", "CannotRun", "GaveUp"}
    assert {n for n, code in EXIT_CODES.items() if code == 1} == {"Held"}


def test_what_was_seen_in_data_is_not_told() -> None:
    seen = SourceError(Finding("RDR-001", seen="4711"))
    engine = InternalError(Finding("RUN-011", detail="ComputeError: cannot cast 4711"))
    assert "4711" not in told(seen) + told(engine)
    assert "check that the path exists" in told(seen)
    assert "4711" in told(ContractError(Finding("CON-001", seen="4711")))


@pytest.mark.parametrize(
    ("rate", "name"),
    [
        (0, "none"),
        (0.0001, "up-to-0.1-percent"),
        (0.01, "up-to-1-percent"),
        (0.05, "up-to-10-percent"),
        (1, BANDS[-1][1]),
    ],
)
def test_every_rate_has_a_band(rate: float, name: str) -> None:
    assert band(rate) == name


def test_names_in_prefect_are_ones_it_takes_and_tell_contracts_apart() -> None:
    ids = ["orders", "Orders", "a/b", "a-b", "a.b", "ü%&<>", ""]
    limits, keys = {limit_name(i) for i in ids}, {artifact_key(i, "o") for i in ids}
    assert len(limits) == len(keys) == len(ids)
    assert not set("/%&<>") & set("".join(limits))
    assert all(set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for key in keys)
    assert artifact_key("nyc-airlines", "airlines") == "nyc-airlines-airlines"


def test_a_report_is_linked_where_it_is_served(tmp_path: Path) -> None:
    run = tmp_path / "runs" / "r1"
    run.mkdir(parents=True)
    assert report_link(None, None) is None
    assert report_link(str(run), None) is None
    (run / "report.html").write_text("")
    assert report_link(str(run), None) == (run / "report.html").as_uri()
    assert report_link(str(run), "https://reports.example/") == "https://reports.example/r1/report.html"
