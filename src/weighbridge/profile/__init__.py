"""The profile: what the columns of an extract look like, from the same scan that checks them.

`plan` is the door. It counts the caller's batches as they pass and adds one branch to the
caller's plan; what they give is read into JSON values. Partial profiles merge: of two files, two days, two partitions.
"""

from weighbridge.profile.branches import ProfilePlan, plan
from weighbridge.profile.partial import Partial, merge
from weighbridge.profile.tally import Tally

__all__ = ["Partial", "ProfilePlan", "Tally", "merge", "plan"]
