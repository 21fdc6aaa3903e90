"""`weighbridge seal-key`."""

from __future__ import annotations

from pathlib import Path

from weighbridge.cli.terminal import print_json


def seal_key(*, to: Path | None = None, json: bool = False) -> int:
    """Make a key that the bytes of records with classified properties are sealed with.

    Set WEIGHBRIDGE_SEAL_KEY_FILE to a file of such keys, one a line, or WEIGHBRIDGE_SEAL_KEY to the
    key itself. The first one seals, all open: put a new key before the old ones. Keep keys apart from
    the output folder and back them up: without its key nothing sealed can ever be opened.

    Parameters
    ----------
    to
        A file that is made to hold it, readable by nobody else; by default the key is printed.
    json
        Print it as JSON.
    """
    from weighbridge.sinks.seal import new_key, write_new_key

    if to is not None:
        name = write_new_key(to)
        if json:
            print_json({"file": str(to), "key_id": name})
        else:
            print(f"{to}: key {name}")
        return 0
    key = new_key()
    if json:
        print_json({"key": key})
    else:
        print(key)
    return 0
