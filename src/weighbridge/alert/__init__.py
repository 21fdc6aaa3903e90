"""Alerts: what of a run or of the queue people are called for, told once, by way of Apprise.

    a run, a failure, the queue ──▶ troubles ──▶ book (the ledger: each once, since when) ──▶ sender (Apprise)

No text of an alert holds a value of a record, a name of a file or a word of the source: contract,
counts, codes and the names of checks are all it says.
"""

from weighbridge.alert.book import Book, Entry
from weighbridge.alert.sender import Sender, Settings
from weighbridge.alert.trouble import Trouble, of_failure, of_promises, of_result, of_soon, of_waiting

__all__ = [
    "Book",
    "Entry",
    "Sender",
    "Settings",
    "Trouble",
    "of_failure",
    "of_promises",
    "of_result",
    "of_soon",
    "of_waiting",
]
