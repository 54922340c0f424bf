"""Look at CSV, XLSX and GeoParquet files before pandas, openpyxl and pyarrow do."""

import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet
from pyproj import CRS
from pyproj.exceptions import CRSError

from oi_geo.errors import UnsafeFile, UnusableFile
from oi_geo.sources.archives import Budget, checked_members, open_zip
from oi_geo.sources.limits import Limits, too_large, too_many
from oi_geo.sources.sniff import UTF16_MARKS, check_crs_text
from oi_geo.text import nl_number

_EXPECTED_XLSX = "verwacht wordt een gewone werkmap (.xlsx) met alleen waarden"
# What a workbook can hold besides values, by the start of the member's name.
_REACHES_OUT = {
    "xl/externallinks/": "koppelingen naar andere werkmappen",
    "xl/connections.xml": "verbindingen met een gegevensbron",
    "xl/querytables/": "query’s op een gegevensbron",
    "xl/embeddings/": "ingesloten bestanden",
    "xl/vbaproject.bin": "macro’s",
    "xl/activex/": "besturingselementen (ActiveX)",
}
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# How XML begins in any encoding that a parser guesses; the name of a part says nothing.
_XML_START = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*<")
_RELATION = re.compile(rb"<[\w:]*Relationship\b[^>]*>")
_OVERLAP = 64
_ENCODINGS = {"WKB", "polygon", "multipolygon"}


def inspect_csv(path: Path, label: str, limits: Limits) -> None:
    """Refuse a text that holds NUL bytes behind its first part; UTF-16 may, but must be sound."""
    content = path.read_bytes()
    if content.startswith(UTF16_MARKS):
        try:
            content = content.decode("utf-16").encode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            raise UnusableFile(
                f"{label} is beschadigde tekst in UTF-16; verwacht wordt een CSV in UTF-8."
            ) from None
    if _longest_line(content) > limits.line_bytes:
        raise UnsafeFile(
            f"{label} heeft een regel van meer dan {nl_number(limits.line_bytes)} tekens; verwacht "
            f"wordt een CSV met één rij per regel."
        )
    if b"\0" in content:
        raise UnusableFile(
            f"{label} bevat nul-bytes en is dus geen gave tekst; verwacht wordt een CSV in UTF-8 "
            f"of Windows-1252."
        )


def _longest_line(content: bytes) -> int:
    """Return the length of the longest line in bytes, in one pass."""
    signs = np.frombuffer(content, np.uint8)
    ends = np.flatnonzero((signs == ord("\n")) | (signs == ord("\r")))
    return int(np.diff(np.r_[-1, ends, len(signs)]).max()) - 1


def inspect_parquet(path: Path, label: str, limits: Limits) -> None:
    """Refuse a Parquet file that is damaged or has too many rows; its texts are read once."""
    try:
        with parquet.ParquetFile(path) as opened:
            schema = opened.schema_arrow
            for notes in (opened.metadata.metadata, schema.metadata):  # readers look in either
                _read_notes(notes or {}, schema.names, label)
            _check_size(opened.metadata, label, limits)
            texts = [field.name for field in schema if _is_text(field.type)]
            for batch in opened.iter_batches(columns=texts):
                batch.validate(full=True)
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, CRSError, RecursionError):
        raise UnusableFile(
            f"{label} is een afgekapt of beschadigd Parquet-bestand; verwacht wordt een volledig "
            f"GeoParquet-bestand met vlakken."
        ) from None


def _is_text(kind: pa.DataType) -> bool:
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(plain) or pa.types.is_large_string(plain))


def _check_size(metadata: parquet.FileMetaData, label: str, limits: Limits) -> None:
    """Refuse more rows or bytes than the limits, as far as the file itself says."""
    if metadata.num_rows > limits.rows:
        raise too_many(label, "rijen", metadata.num_rows, limits.rows)
    unpacked = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    if unpacked > limits.unzipped_bytes:
        raise too_large(f"De inhoud van {label}", unpacked, limits.unzipped_bytes)


def _read_notes(notes: dict[bytes, bytes], columns: list[str], label: str) -> None:
    """Read the notes that make Parquet GeoParquet, if any; raises what their faults raise."""
    if b"pandas" in notes:
        json.loads(notes[b"pandas"])
    if b"geo" not in notes:
        return
    geo = json.loads(notes[b"geo"])
    shape = geo["columns"][geo["primary_column"]]
    if shape["encoding"] not in _ENCODINGS or geo["version"] is None:
        raise ValueError(shape["encoding"])
    if not set(geo["columns"]) <= set(columns):
        raise KeyError(geo["primary_column"])
    for column in geo["columns"].values():
        if column.get("crs") is not None:
            check_crs_text(json.dumps(column["crs"]), label)
            CRS.from_user_input(column["crs"])


def inspect_xlsx(path: Path, label: str, limits: Limits) -> None:
    """Refuse a workbook that reaches outside itself or blows up; unpacks it once, counting.

    Hyperlinks in cells are allowed: nothing follows them.
    """
    if path.stat().st_size > limits.table_bytes:
        raise too_large(label, path.stat().st_size, limits.table_bytes)
    with open_zip(path, label) as archive:
        budget = Budget(label, path.stat().st_size, limits.workbook_bytes, limits)
        for member in checked_members(archive, label, limits):
            name = member.filename.casefold()
            for start, what in _REACHES_OUT.items():
                if name.startswith(start):
                    raise UnsafeFile(f"{label} bevat {what}; {_EXPECTED_XLSX}.")
            _inspect_part(archive, member, budget, label)


def _inspect_part(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: Budget, label: str
) -> None:
    """Look through one part of a workbook for entities and for relations to outside."""
    is_xml = None
    is_relations = member.filename.casefold().endswith(".rels")
    content = bytearray()
    for chunk in budget.read(archive, member):
        if is_xml is None:
            is_xml = is_relations or bool(_XML_START.match(chunk))
        if not is_xml:
            continue
        content = (content if is_relations else content[-_OVERLAP:]) + chunk
        if b"\0" in content:
            raise UnsafeFile(f"{label} bevat XML in een ongewone codering; {_EXPECTED_XLSX}.")
        if _DTD.search(content):
            raise UnsafeFile(
                f"{label} bevat XML-entiteiten (een DTD), waarmee een bestand zichzelf opblaast of "
                f"een ander bestand leest; {_EXPECTED_XLSX}."
            )
    for relation in _RELATION.findall(bytes(content)) if is_relations else []:
        if b"External" in relation and b"/hyperlink" not in relation:
            raise UnsafeFile(
                f"{label} bevat een koppeling naar buiten de werkmap; {_EXPECTED_XLSX}."
            )
