"""The profile: what the columns of an extract look like, from the same scan that checks them.

`Running` counts the caller's batches as they pass, `summed_up` gives the figures as JSON values.
Partial profiles merge: of two files, two days, two partitions.
"""

from weighbridge.profile.partial import Partial, merge
from weighbridge.profile.running import Running
from weighbridge.profile.summary import summed_up

__all__ = ["Partial", "Running", "merge", "summed_up"]
