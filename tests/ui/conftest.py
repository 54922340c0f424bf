"""The pages under AppTest, with nothing kept from an earlier test."""

from collections.abc import Callable

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from oi_geo.pipeline import ExampleFiles, example_files


@pytest.fixture(autouse=True, scope="module")
def fresh():
    """Forget what other tests cached; within a module the keys are checksums, as in the app."""
    st.cache_resource.clear()


@pytest.fixture(scope="session")
def example() -> ExampleFiles:
    return example_files()


def run_page(page: Callable[[], None]) -> AppTest:
    """Run one page with the session of a new visitor; nothing may go wrong."""
    tested = AppTest.from_function(page, default_timeout=60).run()
    assert not tested.exception
    return tested


def table(page: AppTest, column: str) -> pd.DataFrame:
    """Return the table that has this column (or index name)."""
    tables = [t.value for t in page.dataframe]
    return next(t for t in tables if column in {*t.columns, t.index.name})
