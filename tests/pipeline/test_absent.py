"""Missing, empty, unreadable and undecided stay four things, and a stated reason is counted to the end."""

from pathlib import Path
from typing import Any

import yaml

from weighbridge.pipeline.check import check
from weighbridge.report import model, render_markdown

AGE = [
    {
        "rule": "nullValues",
        "values": [
            {"value": "-1", "reason": "refused"},
            {"value": "-2", "reason": "not yet"},
            {"value": "", "reason": "left blank"},
            "-3",
        ],
    }
]
DAY = ["openEnded", {"rule": "date", "formats": ["dd/MM/yyyy", "MM/dd/yyyy"]}]


def contract(folder: Path) -> Path:
    def ours(rules: list[Any]) -> list[dict[str, Any]]:
        return [{"vendor": "weighbridge", "property": "rules", "value": rules}]

    path = folder / "people.odcs.yaml"
    properties = [
        {"name": "id", "logicalType": "integer", "required": True},
        {"name": "age", "logicalType": "integer", "customProperties": ours(AGE)},
        {"name": "until", "logicalType": "date", "customProperties": ours(DAY)},
        {"name": "note", "logicalType": "string"},
    ]
    head = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "people", "name": "people", "version": "1.0.0"}
    schema = [{"name": "people", "properties": properties}]
    path.write_text(yaml.safe_dump({**head, "status": "active", "schema": schema}))
    return path


def test_reasons_reach_the_profile_and_the_report(tmp_path: Path) -> None:
    rows = [
        "1,41,31/12/9999,",
        "2,-1,25/06/2013,x",
        "3,-1,03/04/2013,y",
        '4,-2,9999-12-31,""',
        "5,x,31/02/2013,z",
        "6,,12/31/9999,z",
        "7,-3,04/04/2013,z",
    ]
    (tmp_path / "people.csv").write_text("\n".join(["id,age,until,note", *rows]) + "\n")
    result = check(contract(tmp_path), tmp_path / "people.csv")
    columns = result.profile["columns"]
    age, until, note = columns["age"], columns["until"], columns["note"]
    assert (age["nulls"], age["missing"], age["unreadable"], age["undecided"]) == (6, 5, 1, 0)
    assert age["reasons"] == [
        {"reason": "refused", "count": 2},
        {"reason": "left blank", "count": 1},
        {"reason": "not yet", "count": 1},
    ]
    assert (until["nulls"], until["missing"], until["unreadable"], until["undecided"]) == (5, 3, 1, 1)
    assert until["reasons"] == [{"reason": "open-ended", "count": 3}]
    assert (note["nulls"], note["missing"], note["empties"]) == (1, 1, 1)
    page = render_markdown(model(result))
    assert "6 (5 missing, 1 unreadable, 0 not decided); 2 refused; 1 left blank; 1 not yet" in page
