"""Tables: staged, audited, committed."""
