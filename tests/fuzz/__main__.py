"""A longer run: python -m tests.fuzz [--minutes 10] [--format xlsx] [--seed 1] [--save DIR]

Goes through seed after seed, of one format or of all in turn, and saves every failing input.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.fuzz.cases import case, content_of
from tests.fuzz.samples import samples


def main() -> int:
    known = samples()
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--format", choices=[s.name for s in known], action="append")
    parser.add_argument("--seed", type=int, default=0, help="the first seed; CI runs 0 to 1999")
    parser.add_argument("--cases", type=int, help="stop after so many of each format")
    parser.add_argument("--save", type=Path, default=Path("fuzz-failures"))
    given = parser.parse_args()
    chosen = [s for s in known if not given.format or s.name in given.format]
    end = time.monotonic() + 60 * given.minutes
    spent = dict.fromkeys((s.name for s in chosen), 0.0)
    seed, read, failed = given.seed, dict.fromkeys(spent, 0), dict.fromkeys(spent, 0)
    with tempfile.TemporaryDirectory(prefix="weighbridge-fuzz-") as name:
        folder = Path(name)
        while time.monotonic() < end and (given.cases is None or seed < given.seed + given.cases):
            for sample in chosen:
                for beside, bytes_beside in sample.beside.items():
                    (folder / beside).write_bytes(bytes_beside)
                begun = time.process_time()
                content = content_of(sample, seed)
                try:
                    read[sample.name] += case(sample, content, folder, seed)
                except AssertionError:
                    failed[sample.name] += 1
                    given.save.mkdir(parents=True, exist_ok=True)
                    kept = given.save / f"{sample.name}-{seed}{sample.suffix}"
                    kept.write_bytes(content)
                    print(f"FAILED {sample.name}, seed {seed}: kept as {kept}")
                    traceback.print_exc()
                spent[sample.name] += time.process_time() - begun
            seed += 1
    cases = seed - given.seed
    print(f"seeds {given.seed} to {seed - 1}")
    print("| format | cases | read | refused | failed | CPU ms a case |\n|---|---:|---:|---:|---:|---:|")
    for one in spent:
        refused = cases - read[one] - failed[one]
        each = 1000 * spent[one] / max(cases, 1)
        print(f"| {one} | {cases} | {read[one]} | {refused} | {failed[one]} | {each:.1f} |")
    return 1 if any(failed.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
