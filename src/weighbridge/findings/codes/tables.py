"""RDR from 300: workbooks, dBase tables, files of statistics packages, databases."""

from weighbridge.findings.code import Code

CODES: tuple[Code, ...] = (
    # Workbooks
    Code(
        "RDR-300",
        "the file is no workbook of this kind",
        "declare what it is (servers.format), or have it saved as a workbook",
    ),
    Code("RDR-301", "the workbook is damaged", "open and save it again in the program that wrote it, and send that"),
    Code(
        "RDR-302",
        "the workbook is protected by a password",
        "have it saved without a password; protect the way it is sent instead",
    ),
    Code(
        "RDR-303",
        "the workbook unpacks to more than can be meant",
        "have the sheet saved without formatted empty cells; a file made to exhaust memory is refused",
    ),
    Code("RDR-304", "the workbook has no such sheet", "correct recordFormat.sheet, or have the sheet named as agreed"),
    Code(
        "RDR-305",
        "the workbook has sheets that were not read",
        "nothing, if they are notes; else name the sheets in recordFormat.sheet",
    ),
    Code(
        "RDR-306",
        "rows or columns of the sheet are hidden",
        "ask the sender whether they belong to the delivery; recordFormat.hiddenRows says what becomes of hidden rows",
    ),
    Code(
        "RDR-307",
        "rows after the table were taken for totals or notes, not for records",
        "declare recordFormat.skipTail if they are; declare skipTail: 0 if they are records",
    ),
    Code(
        "RDR-308",
        "numbers are stored as text",
        "have the column formatted as numbers before values are entered; the texts were read as what they say",
    ),
    Code(
        "RDR-309",
        "cells inside of the table are merged",
        "have them unmerged and each row filled; a value merged downwards was read for each of its rows",
    ),
    Code("RDR-310", "the cell holds an error", "have the formula corrected; nullValues may name the error"),
    Code(
        "RDR-311",
        "the cell holds a formula without its value",
        "open the workbook in a spreadsheet program and save it: what wrote it did not compute formulas",
    ),
    Code(
        "RDR-312",
        "the formula's value was probably never computed",
        "open the workbook in a spreadsheet program and save it; some writers put 0 in place of every result",
    ),
    Code(
        "RDR-313",
        "the number is longer than a spreadsheet keeps",
        "have the column formatted as text before it is filled: digits after the 15th are lost in a number",
    ),
    Code(
        "RDR-314",
        "the number was rounded to the 15 digits that a spreadsheet shows",
        "nothing: what is left out comes from computing in binary (0.1 + 0.2)",
    ),
    Code(
        "RDR-315",
        "the cell is a date where a number is expected",
        "check whether the spreadsheet turned a number into a date, and have the column formatted as numbers",
    ),
    Code(
        "RDR-316",
        "the cell is formatted as a date that does not exist",
        "have the date entered again; 29 February 1900 is a day that only spreadsheets know",
    ),
    Code(
        "RDR-317",
        "a number without date format was read as a day count",
        "have the column formatted as dates; declare a date rule if the number means something else",
    ),
    Code("RDR-318", "the value was taken from a merged cell", "have the cells unmerged and each row filled"),
    Code("RDR-319", "the row is hidden", "have hidden rows removed or shown; recordFormat.hiddenRows: read takes them"),
    Code(
        "RDR-320",
        "the cell is a date where text is expected",
        "check whether the spreadsheet turned text into a date, and have the column formatted as text",
    ),
    Code(
        "RDR-321",
        "another table stands below the table on the same sheet",
        "have it put on a sheet of its own; declare skipTail: 0 if its rows are records of this one",
    ),
    # dBase tables
    Code("RDR-330", "the file is no dBase table", "have the file sent again, or declare what it is (servers.format)"),
    Code(
        "RDR-331",
        "the dBase table does not hold as many records as its header says",
        "have the file sent again: it was cut short, or the program that wrote it ended early",
    ),
    Code(
        "RDR-332",
        "the dBase table holds records marked as deleted",
        "nothing: they are accounted for and no records; have the table packed to be rid of them",
    ),
    Code(
        "RDR-333",
        "the memo of the record cannot be read",
        "have the memo file (.dbt, .fpt) sent with the table; it must have the table's name and date",
    ),
    Code(
        "RDR-334",
        "the record begins neither with a blank nor with an asterisk",
        "have the file sent again: records are shifted, or the table is damaged here",
    ),
    # Statistics packages
    Code(
        "RDR-340",
        "the file of the statistics package cannot be read",
        "have the file sent again; check that servers.format names the program that wrote it",
    ),
    Code(
        "RDR-341",
        "the value is missing for a stated reason",
        "nothing: it is null in what is published, and the reason stands beside it",
    ),
    # Databases
    Code(
        "RDR-350",
        "the database cannot be reached",
        "check host, port and network, and that the server runs; the run may be made again",
    ),
    Code(
        "RDR-351",
        "the database refuses this user",
        "check user and password in the environment, and that the user may SELECT from the table",
    ),
    Code(
        "RDR-352",
        "the table or query cannot be read",
        "check the table's name, its schema and the query against the database",
    ),
    Code(
        "RDR-353",
        "the query takes longer than its limit",
        "raise recordFormat.timeoutSeconds, or have an index made; the run may be made again",
    ),
    Code(
        "RDR-354",
        "the connection was lost while records were read",
        "make the run again: nothing was published",
    ),
    Code("RDR-355", "the driver of the database is not installed", "install it: pip install 'weighbridge[postgresql]'"),
    Code(
        "RDR-356",
        "it is not clear what to read from which database",
        "declare host and database on the server, or recordFormat.url, and a table or a query",
    ),
    Code(
        "RDR-357",
        "the text is not valid in the database's encoding",
        "have the value stored again as text; what wrote it put bytes of another encoding, or a file, in a text column",
    ),
)
