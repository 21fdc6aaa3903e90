"""The profile: what the columns of an extract look like, from the same scan that checks them.

`Running` counts the caller's batches as they pass, `summed_up` gives the figures as JSON values.
Partial profiles merge: of two files, two days, two partitions; `stored` keeps one as a file.
"""

from weighbridge.profile.distance import MEASURES, Bin, Distance, overlaid
from weighbridge.profile.distribution import Distribution, distribution
from weighbridge.profile.domain import shown
from weighbridge.profile.partial import Partial, merge
from weighbridge.profile.running import Running
from weighbridge.profile.slices import Few, few_values
from weighbridge.profile.stored import dump, is_profile, load, load_figures
from weighbridge.profile.summary import summed_up
from weighbridge.profile.words import in_words

__all__ = [
    "MEASURES",
    "Bin",
    "Distance",
    "Distribution",
    "Few",
    "Partial",
    "Running",
    "distribution",
    "dump",
    "few_values",
    "in_words",
    "is_profile",
    "load",
    "load_figures",
    "merge",
    "overlaid",
    "shown",
    "summed_up",
]
