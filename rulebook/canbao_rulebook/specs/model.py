"""What may stand in a roster spec and in a part, and what a spec comes to in one policy year."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, InstanceOf

from canbao_rulebook.kinds import ColumnType, Filler, Normaliser, RosterRole
from canbao_rulebook.roster import OwnWords
from canbao_rulebook.specs.errors import NOWHERE, Origin

Entries = list[dict[str, Any]]


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, defer_build=True)


class ColumnSpec(_Block):
    """One column of a roster. ``filler`` says who fills it; ``required_when`` is a formula; ``band``: bands.yaml.

    A helper that is read seldom has no ``cell``: its formula stands in a name, and is computed where it is read.
    """

    field: str
    header: str
    type: ColumnType
    filler: Filler
    band: str = ""
    width: float = 10
    required: bool = False
    required_when: str = ""
    required_message: str = "V01.required"
    required_source: str = ""
    identifier: bool = False
    hidden: bool = False
    cell: bool = True
    list: str | None = None
    strict: bool = True
    list_check: bool = True
    normalise: Normaliser | None = None
    hint: str = ""
    formula: str | None = None
    origin: InstanceOf[Origin] = NOWHERE


class RuleSpec(_Block):
    """One row rule: a problem lies at ``column`` where ``when`` is TRUE; ``show`` are columns that the words quote.

    ``own``: the words of a rule that the county has added.
    """

    message: str
    column: str
    when: str
    show: dict[str, str] = Field(default_factory=dict)
    source: str = ""
    own: InstanceOf[OwnWords] | None = None
    origin: InstanceOf[Origin] = NOWHERE


class Note(_Block):
    """One sentence for people who fill in the sheet."""

    text: str
    origin: InstanceOf[Origin] = NOWHERE


class Has(_Block):
    """What a roster's spec says of the roster, for its parts to ask.

    ``identities`` are the headers in which a person claims one; ``tag``: the column 人员群体 stands in it; ``intent``:
    参保意愿 does; ``pays``: persons pay themselves; ``cash``: payments name channel and batch; ``arrives``: the county
    says whether the money came; ``not_here``: a formula under which nobody enrols here; ``only_cards``: persons without
    an ID card are rare, nobody has to choose the kind of document; ``group``: the villagers' group has to be filled in;
    ``whole_households``: the household book has to be filled in where the policy judges whole households.
    """

    identities: tuple[str, ...] = ()
    tag: bool = False
    intent: bool = False
    pays: bool = False
    cash: bool = False
    arrives: bool = False
    not_here: str = ""
    only_cards: bool = False
    group: bool = False
    whole_households: bool = True
    origin: InstanceOf[Origin] = NOWHERE


class PartFile(_Block):
    """A part as it is written: entries may have ``if`` and ``each``, texts ``{{ … }}``, and choices by the policy.

    ``band`` is that of its columns that name none. ``let`` are values and ``named`` formulas that entries mention.
    Helpers are hidden columns with formulas. Where ``helpers_after`` or ``rules_after`` names parts, these stand
    behind those of the first of them that the spec has.
    """

    if_: str = Field("true", alias="if")
    band: str = ""
    let: dict[str, str] = Field(default_factory=dict)
    named: dict[str, Any] = Field(default_factory=dict)
    columns: Entries = Field(default_factory=list)
    helpers: Entries = Field(default_factory=list)
    rules: Entries = Field(default_factory=list)
    helpers_after: str | tuple[str, ...] = ()
    rules_after: str | tuple[str, ...] = ()


class _Page(_Block):
    """What a roster's sheet says beside its columns. ``on_paper``: the fields that are printed, all unless said."""

    code: str
    sheet: str
    role: RosterRole
    units: list[Literal["township", "village", "school", "agency"]]
    place: str = "village"
    title: str
    ref: str
    paper: Literal["A3", "A4"]
    on_paper: list[str] = Field(default_factory=list)
    freeze: list[str]
    capacity_share: float
    signatures: list[str]


class SpecFile(_Page):
    """A roster spec as it is written. ``own`` are parts that no other roster has; ``from``: the first policy year."""

    from_: int = Field(alias="from")
    notes: list[str | dict[str, Any]]
    let: dict[str, str] = Field(default_factory=dict)
    has: dict[str, Any] = Field(default_factory=dict)
    parts: list[str]
    named: dict[str, Any] = Field(default_factory=dict)
    own: dict[str, PartFile] = Field(default_factory=dict)


class RosterSpec(_Page):
    """What a spec comes to in one policy year, its parts put together."""

    notes: list[str]
    columns: list[ColumnSpec]
    rules: list[RuleSpec]
    origin: InstanceOf[Origin] = NOWHERE
