"""Publicity lists (R13): names, masked numbers, and that they are insured (C30).

The notices ask to publish who is insured and has paid (PT 二(二)3(5), SC 三(三), HN 九(一)), not how much from whom.
A sum, a day, a blank cell or a place at the end of the list would tell for whom government pays; so everybody's row
says the same, in the order of the names.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.merge.rows import part_rows
from canbao_county.reports.masking import mask_number
from canbao_county.reports.model import ReportFile
from canbao_county.reports.naming import sheet_names
from canbao_county.targets.counting import paid_by
from canbao_rulebook.findings import Place
from canbao_rulebook.messages import build_finding
from canbao_rulebook.names import population_of
from canbao_rulebook.table_specs import load_table
from canbao_rulebook.units import AGENCY, SCHOOL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_county.merge.parts import Part
    from canbao_county.reports.model import Context
    from canbao_rulebook.policy.funds import Publicity
    from canbao_rulebook.tables import TableSheet

_INSURED = "已参保"
_SORTED = ("group", "head_name", "name", "masked")
_OF_HOUSEHOLDS = ("group", "head_name")  # shown where everybody on a sheet has them: departments do not know them
_NO_PLACE = "未填村(班)"


def make_publicity_lists(context: Context) -> Iterator[ReportFile]:
    """Yield one workbook for every township and school."""
    publicity = context.policy.publicity
    if None in publicity_time(publicity):
        place = Place(file=context.words["names"]["R13"])
        article = context.policy.article(publicity.ref)
        context.findings.append(build_finding("V40.publicity", place, source=article))
    central = _central_rows(context)
    for part in context.filling_parts:
        assert part.unit is not None
        unit = part.unit.name
        start, end = publicity_time(publicity, _population(context, part))
        own = _publish(part_rows(context.merge, part), context)
        others = _publish(pl.concat(central[unit]), context) if unit in central else own.clear()
        known = others.filter(pl.col("place_or_class").is_in(own["place_or_class"].unique().to_list()))
        rows, left_out = pl.concat([own, known]), others.height - known.height
        yield ReportFile(
            _sheets(context, unit, rows, part.unit.kind == SCHOOL, (start, end)),
            name=unit,
            unit=unit,
            rows=rows.height,
            facts=[
                ("公示起止", _span(start, end)),
                *([("没有列入公示(人)", str(left_out))] if left_out else []),
            ],
            parts=[part],
            receivers="公示栏",
        )


def _population(context: Context, part: Part) -> str | None:
    """Return whom the rosters of a workbook are about."""
    found = (population_of(context.policy, code) for code in part.rows)
    return next((population.code for population in found if population), None)


def publicity_time(publicity: Publicity, population: str | None = None) -> tuple[date | None, date | None]:
    """Return first and last day of a population's publicity; None where the notice does not say.

    The first day is not counted; a period in months ends on the same day of the month, or on its last day.
    """
    start = publicity.first_day(population)
    if start is None or (publicity.min_days is None and publicity.min_months is None):
        return start, None
    end = start + timedelta(days=publicity.min_days or 0)
    if publicity.min_months:
        years, month = divmod(start.month - 1 + publicity.min_months, 12)
        year = start.year + years
        end = max(end, date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])))
    return start, end


def _span(start: date | None, end: date | None) -> str:
    return f"{start or '待定'} 至 {end or '待定'}"


def _central_rows(context: Context) -> dict[str, list[pl.DataFrame]]:
    """Return by township the persons whom departments pay for, but for those of whom nothing may be published.

    A village that only departments name gets no sheet: everybody on it would be known to be paid for.
    """
    hidden = context.policy.subsidy.confidential_names
    found: dict[str, list[pl.DataFrame]] = {}
    for part in context.merge.parts:
        if part.unit and part.unit.kind == AGENCY:
            rows = part_rows(context.merge, part).filter(~pl.col("category").is_in(hidden))
            for (place,), own in rows.partition_by("township", as_dict=True, maintain_order=True).items():
                found.setdefault(str(place), []).append(own)
    return found


def _publish(rows: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Return who is insured by the day of the report, with nothing that differs between those who paid and others."""
    listed = rows.filter(pl.col("counts") & pl.col("enrolled") & paid_by(context.as_of))
    return listed.select(
        place_or_class=pl.when(pl.col("place_or_class") == "").then(pl.lit(_NO_PLACE)).otherwise("place_or_class"),
        group="group",
        head_name="head_name",
        name="name",
        masked=mask_number(pl.col("cert")),
        insured=pl.lit(_INSURED),
    )


def _sheets(
    context: Context,
    unit: str,
    rows: pl.DataFrame,
    is_school: bool,
    time: tuple[date | None, date | None],
) -> list[TableSheet]:
    places = rows["place_or_class"].unique().sort().to_list()
    notes = [_time_note(*time), "监督电话：________________　　对名单有疑问的，请在公示期内向本单位提出。"]
    sheets = []
    for place, name in zip(places, sheet_names(places, taken=["封面"]), strict=True):
        own = rows.filter(pl.col("place_or_class") == place)
        spec = load_table("publicity").without(*_left_out(own, is_school))
        own = own.sort([name for name in _SORTED if name in spec.columns])
        sheets.append(context.table(spec, own, notes, sheet=name, unit=unit, place_or_class=place))
    return sheets


def _left_out(rows: pl.DataFrame, is_school: bool) -> set[str]:
    return {name for name in _OF_HOUSEHOLDS if is_school or (rows[name] == "").any()}


def _time_note(start: date | None, end: date | None) -> str:
    if start is not None and end is not None:
        return f"公示时间：{start} 至 {end}"
    begin = str(start) if start else "____年__月__日"
    return f"公示时间：{begin} 至 ____年__月__日（通知没有规定天数，请县里定下后填写）"
