"""The pages under AppTest, with nothing kept from an earlier test."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pandas as pd
import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from oi_geo.criteria.kader import kader_names
from oi_geo.pipeline import (
    ExampleFiles,
    Toets,
    example_files,
    example_inputs,
    load_area,
    run_toets,
)
from tests.effort import HANGS_SECONDS


@pytest.fixture(autouse=True, scope="module")
def fresh():
    """Forget what other tests cached; within a module the keys are checksums, as in the app."""
    st.cache_resource.clear()


@pytest.fixture(autouse=True, scope="session")
def components():
    """Look for Streamlit components among the installed packages once, not for every page."""
    found = manifest_scanner.scan_component_manifests()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda: found)
        yield


@pytest.fixture(scope="session")
def example() -> ExampleFiles:
    return example_files()


@pytest.fixture(scope="session")
def faulty(example: ExampleFiles) -> Toets:
    return run_toets(load_area(example_inputs()), example.voorstel_fout, "regio", kader_names())


@dataclass
class ReadTable:
    """A table as a reader of the page finds it; a row over the whole width has one cell."""

    heads: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)


class TableReader(HTMLParser):
    """Collects the tables of a document, and every tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[ReadTable] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._rows: list[list[str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append(ReadTable())
        elif tag in {"thead", "tbody"}:
            self._rows = []
        elif tag == "tr":
            self._rows.append([])
        elif tag in {"th", "td"}:
            self._rows[-1].append("")
            self.tables[-1].hints.append(dict(attrs).get("title") or "")

    def handle_endtag(self, tag):
        if tag == "thead":
            [self.tables[-1].heads] = self._rows
        elif tag == "tbody":
            self.tables[-1].rows += self._rows

    def handle_data(self, data):
        if self._rows and self._rows[-1]:
            self._rows[-1][-1] += data


def html_tables(page: AppTest) -> list[ReadTable]:
    """Return the tables on a page that are written as HTML."""
    return [t for element in page.get("html") for t in TableReader(element.proto.body).tables]


def run_page(page: Callable[[], None]) -> AppTest:
    """Run one page with the session of a new visitor; nothing may go wrong."""
    tested = AppTest.from_function(page, default_timeout=HANGS_SECONDS).run()
    assert not tested.exception
    return tested


def table(page: AppTest, column: str) -> pd.DataFrame:
    """Return the table that has this column (or index name)."""
    tables = [t.value for t in page.dataframe]
    tables += [pd.DataFrame(t.rows, columns=t.heads) for t in html_tables(page) if t.heads]
    return next(t for t in tables if column in {*t.columns, t.index.name})
