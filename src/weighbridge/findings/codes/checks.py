"""CHK: what a row check or a dataset check can say.

001–019 blame a record, 020–029 the extract, 030–039 say why a check could not be made;
050–059 blame a record beside other records, 060–069 the extract beside groups and other objects.
"""

from weighbridge.findings.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "CHK-001",
        "a required value is missing",
        "send the value, or make the property optional in the contract",
    ),
    Code(
        "CHK-002",
        "the value is not one of the permitted ones",
        "correct the value at the source, or add it to the property's enum if it is real",
    ),
    Code(
        "CHK-003",
        "the text does not match its pattern",
        "correct the value at the source; the pattern is searched for, so anchor it with ^ and $ if it must match all",
    ),
    Code(
        "CHK-004",
        "the text is too short or too long",
        "look for a truncated or shifted field; if the text is right, change minLength or maxLength",
    ),
    Code(
        "CHK-005",
        "the value is outside its bounds",
        "look for a wrong unit, a lost decimal point or a sentinel value; if it is real, change the bound",
    ),
    Code(
        "CHK-006",
        "the value is not a multiple of its step",
        "look for a rounding or a unit conversion at the source; if it is real, change multipleOf",
    ),
    Code(
        "CHK-007",
        "the value does not have its format",
        "correct the value at the source, or declare the format it really has",
    ),
    Code(
        "CHK-008",
        "the value occurs more than once",
        "find out which record is the right one, or drop `unique` if repeats are meant; "
        "every record of the repeat is kept",
    ),
    Code(
        "CHK-009",
        "the primary key occurs more than once",
        "look for records delivered twice, or add the property that tells them apart to the primary key",
    ),
    Code(
        "CHK-010",
        "the value has no counterpart in the object it refers to",
        "deliver the missing record of the other object first, or correct the value",
    ),
    Code(
        "CHK-011",
        "the record does not satisfy an expression",
        "compare the record's values with the expression; correct the record or the expression",
    ),
    Code(
        "CHK-012",
        "the record meets a condition but not what follows from it",
        "compare the record's values with the condition; correct the record or the check",
    ),
    Code(
        "CHK-013",
        "the list, map or object has the wrong size or members",
        "correct the value at the source, or change the property's logicalTypeOptions",
    ),
    Code(
        "CHK-014",
        "the record does not pass a Pandera check",
        "see the check of that name in the Pandera schema; correct the record or the check",
    ),
    Code(
        "CHK-020",
        "the number of records without a value is not as agreed",
        "ask the sender why values are missing, or change the threshold",
    ),
    Code(
        "CHK-021",
        "the number of missing values is not as agreed",
        "ask the sender why values are missing, or change the threshold or the list of missing values",
    ),
    Code(
        "CHK-022",
        "the number of invalid values is not as agreed",
        "look at the property's top values in the profile; correct the extract, the list or the threshold",
    ),
    Code(
        "CHK-023",
        "the number of duplicates is not as agreed",
        "look for records delivered twice, or change the threshold",
    ),
    Code(
        "CHK-024",
        "the number of records is not as agreed",
        "ask the sender whether the delivery is complete, or change the threshold",
    ),
    Code(
        "CHK-025",
        "the result of a query is not as agreed",
        "run the query on the quarantine or published table to see why; correct the extract or the threshold",
    ),
    Code(
        "CHK-026",
        "the extract is older than agreed",
        "ask the sender for a newer delivery, or change the entry of slaProperties",
    ),
    Code(
        "CHK-027",
        "more records fail a check than it tolerates",
        "look at the check's failing records; correct the extract or change its tolerance",
    ),
    Code(
        "CHK-028",
        "the records together do not pass a Pandera check",
        "see the check of that name in the Pandera schema; correct the extract or the check",
    ),
    Code(
        "CHK-030",
        "an expression cannot be used on this object",
        "write a Boolean SQL expression over the object's properties, one answer a record; "
        "quote dates as DATE '2013-01-31' and names with blanks in double quotes",
    ),
    Code(
        "CHK-031",
        "a query cannot be run here",
        "write one SELECT in Polars' SQL that gives exactly one value from this object and published ones",
    ),
    Code(
        "CHK-032",
        "the keys a relationship refers to are not at hand",
        "publish the other object first, or name a file that holds its keys in the relationship's `reference`",
    ),
    Code(
        "CHK-033",
        "a relationship compares keys that cannot be compared",
        "give both sides of the relationship the same columns and types",
    ),
    Code(
        "CHK-034",
        "a value in the contract does not fit its property's type",
        "write the value as the property's logicalType has it, dates as 2013-01-31",
    ),
    Code(
        "CHK-035",
        "a pattern cannot be searched for",
        "write it without look-around and back-references; an expression check can often say the rest",
    ),
    Code(
        "CHK-036",
        "a check's arguments are not understood",
        "see the check's page in docs/checks.md for the arguments it takes",
    ),
    Code(
        "CHK-037",
        "a check names a property that the object does not have",
        "correct the name, or add the property to the object",
    ),
    Code(
        "CHK-038",
        "a Pandera schema cannot be used on this object",
        "name it as package.module:Schema, installed beside Weighbridge, with the object's columns and types",
    ),
    Code(
        "CHK-039",
        "a check of a Pandera schema gave no answer",
        "have the function answer for every value, null among them; the exception's own message is not "
        "repeated, for it may quote values",
    ),
    Code(
        "CHK-040",
        "a part of a Pandera schema is not asked",
        "take it out of the schema, or say it in the contract itself",
    ),
    Code(
        "CHK-050",
        "a number of a sequence is repeated, out of order or follows a gap",
        "look for records delivered twice or lost between this one and the one before; correct the delivery",
    ),
    Code(
        "CHK-051",
        "a time goes back, or is too far from the one before",
        "look for records lost, delivered twice or with a wrong clock; correct the delivery or the check's limits",
    ),
    Code(
        "CHK-052",
        "a balance does not roll forward",
        "look for a movement that was lost or booked twice between this record and the one before",
    ),
    Code(
        "CHK-053",
        "what should determine another value does not",
        "compare the records that disagree; correct the wrong ones, or drop the check if both values are real",
    ),
    Code(
        "CHK-054",
        "the value does not stand in the other column",
        "deliver the record it refers to with this extract, or correct the value",
    ),
    Code(
        "CHK-055",
        "nothing in the reference is valid at the record's date",
        "correct the date or the value, or have the reference's periods completed",
    ),
    Code(
        "CHK-056",
        "the text does not have an expected shape",
        "correct the value at the source, or add its shape to the check",
    ),
    Code(
        "CHK-057",
        "the text is written in another script",
        "look for letters that only look alike, or a wrong code page; add the script if it is meant",
    ),
    Code(
        "CHK-058",
        "the text is in another language",
        "ask the sender about these texts; add the language if it is meant, or bear a few with a tolerance",
    ),
    Code(
        "CHK-060",
        "numbers of a sequence are missing",
        "ask the sender for the missing records, or change the check's tolerance if gaps are normal",
    ),
    Code(
        "CHK-061",
        "a figure of some group is not as agreed",
        "look at the groups named; ask the sender about them, or change the threshold or the tolerance",
    ),
    Code(
        "CHK-062",
        "keys of another object do not occur",
        "ask the sender for the records of these keys, or bear them with a tolerance",
    ),
    Code(
        "CHK-063",
        "control totals differ from those of another object",
        "find out which side lacks or doubles records of the groups named, and have it delivered again",
    ),
    Code(
        "CHK-065",
        "validity periods of a reference overlap or leave a gap",
        "have the owner of the reference correct its periods",
    ),
    Code(
        "CHK-071",
        "there are more or fewer records than usual",
        "ask the sender whether the extract is whole; widen `within` if this is how it is to be",
    ),
    Code(
        "CHK-072",
        "a figure is not what it usually was",
        "compare the profiles of this run and the one before; widen `within` if this is how it is to be",
    ),
    Code(
        "CHK-070",
        "values are distributed otherwise than before",
        "look at the profiles of both runs for a changed source or unit; pin a new baseline if this is what is to come",
    ),
)
