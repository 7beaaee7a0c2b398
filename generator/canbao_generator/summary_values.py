"""The values of 汇总, for readers that do not calculate: Protected View, previews of phones and chats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_generator.rows import is_overwritten
from canbao_rulebook.kinds import CellKind, Filler

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_generator.layout import RosterLayout
    from canbao_generator.measures import Measure, Part

Figures = dict[str, float]  # by the key of the measure; a sum over a cell with an error is missing


class SummaryValues:
    """The figures of one unit. ``frames`` are the filled rows by roster code, as they are stamped; none are zeros."""

    def __init__(
        self, measures: Sequence[Measure], layouts: Mapping[str, RosterLayout], frames: Mapping[str, pl.DataFrame]
    ) -> None:
        self._measures = measures
        self._layouts = layouts
        self._frames = frames
        self._terms: dict[Part, dict[str | None, float | None]] = {}
        self.total = self._figures(None)

    def of_place(self, name: str) -> Figures:
        """Return the figures of a village, or of whatever the rosters of the unit divide it into."""
        return self._figures(name)

    def others(self, places: Sequence[Figures]) -> Figures:
        """Return the total less some places."""
        counted = [measure.key for measure in self._measures if not measure.derived]
        known = [key for key in counted if all(key in figures for figures in (self.total, *places))]
        return self._derive({key: self.total[key] - sum(place[key] for place in places) for key in known})

    def _figures(self, place: str | None) -> Figures:
        figures = {}
        for measure in self._measures:
            terms = [] if measure.derived else [self._term(part, place) for part in measure.parts]
            if not measure.derived and None not in terms:
                figures[measure.key] = sum(term for term in terms if term is not None)
        return self._derive(figures)

    def _derive(self, figures: Figures) -> Figures:
        return figures | {
            measure.key: float(measure.derived.value(figures)) for measure in self._measures if measure.derived
        }

    def _term(self, part: Part, place: str | None) -> float | None:
        """Return what a part comes to in a place, everywhere for None; None when a cell that it sums is an error."""
        if part not in self._terms:
            self._terms[part] = self._terms_of(part)
        return self._terms[part].get(None if place is None else place.lower(), 0)

    def _terms_of(self, part: Part) -> dict[str | None, float | None]:
        """Return what a part comes to in each place that has rows, their names in small letters, and everywhere."""
        layout, frame = self._layouts[part.roster], self._frames.get(part.roster)
        if frame is None:
            return {}
        where = layout.roster.place_field
        held = frame.filter(
            *(wanted.holds(_cell(layout, field)).fill_null(value=False) for field, wanted in part.criteria)
        )
        place = _cell(layout, where).str.to_lowercase() if where in layout.letters else pl.lit(None, pl.String)
        if part.field is None:
            rows = held.select(place=place, term=pl.lit(1), error=pl.lit(value=False))
        else:
            cells = _cell(layout, part.field).cast(pl.Float64).fill_nan(None)
            rows = held.select(place=place, term=cells, error=_is_error(layout, part.field))
        sums = [pl.col("term").sum(), pl.col("error").any()]
        whole, places = rows.select(sums), rows.drop_nulls("place").group_by("place").agg(sums)
        terms: dict[str | None, float | None] = {None: _rounded(*whole.row(0))}
        return terms | {name: _rounded(term, wrong) for name, term, wrong in places.iter_rows()}


def _rounded(term: float, wrong: bool) -> float | None:
    return None if wrong else round(term, 2)


def _cell(layout: RosterLayout, field: str) -> pl.Expr:
    """Return what the cells of a field hold: null where that is 待定 or an error."""
    entry = next(entry for entry in layout.columns if entry.column.field == field)
    typed, computed = pl.col(field), pl.col(f"{field}.computed")
    if entry.formula is None:
        return typed
    return pl.when(is_overwritten(entry)).then(typed).otherwise(computed) if _may_be_typed(layout, field) else computed


def _may_be_typed(layout: RosterLayout, field: str) -> bool:
    column = layout.roster.by_field.get(field)
    return column is not None and column.filler is Filler.DEFAULT


def _is_error(layout: RosterLayout, field: str) -> pl.Expr:
    """Whether somebody typed, or pasted, an error into the cell."""
    column = layout.roster.by_field[field]
    typed = column.formula is None or column.filler is Filler.DEFAULT
    return pl.col(f"{field}.kind") == int(CellKind.ERROR) if typed else pl.lit(value=False)
