"""The rows of the tables beside the published one.

Quarantine, review and warnings share one shape: a record as it came, and what was found.

    run, contract_id, contract_version, contract_fingerprint   which run judged it by what
    source, record, offset, length   where it stood; offset and length are null without byte ranges
    raw, raw_form   what the record was, and in which form:
                    "bytes"          its own bytes
                    "values"         nothing: it had no bytes, its values stand in `values`
                    "sealed"         its bytes, sealed because a property is classified (`weighbridge.sinks.seal`)
                    "sealed values"  its values as JSON, sealed, where it had no bytes
                    "withheld"       nothing: a property is classified and there was no key to seal with
                    "removed"        nothing: retention dropped its bytes, whatever form they had
    verdict         rejected, uncertain, or (in warnings) accepted or repaired
    findings        every finding: code, check, property, severity, effect, seen, expected, fix, readings
    values          JSON of property -> source text, classified ones masked
    arrived_at      when the run began, UTC

Settled holds the records that a replay published since, as they stood in quarantine or review, with the replay's id,
who decided what and why (null where a newer contract alone let them pass), and the properties given a value by hand.

Undone holds one row each time that a person took a repair back or put it in force again: `action` is "undo" or
"redo", `outcome` what the published row holds since: "source value", "no value", "withdrawn" or "repaired value".

Repairs hold one row a value that was changed, reversible by `before` and `raw`; where a property is
classified `before` and `after` are masked, and `raw` is sealed, or null without a key.
"""

from __future__ import annotations

import polars as pl

FINDING_TYPE = pl.Struct(
    {
        "code": pl.String,
        "check": pl.String,
        "property": pl.String,
        "severity": pl.String,
        "effect": pl.String,
        "seen": pl.String,
        "expected": pl.String,
        "fix": pl.String,
        "readings": pl.List(pl.String),
    }
)

_RECORD_SCHEMA = {
    "run": pl.String(),
    "contract_id": pl.String(),
    "contract_version": pl.String(),
    "contract_fingerprint": pl.String(),
    "source": pl.String(),
    "record": pl.Int64(),
    "offset": pl.Int64(),
    "length": pl.Int64(),
    "raw": pl.Binary(),
    "raw_form": pl.String(),
    "verdict": pl.String(),
    "findings": pl.List(FINDING_TYPE),
    "values": pl.String(),
    "arrived_at": pl.Datetime("us", "UTC"),
}

QUARANTINE_SCHEMA = pl.Schema(_RECORD_SCHEMA)
REVIEW_SCHEMA = pl.Schema(_RECORD_SCHEMA)
WARNINGS_SCHEMA = pl.Schema(_RECORD_SCHEMA)

SETTLED_SCHEMA = pl.Schema(
    {
        **_RECORD_SCHEMA,
        "replay": pl.String(),
        "decision": pl.String(),
        "decided_by": pl.String(),
        "why": pl.String(),
        "decided_at": pl.Datetime("us", "UTC"),
        "approved_by": pl.String(),
        "changed": pl.List(pl.String()),
    }
)

UNDONE_SCHEMA = pl.Schema(
    {
        "run": pl.String(),
        "source": pl.String(),
        "record": pl.Int64(),
        "property": pl.String(),
        "rule": pl.String(),
        "before": pl.String(),
        "after": pl.String(),
        "action": pl.String(),
        "outcome": pl.String(),
        "by": pl.String(),
        "why": pl.String(),
        "at": pl.Datetime("us", "UTC"),
    }
)

REPAIRS_SCHEMA = pl.Schema(
    {
        "run": pl.String(),
        "source": pl.String(),
        "record": pl.Int64(),
        "offset": pl.Int64(),
        "length": pl.Int64(),
        "property": pl.String(),
        "rule": pl.String(),
        "code": pl.String(),
        "before": pl.String(),
        "after": pl.String(),
        "raw": pl.Binary(),
        "why": pl.String(),
    }
)
