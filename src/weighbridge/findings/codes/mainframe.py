"""LEG-200… and RDR-100…: copybooks, decoding of mainframe fields, framing of mainframe records."""

from weighbridge.findings.code import Code

CODES: tuple[Code, ...] = (
    # Copybooks
    Code(
        "LEG-200",
        "the copybook has a word that does not belong there",
        "correct the clause at the caret; docs/mainframe.md lists what is read",
    ),
    Code(
        "LEG-201",
        "the level number is wrong",
        "use 01 to 49, 66, 77 or 88, and give every item a level that an item above it can hold",
    ),
    Code(
        "LEG-202",
        "the picture is not valid",
        "correct the PICTURE string at the caret",
    ),
    Code(
        "LEG-203",
        "the clauses of the item contradict each other",
        "keep one of the two clauses named",
    ),
    Code(
        "LEG-204",
        "the redefined item is not there",
        "name an item of the same level that stands earlier in the same group",
    ),
    Code(
        "LEG-205",
        "the item named in DEPENDING ON is not there",
        "name a numeric item that stands before the table, or declare countMap",
    ),
    Code(
        "LEG-206",
        "the item has neither a picture nor items under it",
        "give the item a PICTURE, or put the items of the group under it with higher level numbers",
    ),
    Code(
        "LEG-207",
        "the member named in COPY is not there",
        "put the member beside the copybook as NAME.cpy, or give its folder with --library",
    ),
    Code(
        "LEG-208",
        "the literal or the sentence is not closed",
        "close the quotation mark, or end the sentence with a period",
    ),
    Code(
        "LEG-209",
        "the redefinition is longer than what it redefines",
        "make the redefined item as long; the record is laid out with the longer of the two",
    ),
    Code(
        "LEG-210",
        "the name stands twice in one group",
        "rename one of the two items; the second gets a number in the output",
    ),
    Code(
        "LEG-211",
        "the copybook is larger than can be laid out",
        "look for a mistyped OCCURS or picture length",
    ),
    Code(
        "LEG-212",
        "the copybook describes no data item",
        "check that the file is a copybook and that its items start with a level number",
    ),
    # Options
    Code(
        "LEG-220",
        "the decoding option is not understood",
        "use an option and a value of docs/mainframe.md",
    ),
    Code(
        "LEG-221",
        "the code page is not known",
        "use a page of docs/mainframe.md such as cp037, or give a table of 256 characters",
    ),
    Code(
        "LEG-222",
        "the option names a field that the copybook does not have",
        "use a name of the layout that `weighbridge copybook` prints",
    ),
    # Values
    Code(
        "LEG-300",
        "the zoned field holds a byte that is no digit",
        "check the field's offset in the copybook and the file's encoding; else have the record corrected",
    ),
    Code(
        "LEG-301",
        "the packed field holds a nibble that is no digit",
        "check the field's offset in the copybook; spaces or text there mean the wrong layout or the wrong segment",
    ),
    Code(
        "LEG-302",
        "sign nibble is not one of C, D, F",
        "check the field's offset in the copybook; if the file is right, declare its sign nibbles",
    ),
    Code(
        "LEG-303",
        "an unsigned field carries a sign",
        "declare the picture with S if the field is signed, or relaxed_overpunch if the sign means nothing",
    ),
    Code(
        "LEG-304",
        "the value has more digits than its picture",
        "widen the picture, or have the value corrected: the sending program did not cut it to its picture",
    ),
    Code(
        "LEG-305",
        "the number is blank",
        "nothing, if blank means no value; else have the value sent",
    ),
    Code(
        "LEG-306",
        "the edited number does not fit its picture",
        "check the field's picture and offset; else have the value corrected",
    ),
    Code(
        "LEG-307",
        "the floating-point field holds no number",
        "check float_format: IBM hexadecimal and IEEE 754 floats look alike",
    ),
    Code(
        "LEG-308",
        "the byte has no character in the code page",
        "declare the code page the file was written in, or the field as binary",
    ),
    Code(
        "LEG-309",
        "the record ends inside the field",
        "check the record format; a short record can also be another segment",
    ),
    Code(
        "LEG-310",
        "the count of a table is outside its OCCURS bounds",
        "have the count corrected, or widen OCCURS; the table was read with its greatest size",
    ),
    Code(
        "LEG-312",
        "the number is padded or signed in another way than its picture says",
        "nothing: the value is certain; widen the picture's form if the sender means to keep it",
    ),
    Code(
        "LEG-313",
        "an unsigned binary field has its highest bit set",
        "declare the picture with S if the field is signed, or full_unsigned if it uses all its bits",
    ),
    Code(
        "LEG-314",
        "the number has blanks after or between its digits, or a sign between them",
        "have the number sent right-aligned with leading zeros: it is not certain what blanks and sign mean",
    ),
    Code(
        "LEG-315",
        "the record is longer than its layout",
        "check that this is the copybook of this file; the bytes after the layout are not decoded",
    ),
    Code(
        "LEG-316",
        "the text holds bytes that are not printable characters",
        "declare the field's code page, or the field as binary; in text such bytes read as blanks or as nothing",
    ),
    # Framing
    Code(
        "RDR-100",
        "the record descriptor word is not valid",
        "check rdw_big_endian, rdw_includes_header and rdw_adjust; a transfer in text mode also destroys descriptors",
    ),
    Code(
        "RDR-101",
        "the block descriptor word is not valid",
        "check bdw_big_endian and bdw_adjust; a file sent without its block descriptors is plain rdw",
    ),
    Code(
        "RDR-102",
        "the source ends inside a record",
        "have the file sent again if it was cut; else check the record length and the skipped header and footer",
    ),
    Code(
        "RDR-103",
        "the record's length cannot be told",
        "check length_field and length_map against the first record that fails",
    ),
    Code(
        "RDR-104",
        "the record's length is outside the declared bounds",
        "nothing, if such records are to be left out; else change min_record_length or max_record_length",
    ),
    Code(
        "RDR-105",
        "the source is shorter than its header and footer",
        "check file_skip_head and file_skip_tail",
    ),
    Code(
        "RDR-106",
        "the segment id is not in the segment map",
        "add the id to segment_map, or leave such records out with segment_filter",
    ),
    Code(
        "RDR-107",
        "a child segment stands before any root segment",
        "check segment_children and that the file was not split between a root and its children",
    ),
    Code(
        "RDR-108",
        "the compressed source is damaged",
        "have the file sent again",
    ),
    Code(
        "RDR-109",
        "the line is longer than its layout",
        "check the copybook; set allow_partial_records if one line holds several records",
    ),
    Code(
        "RDR-110",
        "the segments of a spanned record do not make a record",
        "have the file sent again whole and in order; set spanned only for RECFM=VS or VBS",
    ),
)
