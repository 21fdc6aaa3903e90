"""A lost ledger, made anew from the runs' folders.

What a run that published or held something was, its checks, findings, profile and waiting records all stand
in its folder. What does not come back: runs that failed, were cleared away or found the extract
published already; and what people had settled in the review queue.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from weighbridge.findings import Finding, Place
from weighbridge.ledger import Ledger, RunState, SourceEntry
from weighbridge.outcome.codec import from_json
from weighbridge.outcome.result import RunResult
from weighbridge.pipeline.erasure.pending import note_outputs
from weighbridge.pipeline.output.history import RESULT_FILE
from weighbridge.pipeline.publish import MANIFEST, Manifest
from weighbridge.pipeline.recover import close, review_entries


def enter_unknown(into: Path, ledger: Ledger) -> Iterator[str | Finding]:
    """Enter the runs of an output folder that its ledger does not know, oldest first.

    A run that had written its manifest and not yet all of its tables is entered as one that was
    killed while it committed: whoever recovers next goes on with it.

    Yields:
        The id of each run that was entered, or what is wrong with its folder (OPS-015).
    """
    known = {run.id for run in ledger.runs(limit=1 << 31)}
    for folder in sorted(path.parent for path in (into / "runs").glob(f"*/{MANIFEST}")):
        if folder.name in known:
            continue
        try:
            manifest = Manifest.read(folder)
            result = from_json((folder / RESULT_FILE).read_bytes())
        except (OSError, ValueError, KeyError, TypeError):
            yield Finding("OPS-015", Place(source=str(folder)), "its manifest or result cannot be read")
            continue
        if manifest is None or result.run_id != folder.name:
            yield Finding("OPS-015", Place(source=str(folder)), f"its result is that of run {result.run_id}")
            continue
        _enter(into, ledger, manifest, result)
        yield result.run_id


def _enter(into: Path, ledger: Ledger, manifest: Manifest, result: RunResult) -> None:
    contract = result.contract
    ledger.start_run(
        run_id=result.run_id,
        contract_id=contract.id,
        contract_version=contract.version,
        contract_fingerprint=contract.fingerprint,
        rules_fingerprint=contract.rules_fingerprint,
        object_name=contract.object,
        extract_id=result.extract_id,
        as_of=result.as_of,
        started=result.started,
        folder=f"runs/{result.run_id}",
    )
    sources = [SourceEntry(s.name, s.sha256, s.size_bytes, s.content_bytes) for s in result.receipt.sources]
    ledger.record_sources(result.run_id, result.extract_id, sources)
    if not result.outputs:
        ledger.mark(result.run_id, RunState.COMMITTING)
        return
    close(ledger, result)
    note_outputs(into, ledger, result.run_id)  # what was erased, undone or replayed since stands in its manifests
    waiting = [into / path for part in manifest.tables if part.name == "review" for path, _, _ in part.files]
    if ledger.replacement(ledger.run(result.run_id)) is None and all(path.is_file() for path in waiting):
        ledger.add_review_items(result.run_id, review_entries(into, manifest), result.finished)
