"""The verbs, and what every verb shares: how faults are told and what the exit codes mean."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from cyclopts import App, CycloptsError

from weighbridge import __version__
from weighbridge.cli.addresses import at_home
from weighbridge.findings import ArgumentError, Finding, WeighbridgeError

HELP = """
Weighs and inspects every operational extract before it reaches a model.

A contract (Open Data Contract Standard YAML) says what an extract promises. `run` reads the
extract, keeps what holds, quarantines what does not with the reason and the original bytes,
sends what is uncertain to a person, proves that no record was lost, and only then publishes.

Exit codes: 0 published, or clean · 1 the data breached its contract (held, or more rejected
than the contract allows) · 2 it could not run (bad contract, unreadable source, bad arguments).

Every verb takes --json for machines. Start with:

    weighbridge lint  contracts/flights.odcs.yaml
    weighbridge check contracts/flights.odcs.yaml data/samples/flights.csv.gz
    weighbridge run   contracts/flights.odcs.yaml data/samples/flights.csv.gz --into out
"""

Verbs = Sequence[tuple[str, str, str]]

VERBS: Verbs = (
    ("run", "weighbridge.cli.run:run", "Weigh an extract and publish what holds."),
    ("check", "weighbridge.cli.run:check", "Weigh an extract and publish nothing."),
    ("sniff", "weighbridge.cli.sniff:sniff", "Show how a file would be read, and why."),
    ("profile", "weighbridge.cli.profile:profile", "Show what the columns of files or of runs look like."),
    ("lint", "weighbridge.cli.lint:lint", "Judge a contract."),
    ("explain", "weighbridge.cli.explain:explain", "Show how every check of a contract will be run."),
    ("diff", "weighbridge.cli.diff:diff", "Say what changed between two versions of a contract."),
    ("export", "weighbridge.cli.export:export", "Write checks in another tool's words, or read them."),
    ("retain", "weighbridge.cli.retain:retain", "Remove what the contract says is kept no longer."),
    ("erase", "weighbridge.cli.erase:erase", "Take one subject's records out of everything that runs left."),
    ("audit", "weighbridge.cli.audit:audit", "Prove a run's receipt again, from bytes."),
    ("queue", "weighbridge.cli.queue:queue", "Work the records that wait for a person, without a browser."),
    ("replay", "weighbridge.cli.replay:replay", "Judge kept records again and publish what passes."),
    ("review", "weighbridge.cli.review:review", "Serve the review queue in a browser; keep its accounts."),
    ("runs", "weighbridge.cli.runs:runs", "List what happened."),
    ("quarantine", "weighbridge.cli.quarantine:quarantine", "Look at the records that were turned back."),
    ("repairs", "weighbridge.cli.repairs:repairs", "Look at the values that were repaired."),
    ("seal-key", "weighbridge.cli.seal_key:seal_key", "Make a key that classified bytes are sealed with."),
    ("report", "weighbridge.cli.report:report", "Show or write the report of a run."),
    ("site", "weighbridge.cli.site:site", "Publish every contract and every run as pages to read offline."),
    ("mirror", "weighbridge.cli.mirror:mirror", "Keep a copy of an output folder in an object store."),
    ("baseline", "weighbridge.cli.baseline:baseline", "Say what extracts to come are compared with for drift."),
    ("alerts", "weighbridge.cli.alerts:alerts", "Show what people are called for, and call them."),
    ("doctor", "weighbridge.cli.doctor:doctor", "Look whether everything is as it should be."),
    ("copybook", "weighbridge.cli.copybook:copybook", "Print the layout of a COBOL copybook."),
    ("decode", "weighbridge.cli.decode:decode", "Decode mainframe records to JSON lines."),
)


def build(verb: str | None = None, verbs: Verbs = VERBS) -> App:
    """Return the application; its verbs are imported when they are called.

    Args:
        verb: the one that is called: its help is its docstring, that of the others one line,
            for which nothing need be imported.
        verbs: each with where it is and one line of help.
    """
    app = App(
        name="weighbridge", help=HELP, version=__version__, help_format="markdown", suppress_keyboard_interrupt=False
    )
    for name, target, words in verbs:
        app.command(target, name=name, help=None if name == verb else words)
    return app


def run(arguments: Sequence[str], verbs: Verbs = VERBS) -> int:
    """Run one command line and return its exit code; faults are printed, never raised.

    Args:
        arguments: the words after the program's name.
        verbs: as in `build`.
    """
    wants_json = "--json" in arguments
    try:
        _require_text(arguments)
        app = build(next(iter(arguments), None), verbs)
        with at_home(arguments) as words:
            outcome = app(list(words), exit_on_error=False, print_error=False, result_action="return_value")
            sys.stdout.flush()
    except WeighbridgeError as error:
        _tell(error.findings, wants_json)
        return error.exit_code
    except CycloptsError as error:
        _tell((Finding("ARG-001", detail=" ".join(str(error).split())),), wants_json)
        return 2
    except BrokenPipeError:
        return _nobody_reads()
    except KeyboardInterrupt:
        print("interrupted: run it again, which finishes or clears away what was begun", file=sys.stderr)
        return 130
    except SystemExit as leaving:
        if isinstance(leaving.__context__, BrokenPipeError):
            return _nobody_reads()
        return leaving.code if isinstance(leaving.code, int) else 2
    except Exception as error:
        _tell((_own_fault(error),), wants_json)
        return 2
    return outcome if isinstance(outcome, int) else 0


def _require_text(arguments: Sequence[str]) -> None:
    """Refuse a name whose bytes are not UTF-8: no receipt, table or report could hold it."""
    for word in arguments:
        try:
            word.encode()
        except UnicodeEncodeError:
            detail = f"{os.fsencode(word)!r} is not valid UTF-8; rename the file"
            raise ArgumentError(Finding("ARG-001", detail=detail)) from None


def _nobody_reads() -> int:
    """Whoever read our output has seen enough; what is still buffered goes nowhere, without a word."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _own_fault(error: Exception) -> Finding:
    """Return what happened and where, without the message, which may quote values that must not be shown."""
    if isinstance(error, OSError):
        return Finding(
            "RUN-014", detail=f"{error.strerror or type(error).__name__}: {error.filename or 'no file named'}"
        )
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    way = " > ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames)
    return Finding("RUN-014", detail=f"{type(error).__name__} at {way}")


def _tell(findings: Sequence[Finding], as_json: bool) -> None:
    if as_json:
        print(json.dumps({"error": [f.to_dict() for f in findings]}, ensure_ascii=False, indent=2))
    else:
        print("\n".join(map(str, findings)), file=sys.stderr)
