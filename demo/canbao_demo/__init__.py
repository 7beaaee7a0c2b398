"""A synthetic county for the demo and the tests: nobody in it exists, and every mistake in it is known."""

from canbao_demo.county import plan_county
from canbao_demo.facts import has_ledgers
from canbao_demo.frames import read_rows, rows_to_frame, rows_to_sheet
from canbao_demo.matching import MatchResult, match_planted
from canbao_demo.model import BadFile, Planted, Row, SyntheticCounty, Value
from canbao_demo.rolls import plan_rolls

__all__ = [
    "BadFile",
    "MatchResult",
    "Planted",
    "Row",
    "SyntheticCounty",
    "Value",
    "has_ledgers",
    "match_planted",
    "plan_county",
    "plan_rolls",
    "read_rows",
    "rows_to_frame",
    "rows_to_sheet",
]
