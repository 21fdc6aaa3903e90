"""REV: what the review queue and the replay have to say."""

from weighbridge.findings.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "REV-001",
        "the queue has no such item",
        "look it up again in the queue: `weighbridge queue --into DIR`",
    ),
    Code(
        "REV-002",
        "somebody else changed the item meanwhile",
        "look at what was decided, and decide again if need be",
    ),
    Code(
        "REV-003",
        "this cannot be done with an item in its state",
        "open items are decided on, decided ones withdrawn, awaiting ones approved or refused; published ones are done",
    ),
    Code(
        "REV-004",
        "the decision is not complete",
        "name the property and the value, or the reading; say who decides and why",
    ),
    Code(
        "REV-005",
        "the record would still be kept out",
        "correct the other faults in the same decision, or confirm the rejection, or send the record back",
    ),
    Code(
        "REV-006",
        "the record has no such reading",
        "choose one of the readings that its findings list",
    ),
    Code(
        "REV-007",
        "what the record held cannot be read back",
        "set the key that it was sealed with (WEIGHBRIDGE_SEAL_KEY); what was withheld is only in the source",
    ),
    Code(
        "REV-008",
        "the contract asks for four eyes, and these are the same two",
        "have another person approve or refuse it",
    ),
    Code(
        "REV-009",
        "a classified value cannot be kept without a key to seal it with",
        "set WEIGHBRIDGE_SEAL_KEY, or WEIGHBRIDGE_SEAL_KEY_FILE, as for runs of this contract",
    ),
    Code(
        "REV-011",
        "a person gave the value",
        "nothing: the trail of the record says who, when and why",
    ),
    Code(
        "REV-012",
        "the records of this run cannot be replayed",
        "of a held extract run the extract again; of a replaced run replay the one that replaced it",
    ),
    Code(
        "REV-013",
        "records of this run were published by replays since",
        "nothing to do: `weighbridge replay --list` and the table `settled` tell which, by whom and why",
    ),
    Code(
        "REV-014",
        "records kept under earlier versions of the contract would be published under this one",
        "look first: `weighbridge replay --contract NEW --into DIR --dry-run`; then without --dry-run",
    ),
    Code(
        "REV-015",
        "repairs of the record were taken back, and nobody has said what stands instead",
        "decide on the record with a value for each property named, or put the repairs in force again: "
        "`weighbridge repairs redo`",
    ),
    Code(
        "REV-016",
        "what kept the record out cannot be asked of it alone",
        "correct the property that the finding names, or run the extract again",
    ),
)
