"""What a server says of the bytes."""

from __future__ import annotations

import codecs

from weighbridge.contract.document import Path
from weighbridge.contract.lint.subject import Subject, extension_path


def servers(subject: Subject) -> None:
    """Names that stand twice, unknown encodings, a delimiter that is its own quote, and two that contradict."""
    names: set[str] = set()
    entries = subject.reading.document.value.get("servers") or []
    for index, (raw, server) in enumerate(zip(entries, subject.servers, strict=True)):
        path: Path = ("servers", index)
        if server.name in names:
            subject.warn("CON-031", path, f"the server `{server.name}`", fix="give each server a name of its own")
        names.add(server.name)
        form = server.record_format
        where = extension_path(raw, path, "recordFormat")
        if server.encoding is not None and not _is_encoding(server.encoding):
            subject.warn("CON-054", (*path, "encoding"), f"no encoding is called `{server.encoding}`")
        for key in ("delimiter", "encoding"):
            if raw.get(key) and form.get(key) and raw[key] != form[key]:
                detail = f"{key} is {raw[key]!r} on the server and {form[key]!r} in recordFormat"
                subject.error("CON-054", (*where, key), detail, fix="say it once")
        quote = form.get("quote")
        if quote and server.delimiter and quote in server.delimiter:
            subject.error("CON-054", (*where, "quote"), f"{quote!r} cannot be both quote and delimiter")
        if form.get("comment") and server.delimiter and form["comment"] == server.delimiter:
            subject.error("CON-054", (*where, "comment"), "a comment cannot begin with the delimiter")
        if "recordLength" in form and form.get("kind") in ("delimited", "parquet"):
            subject.warn("CON-044", (*where, "recordLength"), f"recordLength of a {form['kind']} file")


def _is_encoding(name: str) -> bool:
    try:
        codecs.lookup(name)
    except (LookupError, ValueError):
        return name.strip().lower() in ("ebcdic", "binary", "auto") or name.lower().startswith(("cp", "ibm", "ebcdic"))
    return True
