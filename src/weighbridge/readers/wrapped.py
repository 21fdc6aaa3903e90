"""An extract that stands for another one and adds to what it says."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from weighbridge.findings import Finding
from weighbridge.readers.door import Option, RawDoubt, RawExtract, Source, SourceAccount, Verifiable


class WrappedExtract:
    """Passes everything through; see `RawExtract` for its members."""

    def __init__(self, inner: RawExtract) -> None:
        self.inner = inner
        self.columns: tuple[str, ...] = inner.columns
        self.options: tuple[Option, ...] = inner.options
        self.findings: tuple[Finding, ...] = inner.findings
        self.sources: tuple[Source, ...] = inner.sources
        self.content_bytes: int = inner.content_bytes
        self.container: str | None = inner.container
        self.typed: bool = inner.typed
        self.raw_doubts: Mapping[str, tuple[RawDoubt, ...]] = inner.raw_doubts

    def scan(self) -> pl.LazyFrame:
        """Return the inner plan."""
        return self.inner.scan()

    def account(self) -> tuple[SourceAccount, ...]:
        """Return the inner account."""
        return self.inner.account()

    def late_findings(self) -> tuple[Finding, ...]:
        """Return the inner late findings."""
        return self.inner.late_findings()

    def verify(self) -> None:
        """Go through all that is read, where the inner extract can."""
        if isinstance(self.inner, Verifiable):
            self.inner.verify()
