"""A mainframe server: its decoding options, its copybooks, and whether the properties are fields of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from weighbridge.contract.document import Path
from weighbridge.contract.lint.subject import Subject, extension_path
from weighbridge.contract.model import Server
from weighbridge.findings import Finding, Severity, WeighbridgeError

if TYPE_CHECKING:
    from weighbridge.legacy.cobol.options import Options
    from weighbridge.legacy.copybook import Copybook


def mainframe(subject: Subject) -> None:
    """Options that are not understood, copybooks that are missing or faulty, properties that are no field."""
    entries = subject.reading.document.value.get("servers") or []
    for index, (raw, server) in enumerate(zip(entries, subject.servers, strict=True)):
        path: Path = ("servers", index)
        where = extension_path(raw, path, "recordFormat")
        form = server.record_format
        if not server.is_mainframe:
            for key in ("copybook", "options"):
                if key in form:
                    subject.warn("CON-044", (*where, key), f"{key} of a file that is no mainframe file")
            continue
        options = _options(subject, server, where)
        copybook = _copybook(subject, server, where, options)
        if options is not None and copybook is not None:
            _against_the_layout(subject, server, where, options, copybook)


def _options(subject: Subject, server: Server, where: Path) -> Options | None:
    from weighbridge.contract.copybooks import server_options

    try:
        options, _ = server_options(server, FilePath(server.folder or "."))
    except WeighbridgeError as wrong:
        _report(subject, where, server.record_format, wrong.findings)
        return None
    _report(subject, where, server.record_format, options.warnings)
    return options


def _report(subject: Subject, where: Path, form: Mapping[str, Any], findings: tuple[Finding, ...]) -> None:
    """Say findings on options at the lines where the options stand."""
    for finding in findings:
        path = _place(where, form, finding.place.path[0] if finding.place.path else "")
        told = subject.error if finding.severity is Severity.ERROR else subject.warn
        told(finding.code, path, f"{'.'.join(finding.place.path)}: {finding.detail}")


def _place(where: Path, form: Mapping[str, Any], name: str) -> Path:
    from weighbridge.legacy.cobol.options import option_key

    first, *rest = name.split(".", 1)
    options = form.get("options") or {}
    for owner, lead in ((options, ("options",)), (form, ())):
        key = next((key for key in owner if option_key(key) == option_key(first)), None)
        if key is not None:
            inner = owner[key]
            more = (rest[0],) if rest and isinstance(inner, Mapping) and rest[0] in inner else ()
            return (*where, *lead, key, *more)
    return (*where, "options") if options else where


def _copybook(subject: Subject, server: Server, where: Path, options: Options | None) -> Copybook | None:
    from weighbridge.contract.copybooks import copybook_names, find_file, load_copybooks

    names = copybook_names(server.record_format.get("copybook"))
    if not names:
        subject.error("CON-058", where, "it names no copybook")
        return None
    found = [find_file(name, (FilePath(server.folder or "."),)) for name in names]
    for name, file in zip(names, found, strict=True):
        if file is None:
            subject.warn("CON-058", (*where, "copybook"), f"{name} is not in the contract's folder", seen=name)
    paths = [file for file in found if file is not None]
    if len(paths) < len(names):
        return None
    try:
        copybook = load_copybooks(paths, (), options)
    except WeighbridgeError as wrong:
        subject.reading.findings.extend(wrong.findings)
        return None
    return copybook


def _against_the_layout(subject: Subject, server: Server, where: Path, options: Options, copybook: Copybook) -> None:
    """Names that stand in options and properties, and not in the copybook."""
    from weighbridge.legacy.cobol.lookup import FieldIndex
    from weighbridge.legacy.cobol.segments import Segments, check_names

    try:
        check_names(copybook, options)
        segments = Segments(copybook, options)
    except WeighbridgeError as wrong:
        _report(subject, where, server.record_format, wrong.findings)
        return
    subject.reading.findings.extend(segments.warnings(copybook))
    index = FieldIndex(copybook, segments)
    for declared in subject.properties():
        owner = declared.owner
        group = segments.group_called(owner.physical_name, owner.name)
        if declared.top and index.find(declared.property.source_names, group) is None:
            names = " or ".join(declared.property.source_names)
            subject.warn("RDR-020", declared.path, f"no field of the copybook is called {names}",
                         fix="name its field in physicalName, as `weighbridge copybook` prints it")  # fmt: skip
