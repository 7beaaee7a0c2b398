"""A synthetic county for the demo and the tests: nobody in it exists, and every mistake in it is known."""

from canbao_addin.synthetic.county import plan_county
from canbao_addin.synthetic.facts import has_ledgers
from canbao_addin.synthetic.frames import read_rows, rows_to_frame, rows_to_sheet
from canbao_addin.synthetic.matching import MatchResult, match_planted
from canbao_addin.synthetic.model import BadFile, Planted, Row, SyntheticCounty, Value
from canbao_addin.synthetic.rolls import plan_rolls

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
