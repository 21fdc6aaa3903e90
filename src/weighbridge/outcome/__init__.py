"""What a run gives back: its receipt and its result, as plain values."""
