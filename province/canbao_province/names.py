"""Again the county's side: who those are of whom the province tells it, found in its submission by their codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_province.export import coded_rows
from canbao_province.sheets import PERSONS
from canbao_province.trouble import ProvinceError
from canbao_rulebook.table_specs import load_table
from canbao_validators.reading.own_tables import find_table

if TYPE_CHECKING:
    from canbao_province.codes import Key
    from canbao_province.export import Submission
    from canbao_rulebook.tables import TableSheet
    from canbao_validators.reading.raw import RawWorkbook

_TOLD = ("person", "county", "case", "elsewhere", "aided", "names", "latest")


def read_told(raw: RawWorkbook) -> pl.DataFrame:
    """Return what a list of the province says, as texts by _TOLD. Raises ProvinceError for a workbook that is none."""
    spec = load_table(PERSONS)
    headers = {name: spec.columns[name].header for name in _TOLD}
    rows: list[dict[str, str]] = []
    tables = [find_table(sheet, headers.values()) for sheet in raw.sheets.values()]
    found = [table for table in tables if table is not None]
    if not found:
        raise ProvinceError("province_no_list")
    for table in found:
        rows += [{name: texts[header] for name, header in headers.items()} for _, texts in table.texts()]
    return pl.DataFrame(rows, schema=dict.fromkeys(_TOLD, pl.String)).filter(pl.col("person") != "")


def name_persons(told: pl.DataFrame, submission: Submission, key: Key) -> pl.DataFrame:
    """Return the rows of a county's submission that are these persons, in the order of the list.

    Raises ProvinceError when the list names nobody of the county, or nobody of it is found: another key was used.
    """
    own = told.filter(pl.col("county") == submission.county)
    if told.height and not own.height:
        raise ProvinceError("province_list_of_other", county=submission.county, found=told["county"][0])
    rows = coded_rows(submission, key).with_columns(pl.col("person").bin.encode("hex"))
    found = own.join(rows, on="person", how="inner", maintain_order="left_right")
    if own.height and not found.height:
        raise ProvinceError("province_key_names_nobody", fingerprint=key.fingerprint)
    return found.with_columns(remark=pl.lit(""))


def named_sheet(found: pl.DataFrame, submission: Submission) -> TableSheet:
    """Return them as a table."""
    return load_table("province_named").make(found, begin=f"{submission.county}{submission.year}")
