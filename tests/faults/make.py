"""Writes the corpus: one folder a fault. Run as `python -m tests.faults.make`.

The table says what must become of each fault; nothing here asks Weighbridge.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from tests.faults.fault import Fault
from tests.faults.table import binaries, documents, texts

CORPUS = Path(__file__).parent / "corpus"


def faults() -> list[Fault]:
    """Every fault of the table."""
    makers = (
        texts.delimited,
        texts.fixed_width,
        texts.control_records,
        documents.json_lines,
        documents.json,
        documents.xml,
        binaries.whole_files,
        binaries.mainframe,
        binaries.dbf,
        binaries.packed,
        binaries.zips,
        binaries.values,
    )
    return [fault for make in makers for fault in make()]


def expectation(fault: Fault) -> dict[str, Any]:
    """Return what `expected.yaml` holds."""
    expected = fault.expected
    told: dict[str, Any] = {
        "says": fault.says,
        "extract": next(iter(fault.files)),
        "decision": expected.decision,
        "codes": sorted(expected.codes),
    }
    if expected.decision != "error":
        told["accepted"] = expected.accepted
        told["uncertain"] = expected.uncertain
        told["rejected"] = {
            n: raw.decode("latin-1") if raw is not None else None for n, raw in expected.rejected.items()
        }
        if expected.controls is not None:
            told["controls"] = dict(expected.controls)
    return told


def write(fault: Fault, corpus: Path) -> None:
    """Write a fault's folder."""
    folder = corpus / fault.name
    folder.mkdir(parents=True)
    for name, content in fault.files.items():
        (folder / name).write_bytes(content)
    for name, document in (("contract.yaml", fault.contract()), ("expected.yaml", expectation(fault))):
        (folder / name).write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=False), encoding="utf-8")


def main() -> None:
    shutil.rmtree(CORPUS, ignore_errors=True)
    for fault in faults():
        write(fault, CORPUS)
    print(f"{len(faults())} faults in {CORPUS}")


if __name__ == "__main__":
    main()
