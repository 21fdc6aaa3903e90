"""JSON and XML."""
# ruff: noqa: E501 - a fault is a row of a table

from __future__ import annotations

from tests.faults.fault import Expected, Fault, held, published, refused, warned


def _lines(name: str, says: str, content: bytes, expected: Expected) -> Fault:
    return Fault(f"json_lines/{name}", says, {"things.jsonl": content}, expected, {"format": "jsonl"})


def json_lines() -> list[Fault]:
    """Faults of JSON lines."""
    one = b'{"id": 1, "who": "ann"}\n'

    def second(name: str, says: str, line: bytes, *codes: str) -> Fault:
        return _lines(name, says, one + line + b"\n", warned(1, {2: line}, *codes))

    return [
        second("not_closed", "an object that is not closed", b'{"id": 2, "who": "bob"', "RDR-200"),
        second("single_quotes", "Python's way to write it", b"{'id': 2, 'who': 'bob'}", "RDR-200"),
        second("trailing_comma", "a comma behind the last member", b'{"id": 2, "who": "bob",}', "RDR-200"),
        second("word", "a word instead of an object", b"hello", "RDR-200"),
        second("number", "a number instead of an object", b"42", "RDR-201"),
        second("null", "null instead of an object", b"null", "RDR-201"),
        second("list", "a list instead of an object", b'[2, "bob"]', "RDR-201"),
        second("text", "a text instead of an object", b'"bob"', "RDR-201"),
        second("invalid_utf_8", "a byte that UTF-8 does not know", b'{"id": 2, "who": "\xff"}', "RDR-012"),
        second("control_character", "a raw NUL inside of a text", b'{"id": 2, "who": "a\0b"}', "RDR-200"),
        second("bad_escape", "an escape that JSON does not have", b'{"id": 2, "who": "\\x41"}', "RDR-200"),
        second("nan", "a bare NaN", b'{"id": NaN, "who": "bob"}', "RDR-200"),
        _lines("key_twice_in_record", "a member twice with other values: a person decides",
               one + b'{"id": 2, "id": 3, "who": "bob"}\n', Expected("publish_with_warnings", ("RDR-203",), 1, uncertain=1)),
        second("object_for_number", "an object where a number is declared", b'{"id": {"a": 1}, "who": "bob"}', "RDR-202"),
        second("list_for_number", "a list where a number is declared", b'{"id": [2], "who": "bob"}', "RDR-202"),
        second("text_for_number", "a word where a number is declared", b'{"id": "two", "who": "bob"}', "LEG-001"),
        second("fraction_for_integer", "a fraction where an integer is declared", b'{"id": 2.5, "who": "bob"}', "LEG-001"),
        second("true_for_number", "a boolean where a number is declared", b'{"id": true, "who": "bob"}', "LEG-001"),
        second("huge_number", "an integer beyond 64 bits", b'{"id": 99999999999999999999999, "who": "b"}', "LEG-001"),
        second("key_null", "null for the key", b'{"id": null, "who": "bob"}', "CHK-001"),
        second("key_absent", "no key", b'{"who": "bob"}', "CHK-001"),
        second("nested_too_deep", "ten thousand brackets", b'{"id": 2, "who": ' + b"[" * 10_000, "RDR-200"),
        _lines("key_twice", "a key twice", one + b'{"id": 1, "who": "bob"}\n{"id": 3}\n',
               warned(1, {1: one[:-1], 2: b'{"id": 1, "who": "bob"}'}, "CHK-009")),
        _lines("unknown_member", "a member that the contract does not name", b'{"id": 1, "who": "a", "age": 3}\n',
               published(1, "RDR-021")),
        _lines("blank_lines", "blank lines", b"\n" + one + b"\n\n", published(1)),
        _lines("last_line_cut", "cut short", one + b'{"id": 2, "wh', warned(1, {2: b'{"id": 2, "wh'}, "RDR-200")),
        _lines("empty", "no bytes at all", b"", held(0, {}, "RDR-002", "RDR-003")),
        _lines("other_members", "another file under this name", b'{"code": 1}\n',
               held(0, {1: b'{"code": 1}'}, "CHK-001", "RDR-021", "RDR-024", "RUN-005")),
    ]  # fmt: skip


