"""Look at the schema of a GeoPackage before GDAL does: tables only, and nothing that misleads."""

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from oi_geo.errors import UnsafeFile, UnusableFile
from oi_geo.sources.limits import too_many
from oi_geo.sources.sniff import check_crs_text

_EXPECTED = "verwacht wordt een GeoPackage met alleen gewone tabellen"
# Reading takes a while per layer; the largest official files have some ten.
MOST_LAYERS = 200
_REQUIRED = ("gpkg_spatial_ref_sys", "gpkg_contents", "gpkg_geometry_columns")
_OWN = "\x01"  # stands for a table that a trigger may touch; no name can be this
# The views of the SQL/MM extension, that some programs add: a plain choice of columns.
_STANDARD_VIEW = re.compile(
    r"CREATE VIEW \"?st_(?:spatial_ref_sys|geometry_columns)\"? AS SELECT [\w\s,.\"]+ "
    r"FROM \"?gpkg_(?:spatial_ref_sys|geometry_columns)\"?;?",
    re.IGNORECASE,
)
_CALL = re.compile(r"(\w+)\s*\(")
_TARGET = re.compile(r"\b(?:into|from|update|join)\s+(?:or\s+\w+\s+)?([^\s(;,]+)", re.IGNORECASE)
_CALLS = {
    "st_minx", "st_maxx", "st_miny", "st_maxy", "st_isempty", "lower", "raise", "values", "in",
    "and", "or", "not", "when", "where", "strftime",
}  # fmt: skip


@dataclass(frozen=True)
class _Entry:
    """One line of sqlite_master."""

    kind: str
    name: str
    table: str
    sql: str


def inspect_gpkg(path: Path, label: str) -> None:
    """Refuse a GeoPackage that is damaged or holds more than tables and their usual upkeep.

    The file is opened read-only and unchanging, with an untrusted schema, so that looking at it
    runs nothing that it holds.

    Raises
    ------
    UnsafeFile
        A view, a virtual table other than an RTree index, a trigger other than those that every
        GeoPackage has, a calculated column.
    UnusableFile
        A damaged file, a SQLite database that is no GeoPackage, a layer without its table.
    """
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            _inspect_schema(database, label)
            problem = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    except (sqlite3.Error, UnicodeDecodeError):
        problem = "unreadable"
    if problem != "ok":
        raise UnusableFile(
            f"{label} is een beschadigd of afgekapt GeoPackage; verwacht wordt een gaaf bestand "
            f"(download of bewaar het opnieuw)."
        )


def _inspect_schema(database: sqlite3.Connection, label: str) -> None:
    """Check every line of the schema and every registered layer."""
    entries = [
        _Entry(kind, name, table, " ".join((sql or "").split()))
        for kind, name, table, sql in database.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_master"
        )
    ]
    tables = {entry.name.casefold() for entry in entries if entry.kind == "table"}
    for entry in entries:
        _inspect_entry(entry, label)
    missing = [name for name in _REQUIRED if name not in tables]
    if missing:
        raise UnusableFile(
            f"{label} is een SQLite-database maar geen GeoPackage ({missing[0]} ontbreekt); "
            f"verwacht wordt een GeoPackage met kaartlagen."
        )
    _inspect_layers(database, tables, label)
    for definition in database.execute("SELECT * FROM gpkg_spatial_ref_sys"):
        check_crs_text(" ".join(str(cell) for cell in definition), label)


def _inspect_entry(entry: _Entry, label: str) -> None:
    """Refuse a view, a virtual table or a trigger that a GeoPackage does not need."""
    if entry.kind == "view" and not _STANDARD_VIEW.fullmatch(entry.sql):
        raise UnsafeFile(
            f"{label} bevat een view (‘{_short(entry.name)}’) die iets anders kan tonen dan er "
            f"staat; {_EXPECTED}."
        )
    if re.match(r"CREATE\s+VIRTUAL", entry.sql, re.IGNORECASE) and not _is_rtree(entry):
        raise UnsafeFile(
            f"{label} bevat een virtuele tabel (‘{_short(entry.name)}’) die naar buiten het "
            f"bestand kan wijzen; {_EXPECTED}."
        )
    if entry.kind == "trigger" and not _is_upkeep(entry):
        raise UnsafeFile(
            f"{label} bevat een trigger (‘{_short(entry.name)}’) die niet bij een GeoPackage "
            f"hoort; {_EXPECTED}."
        )


