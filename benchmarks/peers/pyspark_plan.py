"""PySpark on the local cores, by hand: a mask, a window for the key, a cached frame, two writes."""

from __future__ import annotations

import json
import os
import shutil
import sys
from functools import reduce
from operator import add
from pathlib import Path

from pyspark import StorageLevel
from pyspark.sql import Column, SparkSession, Window
from pyspark.sql import functions as f

from benchmarks.flights import KEY
from benchmarks.rules import BOUNDS, CARRIERS, COLUMNS, DEST_LENGTH, ORIGINS, REQUIRED, TAIL_NUMBER


def _rules() -> dict[str, Column]:
    rules = {f"{name}|required": f.col(name).isNull() for name in REQUIRED}
    rules |= {f"{name}|bounds": ~f.col(name).between(low, high) for name, (low, high) in BOUNDS.items()}
    return rules | {
        "carrier|enum": ~f.col("carrier").isin(CARRIERS),
        "origin|enum": ~f.col("origin").isin(list(ORIGINS)),
        "tailnum|pattern": ~f.col("tailnum").rlike(TAIL_NUMBER),
        "dest|length": f.length("dest") != DEST_LENGTH,
        "dest is origin": f.col("dest") == f.col("origin"),
        "key": f.count(f.lit(1)).over(Window.partitionBy(*KEY)) > 1,
    }


def main(source: Path, folder: Path) -> None:
    """Split, with reasons, measure, and print how many records went where."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "spark.driver.memory": "6g",
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "8",
        "spark.sql.parquet.compression.codec": "zstd",
        "spark.local.dir": str(folder / "spill"),
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
    }
    session = SparkSession.builder.master(f"local[{os.cpu_count()}]").config(map=settings).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    rules, mask = _rules(), f.col("mask")
    bits = [f.when(rule, f.lit(1 << i)).otherwise(f.lit(0)) for i, rule in enumerate(rules.values())]
    judged = session.read.parquet(str(source)).withColumn("mask", reduce(add, bits))
    judged = judged.persist(StorageLevel.MEMORY_AND_DISK)
    judged.filter("mask = 0").select(*COLUMNS).write.parquet(str(folder / "published"))
    names = [f.when(mask.bitwiseAND(1 << i) != 0, f.lit(name)) for i, name in enumerate(rules)]
    told = f.filter(f.array(*names), lambda name: name.isNotNull()).alias("failed")
    judged.filter("mask != 0").select(*COLUMNS, told).write.parquet(str(folder / "rejected"))
    records, published, *_ = judged.agg(
        f.count(f.lit(1)),
        f.count(f.when(mask == 0, 1)),
        f.avg("dep_delay"),
        f.sum(f.col("dep_delay").isNull().cast("int")),
        f.countDistinct("carrier"),
        f.max("air_time"),
    ).collect()[0]
    session.stop()
    shutil.rmtree(folder / "spill", ignore_errors=True)
    print(json.dumps({"records": records, "published": published, "rejected": records - published}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
