"""The report site: every contract, its history, every run, as pages that need no server and load nothing."""

from weighbridge.report.site.build import Built, build_site

__all__ = ["Built", "build_site"]
