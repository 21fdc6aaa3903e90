"""The queue of records that wait for a person."""
