"""The profile: what the columns of an extract look like, from the same scan that checks them.

`Running` counts the caller's batches as they pass, `summed_up` gives the figures as JSON values.
Partial profiles merge: of two files, two days, two partitions.
"""

from weighbridge.profile.partial import Partial, merge
from weighbridge.profile.running import Running
from weighbridge.profile.slices import Few, few_values
from weighbridge.profile.summary import summed_up

__all__ = ["Few", "Partial", "Running", "few_values", "merge", "summed_up"]
