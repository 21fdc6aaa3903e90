"""Files of SAS, SPSS and Stata."""

from weighbridge.readers.statistics.reader import StatisticsReader

__all__ = ["StatisticsReader"]
