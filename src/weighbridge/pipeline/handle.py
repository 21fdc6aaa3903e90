"""The contract in Python callers' hands: everything that can be done with one, as methods."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from weighbridge.contract import load
from weighbridge.contract import model as contract_model
from weighbridge.pipeline.extract import choose_object

if TYPE_CHECKING:
    import polars as pl
    from pandera.polars import DataFrameModel

    from weighbridge.outcome.result import RunResult
    from weighbridge.pipeline.validate import Frame


P = ParamSpec("P")
R = TypeVar("R")


class Contract:
    """A contract that may be used, and what can be done with it.

    Attributes:
        model: the contract as plain values.

    Args:
        model: those values, or what `weighbridge.contract.load` takes: a path, or the document itself.

    Raises:
        ContractError: it cannot be read, or says what cannot be meant.
    """

    def __init__(self, model: contract_model.Contract | str | Path | Mapping[str, Any]) -> None:
        self.model = model if isinstance(model, contract_model.Contract) else load(model)

    def __repr__(self) -> str:
        objects = ", ".join(o.name for o in self.model.objects)
        return f"<Contract {self.model.id} {self.model.version}: {objects}>"

    @property
    def fingerprint(self) -> str:
        """``sha256:`` of the contract's content; stands in every result."""
        return self.model.fingerprint

    def check(
        self,
        extract: str | Path | Sequence[str | Path] | pl.DataFrame | pl.LazyFrame = (),
        *,
        into: str | Path | None = None,
        object: str | None = None,
        server: str | None = None,
        as_of: datetime | None = None,
        storage_options: Mapping[str, str] | None = None,
    ) -> RunResult:
        """Judge files, a frame or the server's database and publish nothing; see `weighbridge.pipeline.check.check`."""
        from weighbridge.pipeline.check import check

        with _folder(into, storage_options) as folder:
            return check(self.model, extract, into=folder, object_name=object, server_name=server, as_of=as_of)

    def run(
        self,
        extract: str | Path | Sequence[str | Path] | pl.DataFrame | pl.LazyFrame = (),
        *,
        into: str | Path,
        object: str | None = None,
        server: str | None = None,
        as_of: datetime | None = None,
        again: bool = False,
        storage_options: Mapping[str, str] | None = None,
    ) -> RunResult:
        """Judge files, a frame or the server's database and publish what holds; see `weighbridge.pipeline.run.run`.

        `into` may be an address (``s3://bucket/warehouse``), reached as `storage_options` or the environment say.
        """
        from weighbridge.pipeline.output.stored import at
        from weighbridge.pipeline.run import run

        with at(into, writes=True, options=storage_options) as folder:
            return run(
                self.model,
                extract,
                into=folder,
                object_name=object,
                server_name=server,
                as_of=as_of,
                again=again,
            )

    def validate(
        self,
        frame: Frame,
        *,
        object: str | None = None,
        whole: bool = True,
        as_of: datetime | None = None,
        into: str | Path | None = None,
        storage_options: Mapping[str, str] | None = None,
    ) -> pl.DataFrame:
        """Return a frame in the contract's types, or raise one `ValidationError` with all that is wrong.

        See `weighbridge.pipeline.validate.validate`.
        """
        from weighbridge.pipeline.validate import validate

        with _folder(into, storage_options) as folder:
            return validate(self.model, frame, object_name=object, whole=whole, as_of=as_of, into=folder)

    def checked(
        self, *names: str, returns: str | bool = False, whole: bool = False, **arguments: str
    ) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Return a decorator that validates a function's frames, those of named arguments and the result's.

            @contract.checked("flights", returns="features")
            def prepare(flights: pl.DataFrame) -> pl.DataFrame: ...

        Args:
            names: parameters that hold frames of the contract's only object.
            returns: the object that the result is; True for the only one.
            whole: whether frames are whole extracts, as `validate` has it.
            arguments: parameter → object, where the contract has several.
        """

        def decorate(function: Callable[P, R]) -> Callable[P, R]:
            from weighbridge.pipeline.checked import checked

            wanted: dict[str, str | None] = {**dict.fromkeys(names), **arguments}
            return checked(function, wanted, returns, lambda f, o: self.validate(f, object=o, whole=whole))

        return decorate

    def _repr_html_(self) -> str:
        """Return the contract's objects as tables, for notebooks."""
        from weighbridge.outcome import html

        parts = []
        for schema in self.model.objects:
            rows = [
                [p.name, p.logical_type, "yes" if p.required else "", p.classification or "", p.description or ""]
                for p in schema.properties
            ]
            head = ["property", "type", "required", "classification", "description"]
            parts.append(html.section(schema.name, html.table(head, rows)))
        return html.section(f"{self.model.name} {self.model.version}", *parts)

    def published(
        self, *, into: str | Path, object: str | None = None, storage_options: Mapping[str, str] | None = None
    ) -> pl.LazyFrame:
        """Return the rows published under this contract, all extracts of it.

        Of an output folder in a store they are read from this host's copy, as it was brought up to date by this call.

        Raises:
            PublishError: OUT-008, nothing was ever published.
        """
        from weighbridge.pipeline.output.stored import at
        from weighbridge.sinks import scan_published

        with at(into, writes=False, options=storage_options) as folder:
            return scan_published(folder, self.model.id, choose_object(self.model, object).name)

    def to_pandera(self, object: str | None = None) -> type[DataFrameModel]:
        """Return a Pandera model (Polars) that a frame is valid for exactly if it holds the contract's row checks.

        What Pandera has no word for is told by `weighbridge.checks.pandera_view.unexpressed`.
        """
        from weighbridge.checks.pandera_view import to_pandera

        return to_pandera(choose_object(self.model, object))

    def not_executed(self) -> list[dict[str, Any]]:
        """Return what the contract says that Weighbridge does not act on, and why."""
        return [{"what": n.what, "why": n.why, "line": n.line} for n in self.model.not_executed]


@contextmanager
def _folder(into: str | Path | None, options: Mapping[str, str] | None) -> Iterator[Path | None]:
    """Give the output folder that is only read, if there is one."""
    if into is None:
        yield None
        return
    from weighbridge.pipeline.output.stored import at

    with at(into, writes=False, options=options) as folder:
        yield folder


def load_contract(source: str | Path) -> Contract:
    """Load a contract.

    Args:
        source: path of an ODCS YAML file.

    Raises:
        ContractError: it cannot be used; carries every fault with its line.
    """
    return Contract(load(source))
