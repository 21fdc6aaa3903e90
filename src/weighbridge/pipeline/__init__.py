"""Compositions of the rooms: run, check, audit, replay, and the keeping of an output folder.

The line of a record is `judge.py`. Below it stand `weighing` and `explaining`, which it calls; above it
`again`, which judges what was kept once more, `erasure` and `doctor`. `output` is what all of them write to.
"""
