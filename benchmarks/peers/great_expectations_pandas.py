"""Great Expectations' pandas engine: COMPLETE results with row numbers, and a split by hand from them."""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from pathlib import Path

os.environ["GX_ANALYTICS_ENABLED"] = "False"

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd

from benchmarks.flights import KEY
from benchmarks.rules import (
    BOUNDS,
    CARRIER_COUNT,
    CARRIERS,
    DEST_LENGTH,
    FEWEST_RECORDS,
    LONGEST_FLIGHT,
    MEAN_DELAY,
    MOST_RECORDS,
    MOST_UNKNOWN_DELAYS,
    ORIGINS,
    REQUIRED,
    TAIL_NUMBER,
)

_ROW, _APART = "row_id", "dest_is_not_origin"


def suite() -> gx.ExpectationSuite:
    """Return the checks; GX has no word for two columns that differ, so that is a column of its own."""
    expectations = [gxe.ExpectColumnValuesToNotBeNull(column=name) for name in REQUIRED]
    for name, (low, high) in BOUNDS.items():
        expectations.append(gxe.ExpectColumnValuesToBeBetween(column=name, min_value=low, max_value=high))
    low, high = MEAN_DELAY
    fewest, most = CARRIER_COUNT
    expectations += [
        gxe.ExpectColumnValuesToBeInSet(column="carrier", value_set=CARRIERS),
        gxe.ExpectColumnValuesToBeInSet(column="origin", value_set=list(ORIGINS)),
        gxe.ExpectColumnValuesToMatchRegex(column="tailnum", regex=TAIL_NUMBER),
        gxe.ExpectColumnValueLengthsToEqual(column="dest", value=DEST_LENGTH),
        gxe.ExpectColumnValuesToBeInSet(column=_APART, value_set=[True]),
        gxe.ExpectCompoundColumnsToBeUnique(column_list=list(KEY)),
        gxe.ExpectTableRowCountToBeBetween(min_value=FEWEST_RECORDS, max_value=MOST_RECORDS),
        gxe.ExpectColumnMeanToBeBetween(column="dep_delay", min_value=low, max_value=high),
        gxe.ExpectColumnValuesToNotBeNull(column="dep_delay", mostly=1 - MOST_UNKNOWN_DELAYS),
        gxe.ExpectColumnUniqueValueCountToBeBetween(column="carrier", min_value=fewest, max_value=most),
        gxe.ExpectColumnMaxToBeBetween(column="air_time", max_value=LONGEST_FLIGHT),
    ]
    return gx.ExpectationSuite("flights", expectations=expectations)


def main(source: Path, folder: Path) -> None:
    """Split, with reasons, and print how many records went where."""
    folder.mkdir(parents=True, exist_ok=True)
    frame = pd.read_parquet(source)
    frame[_ROW] = range(len(frame))
    frame[_APART] = (frame["dest"] != frame["origin"]) | frame["dest"].isna()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("pandas").add_dataframe_asset("flights")
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
    form = {"result_format": "COMPLETE", "unexpected_index_column_names": [_ROW], "include_unexpected_rows": False}
    reasons: dict[int, list[str]] = defaultdict(list)
    for result in batch.validate(suite(), result_format=form).results:
        if "mostly" in result.expectation_config.kwargs:
            continue
        name = f"{result.expectation_config.kwargs.get('column', 'key')}|{result.expectation_config.type}"
        for row in result.result.get("unexpected_index_list") or []:
            reasons[row[_ROW]].append(name)
    bad = frame.loc[sorted(reasons)]
    good = frame.drop(bad.index).drop(columns=[_ROW, _APART])
    bad = bad.assign(failed=[reasons[row] for row in bad[_ROW]]).drop(columns=[_ROW, _APART])
    good.to_parquet(folder / "published.parquet", compression="zstd")
    bad.to_parquet(folder / "rejected.parquet", compression="zstd")
    print(json.dumps({"records": len(frame), "published": len(good), "rejected": len(bad)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
