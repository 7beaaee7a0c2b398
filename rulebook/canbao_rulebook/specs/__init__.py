"""Roster specs: YAML files that a policy officer can read, checked and made into columns and rules of one policy year.

A spec names its parts; a part has columns, hidden helpers and rules (decision 0039). ``read_spec`` puts them together.
"""

from canbao_rulebook.specs.errors import NOWHERE, Origin, Problem, RosterError
from canbao_rulebook.specs.files import list_specs
from canbao_rulebook.specs.model import ColumnSpec, RosterSpec, RuleSpec
from canbao_rulebook.specs.read import read_spec

__all__ = [
    "NOWHERE",
    "ColumnSpec",
    "Origin",
    "Problem",
    "RosterError",
    "RosterSpec",
    "RuleSpec",
    "list_specs",
    "read_spec",
]
