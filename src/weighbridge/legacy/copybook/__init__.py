"""COBOL copybooks: the data division, read as it is found in the wild. Pure: source text in, layout out."""

from weighbridge.legacy.copybook.copybook import Copybook, CopybookError, Renaming, merge_copybooks, parse_copybook
from weighbridge.legacy.copybook.item import Condition, Item, Occurs, Sign, Storage, Usage
from weighbridge.legacy.copybook.picture import Category, Picture, PictureError, read_picture

__all__ = [
    "Category",
    "Condition",
    "Copybook",
    "CopybookError",
    "Item",
    "Occurs",
    "Picture",
    "PictureError",
    "Renaming",
    "Sign",
    "Storage",
    "Usage",
    "merge_copybooks",
    "parse_copybook",
    "read_picture",
]
