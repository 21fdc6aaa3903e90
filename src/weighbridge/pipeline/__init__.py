"""Compositions of the rooms: run, check, audit."""
