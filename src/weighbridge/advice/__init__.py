"""The advice: which type and which rules would read a column of texts that no contract describes yet.

`advise` looks at the texts, tries the rules that could apply by the very chain that a run would
decode them with, and keeps what reads most. It never decides what the texts leave open: an order
of day and month that nothing tells stays two formats, a century that nothing tells is marked as
assumed. The advice is a draft for a person who knows the source.
"""

from weighbridge.advice.advise import advise
from weighbridge.advice.trial import Advice

__all__ = ["Advice", "advise"]
