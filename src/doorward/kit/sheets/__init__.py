"""Sheets: columns declared once, written as CSV and XLSX, and read back from strangers.

Writing streams; reading takes bounded memory whatever the file. Everything that is wrong is told
with its sheet, row and column.
"""

from doorward.kit.sheets.columns import MAX_ROWS, Column, Kind, Local, Order, Sheet
from doorward.kit.sheets.faults import Fault, Unreadable, WrongHeader
from doorward.kit.sheets.table import CLEARED, Line, Table
from doorward.kit.sheets.tables import tables_of
from doorward.kit.sheets.template import csv_template, write_template, write_workbook
from doorward.kit.sheets.writing import csv_chunks, write_csv, write_xlsx

__all__ = [
    "CLEARED",
    "MAX_ROWS",
    "Column",
    "Fault",
    "Kind",
    "Line",
    "Local",
    "Order",
    "Sheet",
    "Table",
    "Unreadable",
    "WrongHeader",
    "csv_chunks",
    "csv_template",
    "tables_of",
    "write_csv",
    "write_template",
    "write_workbook",
    "write_xlsx",
]
