"""The checks of identifiers: those of python-stdnum, two it lacks, and Luhn's for numbers in groups.

Nothing of stdnum is imported before an identifier is asked for.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import re
from collections.abc import Callable

Check = Callable[[str], str]

_NAME = re.compile(r"^(?:[a-z]{2}_?\.)?[a-z][a-z0-9_]*$")
_NOT_IDENTIFIERS = frozenset(("exceptions", "numdb", "util", "gs1_128", "vatin"))
_VIN_VALUES = dict(zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "012345678912345678123457923456789"), strict=True))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def check_named(name: str) -> Check:
    """Return the function that gives the compact form of a valid identifier and raises ValueError for others.

    Args:
        name: ``"vin"``, ``"npi"``, or a module of python-stdnum, e.g. ``"iban"`` or ``"de.idnr"``.

    Raises:
        KeyError: there is no such identifier; the message names near ones.
    """
    if name in _OWN:
        return _OWN[name]
    if _NAME.match(name) and name not in _NOT_IDENTIFIERS:
        try:
            module = importlib.import_module(f"stdnum.{name}")
        except ModuleNotFoundError:
            module = None
        validate = getattr(module, "validate", None)
        if callable(validate):
            return lambda text: str(validate(text))
    known = known_names()
    near = difflib.get_close_matches(name, known, n=3) or sorted(n for n in known if "." not in n)
    raise KeyError(f"no identifier {name!r}; there are {', '.join(near)}, …")


def known_names() -> list[str]:
    """Return every name that `check_named` takes."""
    import stdnum

    names = set(_OWN)
    for found in pkgutil.iter_modules(stdnum.__path__):
        if found.ispkg:
            country = importlib.import_module(f"stdnum.{found.name}")
            names |= {f"{found.name}.{m.name}" for m in pkgutil.iter_modules(country.__path__)}
        elif found.name not in _NOT_IDENTIFIERS:
            names.add(found.name)
    return sorted(names)


def vin(text: str) -> str:
    """Return a vehicle identification number with its check digit right (ISO 3779; 49 CFR 565.15)."""
    number = text.strip().replace("-", "").replace(" ", "").upper()
    if len(number) != len(_VIN_WEIGHTS) or any(c not in _VIN_VALUES for c in number):
        raise ValueError("17 letters and digits without I, O and Q")
    total = sum(_VIN_VALUES[c] * weight for c, weight in zip(number, _VIN_WEIGHTS, strict=True))
    if number[8] != "0123456789X"[total % 11]:
        raise ValueError("the check digit")
    return number


def npi(text: str) -> str:
    """Return a US National Provider Identifier with its check digit right (45 CFR 162.406)."""
    from stdnum import luhn

    number = text.strip().replace("-", "").replace(" ", "")
    if not re.fullmatch("[12][0-9]{9}", number):
        raise ValueError("ten digits that begin with 1 or 2")
    luhn.validate("80840" + number)
    return number


def luhn(text: str) -> str:
    """Return digits with Luhn's check digit right (ISO/IEC 7812-1); they may stand in groups, as on a card."""
    from stdnum import luhn as checked

    number = text.strip()
    if re.fullmatch(r"[0-9]+(?:([ -])[0-9]+(?:\1[0-9]+)*)?", number):
        number = number.replace("-", "").replace(" ", "")
    return str(checked.validate(number))


_OWN: dict[str, Check] = {"luhn": luhn, "npi": npi, "vin": vin}
