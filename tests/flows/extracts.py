"""Small extracts and their contract, as tests of the flows drop them into folders."""

from __future__ import annotations

import os
import time
from pathlib import Path

SECRET = "Zyxwvut-4711"

CONTRACT = """
apiVersion: v3.2.0
kind: DataContract
id: {id}
version: 1.0.0
status: active
name: People
servers:
  - server: host
    type: local
    path: people.csv
    format: csv
    customProperties:
      - {{property: recordFormat, vendor: weighbridge, value: {{kind: delimited, delimiter: ",", header: true}}}}
schema:
  - name: people
    properties:
      - {{name: id, logicalType: integer, required: true, primaryKey: true, primaryKeyPosition: 1}}
      - {{name: name, logicalType: string, required: true, classification: confidential}}
      - {{name: age, logicalType: integer, logicalTypeOptions: {{minimum: 0, maximum: 120}}}}
    customProperties:
      - {{property: breaker, vendor: weighbridge, value: {{maxRejected: {{rate: 0.5}}, minRecords: 1}}}}
"""

GOOD = "id,name,age\n1,Ada,36\n2,Grace,45\n3,Edsger,72\n"
SOME_BAD = f"id,name,age\n1,Ada,36\n2,{SECRET},450\n3,Edsger,72\n4,Barbara,28\n"
HEADLESS = f"1,{SECRET},36\n2,Grace,45\n"
BAD = f"id,name,age\n1,{SECRET},-1\n2,{SECRET},450\n3,Edsger,{SECRET}\n"


def write_contract(folder: Path, contract_id: str = "people", layout: bool = True) -> str:
    """Write the contract into a folder and return its path; without a layout, the format is sniffed."""
    path = folder / f"{contract_id}.odcs.yaml"
    text = CONTRACT.format(id=contract_id)
    if not layout:
        text = text[: text.index("servers:")] + text[text.index("schema:") :]
    path.write_text(text)
    return str(path)


def drop(folder: Path, name: str, text: str, age_seconds: float = 0) -> Path:
    """Write a file into a folder, as if that long ago."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    if age_seconds:
        moment = time.time() - age_seconds
        os.utime(path, (moment, moment))
    return path
