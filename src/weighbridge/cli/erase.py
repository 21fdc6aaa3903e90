"""`weighbridge erase`."""

from __future__ import annotations

from pathlib import Path

from weighbridge.cli.terminal import print_json, watching


def erase(
    *,
    contract: str,
    subject: tuple[str, ...],
    into: Path,
    by: str = "",
    why: str = "",
    record: tuple[str, ...] = (),
    yes: bool = False,
    json: bool = False,
) -> int:
    """Find one subject's records in everything that runs left behind, and take them out.

    Searched are the tables (every file, also of earlier versions), the review queue with what people decided and
    said, results, reports, profiles and the ledger. Without --yes it only says what would be erased. Receipts are
    proved as before: `weighbridge audit` counts the records as erased where they stood. Earlier versions of the
    tables cannot be read any more for the extracts concerned. Sources are not touched: they are the sender's.

    It may be killed and called again: what was begun is ended first, then all is searched anew.

    Exit codes: 0 done, or nothing found · 1 some kept records could not be asked · 2 it could not be done.

    Parameters
    ----------
    contract
        The contract's file, or its id.
    subject
        `PROPERTY=VALUE`, or `PROPERTY.MEMBER=VALUE`; of several, all must hold.
    into
        The output folder.
    by
        Who has it done; stands in the ledger.
    why
        The reason; stands in the ledger. Name no value of the subject here.
    record
        Also this record, whatever is known of it: `SOURCE:NUMBER`. May be repeated.
    yes
        Erase. It cannot be taken back.
    json
        Print the answer as JSON.
    """
    from weighbridge.cli.repairs import places
    from weighbridge.contract import load
    from weighbridge.pipeline.erasure import erase as apply
    from weighbridge.pipeline.erasure.subject import Subject

    contract_id = load(Path(contract)).id if Path(contract).is_file() else contract
    with watching(not json) as watcher:
        done = apply(
            into,
            contract_id,
            Subject.of(subject),
            by=by or ("nobody yet" if not yes else ""),
            why=why or ("a rehearsal" if not yes else ""),
            records=places(record),
            dry_run=not yes,
            watcher=watcher,
        )
    unasked = any(f.code == "RUN-041" for f in done.findings)
    if json:
        print_json(done.to_dict())
        return int(unasked)
    for finding in done.findings:
        print(finding, end="\n\n")
    parts = ", ".join(f"{count:,} in {name}" for name, count in done.records.items()) or "no records"
    print(f"{'would erase' if done.dry else 'erased'}: {parts}, of {done.extracts:,} extracts")
    if done.texts:
        print(f"{done.texts:,} results, reports and entries {'speak' if done.dry else 'spoke'} of the subject")
    if done.sources:
        print(f"not touched: the sources {', '.join(done.sources)}")
        print("a site elsewhere is brought up to date when `weighbridge site --to` is called next")
    if done.dry and (done.records or done.texts):
        print("nothing was erased: add --yes, --by and --why")
    return int(unasked)
