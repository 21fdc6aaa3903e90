"""Broken extracts of every format, 2,000 each: no traceback, no hang, bounded memory, every byte in one span.

`python -m tests.fuzz` goes on from there; a failing seed is found again by `--format NAME --seed N --cases 1`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.cases import case, series
from tests.fuzz.samples import Sample, samples
from tests.fuzz.whole import judged

SAMPLES = samples()
CASES, BLOCK = 2_000, 500
WHOLE = 16


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_a_sound_extract_is_read(sample: Sample, tmp_path: Path) -> None:
    for name, beside in sample.beside.items():
        (tmp_path / name).write_bytes(beside)
    assert case(sample, sample.wrap(sample.content), tmp_path, -1)


@pytest.mark.parametrize("first", range(0, CASES, BLOCK))
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_a_broken_extract_is_read_or_refused(sample: Sample, first: int, tmp_path: Path) -> None:
    seeds = range(first, first + BLOCK)
    tally = series(sample, seeds, tmp_path)
    print(f"{sample.name}, seeds {seeds.start} to {seeds.stop - 1}: {tally.read} read, {tally.refused} refused")
    assert tally.cases == BLOCK


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: s.name)
def test_a_broken_extract_is_judged_and_the_receipt_balances(sample: Sample, tmp_path: Path) -> None:
    for seed in range(10_000, 10_000 + WHOLE):
        judged(sample, seed, tmp_path)
