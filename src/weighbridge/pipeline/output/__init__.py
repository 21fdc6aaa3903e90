"""The output folder: its ledger, history and baselines, what it consists of, and where it may stand."""
