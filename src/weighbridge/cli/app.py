"""The verbs, and what every verb shares: how faults are told and what the exit codes mean."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from weighbridge import __version__
from weighbridge.findings import Finding, WeighbridgeError

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

VERBS: tuple[tuple[str, str, str], ...] = (
    ("run", "weighbridge.cli.run:run", "Weigh an extract and publish what holds."),
    ("check", "weighbridge.cli.run:check", "Weigh an extract and publish nothing."),
    ("lint", "weighbridge.cli.lint:lint", "Judge a contract."),
    ("audit", "weighbridge.cli.audit:audit", "Prove a run's receipt again, from bytes."),
    ("runs", "weighbridge.cli.runs:runs", "List what happened."),
    ("quarantine", "weighbridge.cli.quarantine:quarantine", "Look at the records that were turned back."),
    ("report", "weighbridge.cli.report:report", "Show or write the report of a run."),
    ("copybook", "weighbridge.cli.copybook:copybook", "Print the layout of a COBOL copybook."),
    ("decode", "weighbridge.cli.decode:decode", "Decode mainframe records to JSON lines."),
)


def build() -> App:
    """Return the application; its verbs are imported when they are called."""
    app = App(name="weighbridge", help=HELP, version=__version__, help_format="markdown")
    for name, target, words in VERBS:
        app.command(target, name=name, help=words)
    return app


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; faults are printed, never raised.

    Args:
        arguments: the words after the program's name.
    """
    wants_json = "--json" in arguments
    try:
        outcome = build()(list(arguments), exit_on_error=False, print_error=False, result_action="return_value")
    except WeighbridgeError as error:
        _tell(error.findings, wants_json)
        return error.exit_code
    except CycloptsError as error:
        _tell((Finding("ARG-001", detail=" ".join(str(error).split())),), wants_json)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("interrupted; nothing was published by this run", file=sys.stderr)
        return 130
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 2
    return outcome if isinstance(outcome, int) else 0


def _tell(findings: Sequence[Finding], as_json: bool) -> None:
    if as_json:
        print(json.dumps({"error": [f.to_dict() for f in findings]}, ensure_ascii=False, indent=2))
    else:
        print("\n".join(map(str, findings)), file=sys.stderr)
