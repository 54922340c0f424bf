"""The outcome of a test as files, each made when somebody asks for it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from oi_geo.pipeline import Toets
from oi_geo.report.document import to_json
from oi_geo.report.markdown import to_markdown
from oi_geo.report.tables import csv_text, table_csv
from oi_geo.report.workbook import workbook_bytes
from oi_geo.ui.map_view import MapPage

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Write a table as CSV in UTF-8 with a byte order mark, by which Excel reads the accents."""
    return csv_text(frame).encode("utf-8-sig")


def _table(stem: str, toets: Toets) -> bytes:
    """Write one of the tables as a file of CSV."""
    return table_csv(f"{stem}.csv", toets).encode("utf-8-sig")


def show_downloads(toets: Toets, chart: MapPage) -> None:
    """Offer the map, the report, and the tables together and apart."""
    st.subheader("Meenemen")
    proposal = toets.sources[-1].bestand
    title = f"Toets van {proposal}"
    offers: list[tuple[str, str, str, Callable[[], str | bytes]]] = [
        ("Kaart (HTML)", "kaart.html", "text/html", lambda: chart.html),
        (
            "Verslag (Markdown)",
            "verslag.md",
            "text/markdown",
            lambda: to_markdown(toets, title=title),
        ),
        ("Werkmap (XLSX)", "werkmap.xlsx", XLSX, lambda: workbook_bytes(toets)),
        *(
            (f"{stem.capitalize()} (CSV)", f"{stem}.csv", "text/csv", partial(_table, stem, toets))
            for stem in ("bevindingen", "groepen", "indeling")
        ),
        ("Uitkomst (JSON)", "toets.json", "application/json", lambda: to_json(toets)),
    ]
    with st.container(horizontal=True):
        for label, name, mime, make in offers:
            st.download_button(
                label,
                make,
                file_name=f"{Path(proposal).stem}_{name}",
                mime=mime,
                key=f"download_{name.replace('.', '_')}",
                on_click="ignore",
            )
