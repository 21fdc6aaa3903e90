"""Records on the scale again: replays of what was kept, repairs taken back, and what stands since."""
