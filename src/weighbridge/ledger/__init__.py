"""The operational state, in a database."""
