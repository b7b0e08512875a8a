"""Tables as CSV or XLSX that a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: object) -> object:
    """Text that a spreadsheet would take for a formula, with an apostrophe before it; numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def table_bytes(table: pd.DataFrame, form: str) -> bytes:
    """A table as `csv` or `xlsx`: lists in one cell, moments in ISO 8601 (whole days as dates), nothing for missing."""
    rows = ([_plain(value) for value in row] for row in table.itertuples(index=False, name=None))
    return (xlsx_bytes if form == "xlsx" else csv_bytes)([str(name) for name in table.columns], rows)


def _plain(value: object) -> object:
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    if value is None or value != value:  # noqa: PLR0124 - NaN and NaT are unlike themselves
        return ""
    if isinstance(value, datetime):
        is_day = value.tzinfo is None and value == value.replace(hour=0, minute=0, second=0, microsecond=0)
        return value.date().isoformat() if is_day else value.isoformat()
    return value.isoformat() if isinstance(value, date) else value


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table as UTF-8 CSV with the mark by which Excel knows it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([safe_cell(name) for name in header])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def xlsx_bytes(header: Sequence[str], rows: Iterable[Sequence[object]], title: str = "Huiting") -> bytes:
    """A table as a workbook of one sheet; text that looks like a formula stays text."""
    return workbook_bytes([(title, header, rows)])


def workbook_bytes(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[object]]]]) -> bytes:
    """Tables as a workbook, a sheet each (title, header, rows); text that looks like a formula stays text."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    for title, header, rows in sheets:
        sheet = book.create_sheet(title[:31])
        for row in (header, *rows):
            cells = []
            for value in row:
                cell = WriteOnlyCell(sheet, value if isinstance(value, (int, float, str, type(None))) else str(value))
                if isinstance(value, str) and value.startswith(FORMULA):
                    cell.data_type = "s"
                cells.append(cell)
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
