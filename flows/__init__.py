"""Prefect around the pipeline: schedules, retries, limits, events, artifacts. Nothing here judges data."""
