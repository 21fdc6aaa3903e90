"""LEG: what a legacy rule, or the cast to the logical type, can say of a value."""

from weighbridge.findings.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "LEG-001",
        "the value cannot be read as its type",
        "correct the value at the source, or declare the rule that reads it",
    ),
    Code(
        "LEG-002",
        "the value is finer than its type keeps",
        "declare a physicalType with more decimals, or have the source round",
    ),
    Code(
        "LEG-003",
        "the source column's type cannot hold this property",
        "correct the property's logicalType, or map the right source column to it with physicalName",
    ),
    Code(
        "LEG-004",
        "the instant was cut to microseconds",
        "nothing to do if microseconds are enough; else declare the property as a string to keep every digit",
    ),
    Code(
        "LEG-005",
        "the value is missing for a stated reason",
        "nothing to do; the reason is counted so that it is not lost with the value",
    ),
    Code(
        "LEG-006",
        "leading zeros were put back",
        "nothing to do if the width is right; better, have the source write the code as text",
    ),
    Code(
        "LEG-007",
        "the code may have lost leading zeros",
        "have the source write the code as text; a person must say whether it once was longer",
    ),
    Code(
        "LEG-010",
        "the value is not written as its rule says",
        "correct the value at the source, or correct the rule's parameters in the contract",
    ),
    Code(
        "LEG-011",
        "the number has two readings",
        "declare the decimal and the thousands mark of this property in its localNumber rule",
    ),
    Code(
        "LEG-012",
        "the decimal mark was decided by the column",
        "nothing to do if the evidence convinces; better, declare the decimal mark in the localNumber rule",
    ),
    Code(
        "LEG-013",
        "the date has two readings",
        "leave one of the formats out of the rule, or have the source write ISO dates",
    ),
    Code(
        "LEG-014",
        "the century of the year is not known",
        "declare the rule date with its century window for this property",
    ),
    Code(
        "LEG-015",
        "the century of the year was assumed",
        "nothing to do if the window is right; else correct the rule's century in the contract",
    ),
    Code(
        "LEG-016",
        "midnight at the end of the day was read as 00:00",
        "add a day where the time is joined to its date; or declare endOfDay: unreadable to refuse 24:00",
    ),
    Code(
        "LEG-017",
        "the text may have been decoded with the wrong code page",
        "declare the encoding the source really writes; a person must choose between the two readings",
    ),
    Code(
        "LEG-018",
        "text decoded with the wrong code page was restored",
        "nothing to do; better, declare the encoding the source really writes",
    ),
    Code(
        "LEG-019",
        "characters were lost when the text was decoded",
        "have the record sent again in an encoding that has its characters",
    ),
    Code(
        "LEG-020",
        "the spelling is not in the mapping",
        "add the spelling to the rule's values if it is right, or correct it at the source",
    ),
    Code(
        "LEG-021",
        "the local time was skipped by the clock change",
        "have the source write UTC or an offset; the time as written never was",
    ),
    Code(
        "LEG-022",
        "the local time stands twice at the clock change",
        "have the source write UTC or an offset; a person must choose between the two instants",
    ),
    Code(
        "LEG-024",
        "the date has no day",
        "have the source send the whole date, or declare with assume which day stands in for it",
    ),
    Code(
        "LEG-025",
        "the text fills its field and may have been cut",
        "ask the source whether the field is wide enough; leave the rule out for codes of fixed length",
    ),
    Code(
        "LEG-026",
        "control or invisible characters were taken out",
        "nothing to do if they mean nothing; else have the source clean its text",
    ),
    Code(
        "LEG-027",
        "look-alike characters were replaced by plain ones",
        "nothing to do if that was meant; else declare form: NFC",
    ),
    Code(
        "LEG-030",
        "the sign punched over the digit is not known",
        "check the field's offset; if it is right, declare the rule's signs or the code page's zeros",
    ),
    Code(
        "LEG-031",
        "the amount is in another currency, or not marked with one",
        "list every way the property's currency is written; amounts of other currencies need a property of their own",
    ),
    Code(
        "LEG-032",
        "a number stands without the percent sign of its column",
        "declare with unmarked what such numbers are",
    ),
    Code(
        "LEG-033",
        "the unit of the number is not known",
        "add the unit with its factor to the rule, or declare with unmarked the unit of numbers without one",
    ),
    Code(
        "LEG-034",
        "the code may have been changed by a spreadsheet",
        "have the source export the column as text; what a spreadsheet dropped cannot be brought back",
    ),
    Code(
        "LEG-035",
        "the number is no date in the system the rule names",
        "check what the number counts and from when: days, seconds or milliseconds, and the rule's `of`",
    ),
    Code(
        "LEG-036",
        "the identifier is not valid",
        "compare it with the document it was taken from; its check digits say that it was mistyped or cut",
    ),
    Code(
        "LEG-037",
        "the word means yes in one language and no in another",
        "leave one of the languages out of the rule, or list the word under its true or false",
    ),
    Code(
        "LEG-038",
        "the digits are not packed as a decimal",
        "check the field's offset and length in the layout; if they are right, declare its signs or `unsigned`",
    ),
    Code(
        "LEG-039",
        "the date was decided between two readings",
        "nothing to do if the evidence convinces; better, declare the one format, or have the source write ISO dates",
    ),
    Code(
        "LEG-040",
        "the time of day has no date to stand on",
        "have the record sent again with its date; without one the time is of no day",
    ),
    Code(
        "LEG-041",
        "no day puts the time within the limits",
        "check the record's times at the source; if they are right, widen leastHours and mostHours",
    ),
    Code(
        "LEG-042",
        "the time is of one of several days",
        "set limits less than a day apart, or have the source send the date with the time",
    ),
    Code(
        "LEG-043",
        "the day was moved over midnight",
        "nothing to do if the limits are right; else correct leastHours and mostHours in the contract",
    ),
    Code(
        "LEG-060",
        "the code is retired",
        "nothing to do if the code list is right; else correct its successor in the contract",
    ),
    Code(
        "LEG-061",
        "the code was split into several",
        "find out at the source which of its successors is meant, and have the record sent again with it",
    ),
    Code(
        "LEG-062",
        "the code is not in the list",
        "add it to the code list if it is right; else have the record sent again with a code of the list",
    ),
    Code(
        "LEG-063",
        "the code is not in force",
        "if it was in force at the record's date, correct its dates in the code list; else name its successor there",
    ),
    Code(
        "LEG-080",
        "the record fits several layouts",
        "make the epochs' `when` exclude each other, or decide in review which layout the record was written under",
    ),
    Code(
        "LEG-081",
        "the record fits none of the layouts",
        "describe its layout as another epoch; or, if it is of today's, take epochsExhaustive out of the contract",
    ),
    Code(
        "LEG-082",
        "the day that tells the record's layout is missing or cannot be read",
        "have the record sent again with its date, or tell the epoch's records by a marker",
    ),
    Code(
        "LEG-083",
        "a value was assumed to bring the record to today's layout",
        "nothing to do if the epoch is right; else correct its `assumes` or `recode` in the contract",
    ),
    Code(
        "LEG-084",
        "a value of an earlier layout cannot be taken apart or put together",
        "correct the epoch's `part` or `join` in the contract, or the record at its source",
    ),
)
