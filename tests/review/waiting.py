"""A contract and a file of which some records are rejected, some uncertain: what the queue is tried on."""

from __future__ import annotations

from pathlib import Path

from weighbridge.outcome.result import RunResult
from weighbridge.pipeline.run import run

CONTRACT = """
apiVersion: v3.2.0
kind: DataContract
id: guests
version: {version}
status: active
schema:
- name: guests
  customProperties:
  - {{property: breaker, vendor: weighbridge, value: {{maxRejected: {{rate: 0.99}}}}}}
  - {{property: review, vendor: weighbridge, value: {review}}}
  properties:
  - {{name: id, logicalType: integer, primaryKey: true, primaryKeyPosition: 1, required: true}}
  - {{name: name, logicalType: string, required: true, classification: {classification}}}
  - name: born
    logicalType: date
    customProperties:
    - property: rules
      vendor: weighbridge
      value: [{{rule: date, formats: [dd/MM/yyyy, MM/dd/yyyy]}}]
  - {{name: country, logicalType: string, logicalTypeOptions: {{maxLength: {country_length}}}}}
"""

LINES = (
    "1;Ada;13/02/2001;DE",
    "2;Bob;03/04/2001;FR",  # two readings of the date
    "x;Cy;14/04/2001;DE",  # no number
    "4;Dot;15/04/2001;GER",  # a country too long
    "5;Eve;05/06/2001;GER",  # both at once
    "6;Fay;16/04/2001;ITA",
    "7;Gus;17/04/2001",  # a field is missing
)


def contract(
    folder: Path,
    *,
    version: str = "1.0.0",
    review: str = "{}",
    classification: str = "public",
    country_length: int = 2,
) -> Path:
    """Write the contract and return its path."""
    path = folder / f"guests-{version}.odcs.yaml"
    path.write_text(
        CONTRACT.format(version=version, review=review, classification=classification, country_length=country_length)
    )
    return path


def guests(folder: Path, lines: tuple[str, ...] = LINES, name: str = "guests.csv") -> Path:
    """Write the file and return its path."""
    path = folder / name
    path.write_text("\n".join(("id;name;born;country", *lines)) + "\n")
    return path


def judged(folder: Path, **how: object) -> RunResult:
    """Run the file under the contract into ``out``."""
    return run(contract(folder, **how), guests(folder), into=folder / "out")  # type: ignore[arg-type]
