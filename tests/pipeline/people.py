"""A small contract and frames that hold it, or do not: for tests of what the pipeline does with any extract."""

from __future__ import annotations

from pathlib import Path

import polars as pl

CONTRACT = """
apiVersion: v3.2.0
kind: DataContract
id: people
version: 1.0.0
status: active
name: People
schema:
- name: people
  physicalType: table
  customProperties:
  - property: breaker
    vendor: weighbridge
    value: {maxRejected: {rate: 0.5}, minRecords: 1}
  properties:
  - name: id
    logicalType: integer
    primaryKey: true
    primaryKeyPosition: 1
    required: true
  - name: name
    logicalType: string
    required: true
    logicalTypeOptions: {maxLength: 10}
  - name: age
    logicalType: integer
    logicalTypeOptions: {minimum: 0, maximum: 120}
    customProperties:
    - property: severity
      vendor: weighbridge
      value: warning
  quality:
  - name: few centenarians
    type: sql
    query: select count(*) from people where age > 100
    mustBeLessThan: 1000000
    severity: warning
"""


def contract(folder: Path) -> Path:
    """Write the contract and return its path."""
    path = folder / "people.odcs.yaml"
    path.write_text(CONTRACT)
    return path


def people(first: int, count: int, faulty: int = 0) -> pl.DataFrame:
    """Return people with ids from `first`; the last `faulty` of them have no name."""
    ids = range(first, first + count)
    names = [f"n{i % 1000}" if i < first + count - faulty else None for i in ids]
    return pl.DataFrame({"id": ids, "name": names, "age": [i % 130 for i in ids]})
