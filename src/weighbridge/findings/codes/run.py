"""RUN: what can happen to a run as a whole."""

from weighbridge.findings.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "RUN-001",
        "the receipt does not balance",
        "nothing was published; keep the source and report this with the receipt: a record was lost or doubled",
    ),
    Code(
        "RUN-002",
        "more records were rejected than the contract allows",
        "read the gravest finding in the report; have the extract corrected, or raise breaker.maxRejected",
    ),
    Code(
        "RUN-003",
        "a check of the whole extract failed",
        "see what was observed; have the extract corrected, or change the check's threshold or severity, and run again",
    ),
    Code(
        "RUN-004",
        "more records are uncertain than the contract allows",
        "settle how the values are to be read with a rule in the contract, or raise breaker.maxUncertain",
    ),
    Code(
        "RUN-005",
        "no record of the extract can be published",
        "most often contract, dialect or layout are another extract's: look at the first records in the report",
    ),
    Code(
        "RUN-006",
        "more records were repaired than the contract allows",
        "have the source corrected, or raise breaker.maxRepaired",
    ),
    Code(
        "RUN-007",
        "one check failed more often than the contract allows",
        "look at its examples in the report; correct the extract, or raise its limit in breaker.perCheck",
    ),
    Code(
        "RUN-008",
        "the run is not known",
        "list the known runs with `weighbridge runs --into DIR`",
    ),
    Code(
        "RUN-009",
        "a source is not what it was when the run read it",
        "put the original file back where it was, or audit with --source to say where it is now",
    ),
    Code(
        "RUN-010",
        "an output is not what the run wrote",
        "the table was changed outside Weighbridge, or vacuumed: restore it from its backup or run the extract again",
    ),
    Code(
        "RUN-011",
        "the plan could not be executed",
        "this is a fault of Weighbridge or of a check's expression: report it with the contract and the message below",
    ),
    Code(
        "RUN-012",
        "the extract was delivered before under another name",
        "nothing to do if that was meant: the same bytes under the same contract publish once",
    ),
    Code(
        "RUN-013",
        "a later run judged the extract again and replaced what this run wrote",
        "name the later run to see what is served now",
    ),
    Code(
        "RUN-014",
        "Weighbridge stopped on a fault that it did not expect",
        "nothing is half published: run it again; if it stays, report this message with the contract",
    ),
    Code(
        "RUN-030",
        "what the run wrote was removed by retention",
        "nothing: the contract asks for it; the receipt stays as it was written",
    ),
    Code(
        "RUN-031",
        "the contract does not say how long anything is kept",
        "add slaProperties {property: retention, value: 3, unit: y}, or the object's customProperty retention",
    ),
    Code(
        "RUN-040",
        "records of the run were erased since, as somebody whose they were asked",
        "nothing: the receipt counts them where they stood; the ledger's erasures say when, by whom and why",
    ),
    Code(
        "RUN-041",
        "kept records could not be asked whose they are",
        "set the key that sealed them (WEIGHBRIDGE_SEAL_KEY_FILE), or find the records in the source and name them "
        "with --record SOURCE:NUMBER",
    ),
    Code(
        "RUN-042",
        "an erasure was begun and not ended",
        "run `weighbridge doctor --into DIR --fix`, which ends it, or the same `weighbridge erase` again",
    ),
    Code(
        "RUN-043",
        "whose records are erased cannot be noted without a key",
        "set WEIGHBRIDGE_SEAL_KEY_FILE first, so that the ledger has a keyed hash of the subject; never its value",
    ),
    Code(
        "RUN-032",
        "the run has no profile to look at",
        "name a later run, or run the extract again with --again: the run's result still tells its figures",
    ),
    Code(
        "RUN-015",
        "the breaker limits a check that there is none of",
        "write a check's name or code as the report lists them in breaker.perCheck, or remove the limit",
    ),
    Code(
        "RUN-016",
        "the run has no result to look at",
        "run the extract again, which finishes or clears away what was begun; or name a run that came to its end",
    ),
    Code(
        "RUN-017",
        "a person took a repair of the record back, and a required value is missing without it",
        "correct the value at its source, or put the repair in force again with `weighbridge repairs redo`",
    ),
    Code(
        "RUN-018",
        "repairs of this run were taken back since",
        "nothing to do: `weighbridge repairs` tells who did it, when and why",
    ),
    Code(
        "RUN-019",
        "the repair cannot be taken back",
        "name a run whose rows are published now, and repairs of whole properties by rules or epochs",
    ),
    Code(
        "RUN-034",
        "a baseline needs who pins it and why",
        "say --by NAME and --why REASON",
    ),
    Code(
        "RUN-036",
        "only a run that published can be a baseline",
        "name another run: what was held is nothing to measure others by",
    ),
    Code(
        "RUN-035",
        "the object has no baseline",
        "`weighbridge baseline --into DIR` lists those there are",
    ),
)
