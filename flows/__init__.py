"""Prefect around the pipeline: schedules, retries, limits, events, artifacts. Nothing here judges data.

    intake.py          one extract; intake_folder.py: every new extract of a drop folder
    attempts.py        what is tried again, and what is not
    limits.py          one extract of a contract at a time
    states.py          what a flow run's state says
    refused.py         what could not be read is not read again until it changes
    artifacts.py, events.py    what is shown, and what is told; automations.py: who is called for it
    review_reminder.py, replay.py    records that wait too long; records judged again
    site.py            the report site, brought up to date after each run
    settings.py        Prefect without a server, offline, quietly

``python -m flows.intake`` and ``python -m flows.intake_folder`` run them from a terminal.
"""

import flows.settings  # noqa: F401 - Prefect reads its settings when it is first imported
