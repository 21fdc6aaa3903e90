"""The weighing: one plan over the decoded records, what it says of each, and the proof that none was lost."""