def _is_rtree(entry: _Entry) -> bool:
    """Tell whether a virtual table is an RTree, by what follows its own name."""
    rest = entry.sql.removeprefix("CREATE VIRTUAL TABLE ")
    after = [rest[len(n) :] for n in (entry.name, *_quoted(entry.name)) if rest.startswith(n)]
    return any(re.match(r" USING rtree ?\(", text, re.IGNORECASE) for text in after)


def _inspect_layers(database: sqlite3.Connection, tables: set[str], label: str) -> None:
    """Check that every registered layer is a table of this file, with stored columns."""
    layers = [name for (name,) in database.execute("SELECT table_name FROM gpkg_contents")]
    shapes = [name for (name,) in database.execute("SELECT table_name FROM gpkg_geometry_columns")]
    if len(layers) > MOST_LAYERS:
        raise too_many(label, "lagen", len(layers), MOST_LAYERS)
    for layer in dict.fromkeys([*layers, *shapes]):
        if not isinstance(layer, str) or layer.casefold() not in tables:
            raise UnusableFile(
                f"{label} noemt een laag (‘{_short(str(layer))}’) waarvan de tabel ontbreekt; "
                f"verwacht wordt een GeoPackage met alle lagen die het noemt."
            )
        columns = database.execute("SELECT hidden FROM pragma_table_xinfo(?)", (layer,))
        if any(hidden for (hidden,) in columns):
            raise UnsafeFile(
                f"{label} bevat een laag (‘{_short(layer)}’) met berekende kolommen; {_EXPECTED}."
            )


def _is_upkeep(trigger: _Entry) -> bool:
    """Tell whether a trigger only maintains the RTree, the feature count or the value checks.

    The name says which upkeep it claims to be; its statements may then touch only the tables of
    that upkeep and call only the functions that it needs.
    """
    table, name = trigger.table, trigger.name
    if name.startswith("gpkg_") and table.startswith("gpkg_"):
        allowed = {table, "gpkg_metadata", "gpkg_spatial_ref_sys", "gpkg_contents"}
        return _stays_within(trigger, allowed, ("SELECT RAISE", "UPDATE"))
    if re.fullmatch(rf"trigger_(?:insert|delete)_feature_count_{re.escape(table)}", name):
        return _stays_within(trigger, {"gpkg_ogr_contents"}, ("UPDATE",))
    index = re.fullmatch(rf"(rtree_{re.escape(table)}_.+)_(?:insert|update\d?|delete)", name)
    if index:
        return _stays_within(trigger, {index.group(1)}, ("INSERT", "UPDATE", "DELETE"))
    return False


def _stays_within(trigger: _Entry, tables: Iterable[str], verbs: tuple[str, ...]) -> bool:
    """Tell whether the statements of a trigger touch only `tables` and begin with `verbs`."""
    if "--" in trigger.sql or "/*" in trigger.sql:
        return False
    names = [(table, _OWN) for table in tables]
    names += [(trigger.name, " trigger "), (trigger.table, " table ")]
    plain = trigger.sql
    for name, token in names:
        for spelling in _quoted(name):
            plain = plain.replace(spelling, token)
    for name, token in names:
        plain = re.sub(rf"\b{re.escape(name)}\b", token, plain)
    plain = re.sub(r"'(?:[^']|'')*'", "''", plain)
    _head, begin, body = plain.partition(" BEGIN ")
    statements = [part.strip() for part in re.sub(r"\bEND;?$", "", body).split(";")]
    return (
        bool(begin)
        and all(part.upper().startswith(verbs) for part in statements if part)
        and all(target == _OWN for target in _TARGET.findall(body))
        and {call.casefold() for call in _CALL.findall(plain)} <= _CALLS
    )


def _quoted(name: str) -> list[str]:
    """Return the ways in which SQL can quote a name."""
    name = " ".join(name.split())
    doubled = [q + name.replace(q, q + q) + q for q in "\"'`"]
    return [*doubled, f"[{name}]"]


def _short(name: str) -> str:
    """Make a name from inside a file fit for a sentence."""
    return "".join(c if c.isprintable() else "�" for c in name[:60])
