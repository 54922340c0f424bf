"""What can be taken along: every file is made, and is what its name says."""

import io
import json

import openpyxl
import pandas as pd
import pytest

from oi_geo.report.tables import TABLES
from oi_geo.ui import downloads
from oi_geo.ui.downloads import csv_bytes
from oi_geo.ui.map_view import MapPage

KEYS = [
    "download_kaart_html", "download_verslag_md", "download_werkmap_xlsx",
    "download_bevindingen_csv", "download_groepen_csv", "download_indeling_csv",
    "download_toets_json",
]  # fmt: skip


@pytest.fixture
def made(faulty, monkeypatch) -> dict[str, tuple[str, bytes]]:
    """File name and content per key, as the buttons give them."""
    offered = {}

    def button(label, data, *, file_name, mime, key, on_click):
        content = data()
        offered[key] = (file_name, content if isinstance(content, bytes) else content.encode())

    monkeypatch.setattr(downloads.st, "download_button", button)
    downloads.show_downloads(faulty, MapPage("<html>kaart</html>", "x"))
    return offered


def test_every_file_is_offered_under_the_name_of_the_proposal(made):
    assert list(made) == KEYS
    for key, (name, content) in made.items():
        stem, _, ending = key.removeprefix("download_").rpartition("_")
        assert name == f"voorstel_fout_{stem}.{ending}"
        assert content


def test_the_workbook_has_a_sheet_per_table(made):
    book = openpyxl.load_workbook(io.BytesIO(made["download_werkmap_xlsx"][1]))
    assert book.sheetnames == ["conclusie", *(name.removesuffix(".csv") for name in TABLES)]


def test_the_report_and_the_outcome_tell_the_same(made, faulty):
    text = made["download_verslag_md"][1].decode()
    assert text.startswith("# Toets van voorstel_fout.csv\n")
    outcome = json.loads(made["download_toets_json"][1])
    assert len(outcome["bevindingen"]) == len(faulty.findings)
    assert all(f["toelichting"].split()[0] in text for f in outcome["bevindingen"])


def test_a_spreadsheet_reads_the_accents(made, faulty):
    plan = pd.read_csv(io.BytesIO(made["download_indeling_csv"][1]))
    assert list(plan.columns[:2]) == ["eenheid", "groep"]  # a plan that programs read
    content = made["download_groepen_csv"][1]
    assert content.startswith(b"\xef\xbb\xbf")
    frame = pd.read_csv(io.BytesIO(content), sep=";", decimal=",")
    assert list(frame["Groep"]) == list(faulty.plan.groups)
    assert list(frame["Inwoners"]) == list(faulty.measures["inwoners"])
    assert list(frame["Oppervlakte (km²)"]) == list(faulty.measures["oppervlakte_km2"].round(1))
    assert csv_bytes(pd.DataFrame({"Plaats": ["Curaçao"]})).decode("utf-8-sig") == (
        "Plaats\nCuraçao\n"
    )
