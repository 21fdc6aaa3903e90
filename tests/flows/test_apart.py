"""Prefect stays in flows/: nothing of the package needs it, and no command waits for it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_nothing_under_src_imports_prefect_or_the_flows() -> None:
    offenders = []
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            offenders += [f"{path}: {n}" for n in names if n.split(".")[0] in ("prefect", "flows")]
    assert offenders == []


def test_the_main_job_runs_without_prefect(tmp_path: Path) -> None:
    code = (
        "import sys; from weighbridge.cli.app import run;"
        "code = run(sys.argv[1:]);"
        "sys.exit(code or ('prefect' in sys.modules) * 9 or ('flows' in sys.modules) * 8)"
    )
    contract, extract = ROOT / "contracts/airlines.odcs.yaml", ROOT / "data/samples/airlines.csv"
    words = ["run", str(contract), str(extract), "--into", str(tmp_path), "--quiet"]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
