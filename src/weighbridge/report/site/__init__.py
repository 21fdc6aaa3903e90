"""The report site: every contract, its history, every run, as pages that need no server and load nothing."""

from weighbridge.report.site.build import Built, build_site
from weighbridge.report.site.firing import Firing

__all__ = ["Built", "Firing", "build_site"]
