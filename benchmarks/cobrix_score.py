"""Score `weighbridge decode` on the shared corpus, each case through the command line.

    python benchmarks/cobrix_score.py SHARED/cobrix

Prints each case that fails, the cases passed, and the micro F1 over all leaves.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType


def comparison(corpus: Path) -> ModuleType:
    """Return the corpus's own comparison script as a module."""
    spec = importlib.util.spec_from_file_location("compare", corpus / "compare.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(corpus: Path) -> int:
    """Score every case; return how many failed."""
    compare = comparison(corpus)
    passed = tp = fp = fn = 0
    cases = sorted(corpus.glob("cases/*/case.json"))
    for file in cases:
        folder, case = file.parent, json.loads(file.read_text())
        words = [sys.executable, "-m", "weighbridge.cli.decode", "--copybook"]
        words += [str(folder / name) for name in case["copybook"]]
        words += ["--options", str(file), *(str(folder / name) for name in case["data"])]
        with tempfile.NamedTemporaryFile("w+", suffix=".jsonl") as out:
            ended = subprocess.run(words, stdout=out, stderr=subprocess.PIPE, check=False)
            score, _ = compare.compare(compare.load(folder / "expected.jsonl"), compare.load(out.name), case)
        passed += score["case_pass"]
        tp, fp, fn = tp + score["leaf_tp"], fp + score["leaf_fp"], fn + score["leaf_fn"]
        if not score["case_pass"]:
            print(
                f"{folder.name}: {score['rows_exact']} of {score['rows_expected']} rows, ended with {ended.returncode}"
            )
    print(f"{passed} of {len(cases)} cases; micro F1 {2 * tp / max(2 * tp + fp + fn, 1):.4f}")
    return len(cases) - passed


if __name__ == "__main__":
    sys.exit(min(main(Path(sys.argv[1])), 1))
