"""The report site, brought up to date after a run."""

from __future__ import annotations

import logging
from pathlib import Path

from weighbridge.findings import WeighbridgeError
from weighbridge.pipeline.output.ledgers import has_ledger
from weighbridge.pipeline.site import publish_site


def refresh(into: str, logger: logging.Logger | logging.LoggerAdapter[logging.Logger]) -> None:
    """Write the pages that a run changed; what it published stays so when that fails.

    Args:
        into: the output folder; the site stands in its folder ``site``.
        logger: told when the site could not be written.
    """
    if not has_ledger(Path(into)):
        return  # nothing was ever entered: there is nothing to show
    try:
        built = publish_site(Path(into))
    except WeighbridgeError as error:
        logger.warning("the report site could not be written: %s", "; ".join(f.code for f in error.findings))
    except Exception as error:  # the extract is published or held whatever becomes of its pages
        logger.warning("the report site could not be written: %s", type(error).__name__)
    else:
        logger.info("the report site: %s", built.index)
