"""The workbook of candidates holds what the plan files and the measures say."""

import openpyxl
import pandas as pd
import pytest

from oi_geo import cli
from oi_geo.sources.example import write_example


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Make two plans of the example region; return the folder and what was said."""
    example = write_example(tmp_path_factory.mktemp("voorbeeld"))
    folder = tmp_path_factory.mktemp("uit")
    words = [
        "kandidaten", "--grenzen", example.grenzen, "--praktijken", example.praktijken,
        "--verbindingen", example.verbindingen, "--band", "100000", "250000",
        "--aantal", "2", "--tijd", "5", "--uit", folder,
    ]  # fmt: skip
    with pytest.raises(SystemExit):
        cli.main([str(word) for word in words])
    return folder


def sheet(folder, name: str) -> pd.DataFrame:
    return pd.read_excel(folder / "kandidaten.xlsx", sheet_name=name)


def test_every_plan_stands_in_it_with_its_units(made):
    names = sorted(path.name for path in made.glob("plan_*.csv"))
    assert names
    division = sheet(made, "indeling").set_index("Code")
    for name in names:
        plan = pd.read_csv(made / name, dtype=str).set_index("eenheid")["groep"]
        told = division[name.removesuffix(".csv").replace("_", " ").capitalize()]
        assert told.to_dict() == plan.fillna("buiten alle groepen").to_dict()
    assert sheet(made, "plannen")["Plan"].tolist() == names


def test_groups_count_what_their_units_hold(made):
    groups, division = sheet(made, "groepen"), sheet(made, "indeling")
    for _, row in groups.iterrows():
        column = row["Plan"].removesuffix(".csv").replace("_", " ").capitalize()
        members = division[division[column] == row["Groep"]]
        assert row["Eenheden"] == len(members)
        assert row["Inwoners"] == members["Inwoners"].sum()
        assert row["Inwoners onbekend (eenheden)"] == members["Inwoners"].isna().sum()
        assert (row["Band"] == "binnen de band") == (100_000 <= row["Inwoners"] <= 250_000)


def test_points_add_up_and_the_figures_are_those_of_the_groups(made):
    plans, groups = sheet(made, "plannen"), sheet(made, "groepen")
    parts = [head for head in plans.columns if head.startswith("Punten: ")]
    assert plans["Punten samen"].tolist() == pytest.approx(
        plans[parts].sum(axis=1).tolist(), abs=0.1 * len(parts)
    )
    by_plan = groups.groupby("Plan")["Inwoners"]
    assert plans.set_index("Plan")["Kleinste groep (inwoners)"].to_dict() == by_plan.min().to_dict()
    assert plans.set_index("Plan")["Grootste groep (inwoners)"].to_dict() == by_plan.max().to_dict()


def test_the_first_sheet_says_what_it_is(made):
    book = openpyxl.load_workbook(made / "kandidaten.xlsx")
    assert book.sheetnames[0] == "conclusie"
    told = {row[0].value: row[1].value for row in book["conclusie"].iter_rows()}
    assert told["Band per groep"] == "100.000 tot en met 250.000 inwoners"
    assert told["Bron: praktijken"].startswith("praktijken")
    assert "ION" in " ".join(head for head in told if head.startswith("Uitleg"))
    assert not any("_" in str(c.value) for name in book.sheetnames for c in book[name][1])
