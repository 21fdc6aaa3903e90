"""The regression gate: is the whole job still about as far from a bare plan as it was?

    python -m benchmarks.gate

Runs the benchmark's smallest size and compares the ratio of CPU seconds, not seconds, with a wide
margin: machines are noisy, and a lost fusion or a second scan is not subtle. At this size
Weighbridge's fixed cost (start, ledger, report, commits) is most of what it takes.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.flights import made
from benchmarks.main_job import alternate

MOST = {"csv": 7.0, "parquet": 7.0}
REPEAT = 3


def main() -> int:
    """Print the ratios; return 1 when one is over its limit."""
    over = 0
    for kind, most in MOST.items():
        with tempfile.TemporaryDirectory(prefix="weighbridge-gate-") as scratch:
            bare, weighed = alternate(made("336k", kind), REPEAT, Path(scratch)).values()
        cpu = median(m.cpu_seconds for m in weighed) / median(m.cpu_seconds for m in bare)
        memory = median(m.peak_bytes for m in weighed) / median(m.peak_bytes for m in bare)
        print(f"{kind:8} CPU {cpu:.2f} times the bare plan's (at most {most:.0f}), peak memory {memory:.2f} times")
        over += cpu > most
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
