"""What the lists of others say that a settlement hangs on."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl


def _none(**columns: type[pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame(schema=columns)


@dataclass(frozen=True)
class Told:
    """``verdicts``: what owners' lists say of claims (``key, code, verdict``).

    ``listed``: whether imported lists of money have a person's payment (``key, listed``); nothing about persons whom
    these lists cannot know yet. ``barred``: persons who cannot enrol, as lists say (``key, unsubsidised``).
    """

    verdicts: pl.DataFrame = field(default_factory=lambda: _none(cert=pl.String, code=pl.String, verdict=pl.String))
    listed: pl.DataFrame = field(default_factory=lambda: _none(cert=pl.String, listed=pl.Boolean))
    barred: pl.DataFrame = field(default_factory=lambda: _none(cert=pl.String, unsubsidised=pl.Boolean))
