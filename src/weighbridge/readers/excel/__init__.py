"""Workbooks: xlsx, xlsm, xls and ods."""

from weighbridge.readers.excel.reader import ExcelReader

__all__ = ["ExcelReader"]
