"""The profile: what the columns of an extract look like, from the same scan that checks them.

`plan` is the door. Its branches ride on the caller's cached frame; what they give is read
into JSON values. Partial profiles merge: of two files, two days, two partitions.
"""

from weighbridge.profile.branches import ProfilePlan, plan
from weighbridge.profile.partial import Partial, merge

__all__ = ["Partial", "ProfilePlan", "merge", "plan"]
