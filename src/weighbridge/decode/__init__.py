"""From raw columns to typed ones, by the contract's rules, with every doubt as a probe."""

from weighbridge.decode.asking import Inquiry, inquire
from weighbridge.decode.decoding import Decoded, decode
from weighbridge.decode.epochs import EPOCH, UNTOLD
from weighbridge.decode.types import polars_type

__all__ = ["EPOCH", "UNTOLD", "Decoded", "Inquiry", "decode", "inquire", "polars_type"]
