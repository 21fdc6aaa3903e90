"""The checks of `flights_lean.odcs.yaml` as plain data, for everybody who does the same job without it.

Null passes every check but `REQUIRED`; text where a number belongs fails `DIRTY_TEXT`'s record.
"""

from __future__ import annotations

COLUMNS = [
    "year",
    "month",
    "day",
    "dep_time",
    "sched_dep_time",
    "dep_delay",
    "arr_time",
    "sched_arr_time",
    "arr_delay",
    "carrier",
    "flight",
    "tailnum",
    "origin",
    "dest",
    "air_time",
    "distance",
    "hour",
    "minute",
    "time_hour",
]
TEXTS = ("carrier", "tailnum", "origin", "dest")
MOMENT = "time_hour"
INTEGERS = [name for name in COLUMNS if name not in TEXTS and name != MOMENT]
REQUIRED = ("year", "month", "day", "sched_dep_time", "carrier", "flight", "origin", "dest")
BOUNDS = {
    "month": (1, 12),
    "day": (1, 31),
    "dep_time": (1, 2400),
    "dep_delay": (-120, 2000),
    "air_time": (1, 1000),
    "distance": (1, 10_000),
}
CARRIERS = ["9E", "AA", "AS", "B6", "DL", "EV", "F9", "FL", "HA", "MQ", "OO", "UA", "US", "VX", "WN", "YV"]
ORIGINS = ("EWR", "JFK", "LGA")
TAIL_NUMBER = "^N[0-9A-Z]{1,5}$"
DEST_LENGTH = 3
MEAN_DELAY = (10, 16)
CARRIER_COUNT = (10, 17)
LONGEST_FLIGHT = 10_000
MOST_UNKNOWN_DELAYS = 0.05
FEWEST_RECORDS, MOST_RECORDS = 100_000, 100_000_000
