"""One file a kind of check. Its docstring is the page users read; its cases are run by a test."""
