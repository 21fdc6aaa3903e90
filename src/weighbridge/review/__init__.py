"""Records that wait for a person, and those that were turned back: read, shown, exported."""
