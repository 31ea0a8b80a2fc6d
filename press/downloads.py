"""An exhibit's numbers as a workbook."""

from __future__ import annotations

import datetime
import io
import math

import pandas as pd

# A fixed moment: the same numbers give the same bytes on any day.
MOMENT = datetime.datetime(2000, 1, 1)
ABOUT = ("Eksponat", "Tittel", "Title (English)", "Om tallene")


def workbook(csv: str, number: str, title: str, note: str, english: str = "") -> bytes:
    """Write an exhibit's numbers as XLSX.

    Parameters
    ----------
    csv : str
        The tidy numbers; what is hidden is empty there and stays empty.
    number, title, note : str
        What the exhibit says of itself.
    english : str
        Its title in English.

    Returns
    -------
    bytes
        A workbook with the sheets «Tall» and «Om».
    """
    import xlsxwriter

    table = pd.read_csv(io.StringIO(csv), keep_default_na=False, na_values={"estimate": [""], "n": [""]})
    buffer = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, plain) as book:
        book.set_properties({"title": f"{number}. {title}", "created": MOMENT})
        head = book.add_format({"bold": True, "bottom": 1})
        sheet = book.add_worksheet("Tall")
        sheet.freeze_panes(1, 0)
        for place, name in enumerate(table):
            column = table[name]
            words = [str(value) for value in column]
            sheet.set_column(place, place, min(40, max(len(word) for word in [str(name), *words]) + 2))
            sheet.write_string(0, place, str(name), head)
            for line, value in enumerate(column, start=1):
                if isinstance(value, bool) or not isinstance(value, (int, float)):
                    sheet.write_string(line, place, str(value))
                elif math.isfinite(value):
                    sheet.write_number(line, place, value)
        about = book.add_worksheet("Om")
        about.set_column(0, 0, 16)
        about.set_column(1, 1, 100, book.add_format({"text_wrap": True}))
        for line, (name, text) in enumerate(zip(ABOUT, (number, title, english, note), strict=True)):
            about.write_string(line, 0, name, head)
            about.write_string(line, 1, text)
    return buffer.getvalue()
