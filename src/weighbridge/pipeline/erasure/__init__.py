"""The right to erasure: one subject's records found and taken out of everything that runs left behind."""

from weighbridge.pipeline.erasure.erase import Erased, erase
from weighbridge.pipeline.erasure.pending import finish_erasures, unfinished

__all__ = ["Erased", "erase", "finish_erasures", "unfinished"]
