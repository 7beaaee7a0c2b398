"""Why this amount: what the rules made of one person, from the same columns and policy data as the amounts."""

from canbao_county.explain.model import Explanation, Line, explain_in_words
from canbao_county.explain.people import explain_person, find_person

__all__ = ["Explanation", "Line", "explain_in_words", "explain_person", "find_person"]