def _json(name: str, says: str, content: bytes, expected: Expected, **layout: object) -> Fault:
    return Fault(f"json/{name}", says, {"things.json": content}, expected,
                 {"format": "json", "recordFormat": {"kind": "json", **layout}} if layout else {"format": "json"})  # fmt: skip


def json() -> list[Fault]:
    """Faults of JSON documents."""
    return [
        _json("list_not_closed", "the list is not closed", b'[{"id": 1, "who": "ann"}', held(1, {}, "RDR-205")),
        _json("cut_inside_a_record", "cut inside a record", b'[{"id": 1, "who": "ann"}, {"id": 2,',
              held(1, {2: b'{"id": 2,'}, "RDR-200", "RDR-205")),
        _json("a_number_among_them", "a number among the records", b'[{"id": 1, "who": "ann"}, 2]',
              warned(1, {2: b"2"}, "RDR-201")),
        _json("empty_list", "a list without records", b"[]", held(0, {}, "RDR-002")),
        _json("empty", "no bytes at all", b"", held(0, {}, "RDR-002", "RDR-003")),
        _json("no_such_path", "no list at the declared path", b'{"rows": [{"id": 1}]}', refused("RDR-206"), recordPath="data"),
        _json("html_instead", "the sender's error page", b"<html>404</html>", held(0, {1: b"<html>404</html>"}, "RDR-200", "RUN-005")),
    ]  # fmt: skip


def _xml(name: str, says: str, content: bytes, expected: Expected, **layout: object) -> Fault:
    server = {"format": "xml"} | ({"recordFormat": {"kind": "xml", **layout}} if layout else {})
    return Fault(f"xml/{name}", says, {"things.xml": content}, expected, server)


def xml() -> list[Fault]:
    """Faults of XML."""
    one = b"<t><id>1</id><who>ann</who></t>"

    def second(name: str, says: str, record: bytes, *codes: str) -> Fault:
        return _xml(name, says, b"<ts>" + one + record + b"</ts>", warned(1, {2: record}, *codes))

    return [
        second("wrong_end_tag", "an end tag of another name", b"<t><id>2</x></t>", "RDR-210"),
        second("bare_ampersand", "an ampersand that is not escaped", b"<t><id>2</id><who>a & b</who></t>", "RDR-210"),
        second("unknown_entity", "an entity nobody declared", b"<t><id>2</id><who>&nbsp;</who></t>", "RDR-210"),
        second("attribute_without_quotes", "an attribute without quotes", b"<t id=2><who>bob</who></t>", "RDR-210"),
        second("attribute_twice", "an attribute twice", b'<t id="2" id="3"><who>bob</who></t>', "RDR-210"),
        second("control_character", "a control character, which XML forbids", b"<t><id>2</id><who>\x01</who></t>", "RDR-210"),
        second("character_reference_to_nul", "a reference to NUL", b"<t><id>2</id><who>&#0;</who></t>", "RDR-210"),
        second("word_for_number", "a word where a number is declared", b"<t><id>two</id></t>", "LEG-001"),
        second("key_absent", "no key", b"<t><who>bob</who></t>", "CHK-001"),
        second("invalid_utf_8", "a byte that UTF-8 does not know", b"<t><id>2</id><who>\xff</who></t>", "RDR-012"),
        _xml("key_twice", "a key twice", b"<ts>" + one + one + b"<t><id>3</id></t></ts>", warned(1, {1: one, 2: one}, "CHK-009")),
        _xml("root_not_closed", "the root is not closed", b"<ts>" + one, held(1, {}, "RDR-205")),
        _xml("cut_inside_a_record", "cut inside a record", b"<ts>" + one + b"<t><id>2", held(1, {2: b"<t><id>2"}, "RDR-205", "RDR-210")),
        _xml("empty", "no bytes at all", b"", held(0, {}, "RDR-002", "RDR-003")),
        _xml("entity_bomb", "entities of entities", b'<!DOCTYPE t [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><ts><t><id>1</id><who>&b;</who></t></ts>',
             refused("RDR-211")),
        _xml("reads_a_file", "an entity that reads a file", b'<!DOCTYPE t [<!ENTITY a SYSTEM "file:///etc/passwd">]><ts><t><id>1</id><who>&a;</who></t></ts>',
             refused("RDR-211")),
    ]  # fmt: skip
