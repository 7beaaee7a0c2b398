"""The files that counties handed in: each is of this schema, this year and this key, whole, and of another county."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from canbao_province.columns import COUNTY, KEY, NAME, REGION, SCHEMA, YEAR, schema_name, schema_of
from canbao_province.trouble import ProvinceError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_SUFFIX = ".parquet"


@dataclass(frozen=True)
class CountyFile:
    """One county's file, by its metadata: ``region`` is the county's code, ``key`` the fingerprint of the key."""

    path: Path
    county: str
    region: str
    year: int
    key: str


def list_files(folder: Path) -> list[CountyFile]:
    """Return the files of a folder in the order of the counties' codes. Raises ProvinceError, which names the file."""
    paths = sorted(path for path in folder.rglob(f"*{_SUFFIX}") if not path.name.startswith("."))
    if not paths:
        raise ProvinceError("province_empty", folder=folder)
    files = sorted((read_header(path) for path in paths), key=lambda one: (one.region, one.path))
    _require_same(files, "key", "province_other_key")
    _require_same(files, "year", "province_other_year")
    seen: dict[str, CountyFile] = {}
    for one in files:
        if one.region in seen:
            raise ProvinceError(
                "province_county_twice", county=one.county, first=seen[one.region].path.name, second=one.path.name
            )
        seen[one.region] = one
    return files


def read_header(path: Path) -> CountyFile:
    """Return what a file says of itself. Raises ProvinceError for what is no file of this schema."""
    try:
        metadata = pl.read_parquet_metadata(path)
        columns = pl.read_parquet_schema(path)
    except (OSError, pl.exceptions.PolarsError) as trouble:
        raise ProvinceError("province_damaged", path=path.name) from trouble
    name = metadata.get(SCHEMA, "")
    if not name.startswith(f"{NAME}/"):
        raise ProvinceError("province_other_file", path=path.name)
    if name != schema_name() or columns != schema_of():
        raise ProvinceError("province_other_version", path=path.name, found=name, wanted=schema_name())
    return CountyFile(path, metadata[COUNTY], metadata[REGION], int(metadata[YEAR]), metadata[KEY])


def _require_same(files: list[CountyFile], field: str, sentence: str) -> None:
    """Raise ProvinceError naming the files that differ from most."""
    values = [getattr(one, field) for one in files]
    common = max(values, key=values.count)
    others = [one for one in files if getattr(one, field) != common]
    if others:
        names = "、".join(one.path.name for one in others)
        raise ProvinceError(sentence, names=names, found=getattr(others[0], field), common=common)


def require_whole(files: Iterable[CountyFile]) -> None:
    """Read every file to its end, as engines do not say which is damaged. Raises ProvinceError for the first."""
    for one in files:
        try:
            pl.scan_parquet(one.path).select(pl.all().count()).collect(engine="streaming")
        except (OSError, pl.exceptions.PolarsError) as trouble:
            raise ProvinceError("province_damaged", path=one.path.name) from trouble
