"""The command line: one verb, one composition."""
