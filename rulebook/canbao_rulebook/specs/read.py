"""From the files of a spec and its parts to the columns and rules of one policy year, in the order of the sheet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from canbao_rulebook.specs.checking import check_block
from canbao_rulebook.specs.errors import Origin, Problem, RosterError, near, tell
from canbao_rulebook.specs.files import OWN_PERSONS, PARTS, ROSTERS, find_file, list_parts, read_file
from canbao_rulebook.specs.model import ColumnSpec, Has, Note, PartFile, RosterSpec, RuleSpec, SpecFile
from canbao_rulebook.specs.terms import each_identity, policy_terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

    from canbao_rulebook.formula.scope import NamedValue
    from canbao_rulebook.policy.model import Policy
    from canbao_rulebook.specs.texts import Texts

_COMMON = "common"  # the part that every spec has
_HELPER = {"filler": "formula", "hidden": True}
_OF_READING = {"if", "each"}

Block = TypeVar("Block", bound="BaseModel")


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    file: PartFile
    origin: Origin


def read_spec(code: str, policy: Policy, names: Mapping[str, NamedValue]) -> RosterSpec:
    """Return a roster's spec as a policy year has it. Raises RosterError with everything that is wrong."""
    from canbao_rulebook.specs.texts import Texts  # noqa: PLC0415 - jinja2, which kept rulebooks need not load

    year = policy.meta.policy_year
    own = next((roster for roster in policy.own_rosters if roster.code == code), None)
    spec, origin = read_file(find_file(ROSTERS, code, year) if own is None else OWN_PERSONS, SpecFile)
    if own is not None:
        spec = spec.model_copy(update={"code": code, "sheet": own.name})
    problems = _check_spec(spec, origin, code, year)
    parts = list(_find_parts(spec, origin, year, problems))
    if problems:
        raise RosterError(problems)
    reader = _Reader(spec, origin, parts, Texts(policy_terms(code, policy, names), problems))
    made = reader.make()
    if problems or made is None:
        raise RosterError(problems)
    return made


def _check_spec(spec: SpecFile, origin: Origin, code: str, year: int) -> list[Problem]:
    problems = []
    if spec.code != code:
        problems.append(tell("P10.code", origin.at("code"), found=spec.code, expected=code))
    if spec.from_ > year:
        problems.append(tell("P10.year", origin.at("from"), code=code, found=spec.from_, year=year))
    return problems


def _find_parts(spec: SpecFile, origin: Origin, year: int, problems: list[Problem]) -> Iterator[_Part]:
    """Yield the common part and those that a spec names: its own, else shared ones."""
    shared = list_parts()
    for place, name in enumerate([_COMMON, *spec.parts]):
        if name in spec.own:
            yield _Part(name, spec.own[name], origin.at("own").at(name))
        elif name in shared:
            yield _shared_part(name, year)
        else:
            hint = near(name, {*shared, *spec.own} - {_COMMON})
            problems.append(tell("P10.part", origin.at("parts").at(place - 1), word=name, hint=hint))
    problems += [
        tell("P10.unused", origin.at("own").at(name), word=name) for name in spec.own if name not in spec.parts
    ]


def _shared_part(name: str, year: int) -> _Part:
    return _Part(name, *read_file(find_file(PARTS, name, year), PartFile))


class _Reader:
    """A spec and its parts over one policy year."""

    def __init__(self, spec: SpecFile, origin: Origin, parts: list[_Part], texts: Texts) -> None:
        self.spec, self.origin, self.texts = spec, origin, texts
        self.parts = parts
        self.problems = texts.problems

    def make(self) -> RosterSpec | None:
        """Return the whole spec, None where something is wrong."""
        self._learn()
        self.parts = [part for part in self.parts if self.texts.holds(part.file.if_, part.origin.at("if"))]
        columns = [
            column
            for part in self.parts
            for column in self._entries(part, "columns", ColumnSpec, {"band": part.file.band})
        ]
        helpers = self._in_order(
            "helpers_after", lambda part: list(self._entries(part, "helpers", ColumnSpec, _HELPER))
        )
        rules = self._in_order("rules_after", lambda part: list(self._rules(part)))
        page = {key: getattr(self.spec, key) for key in RosterSpec.model_fields if key in SpecFile.model_fields}
        for key in ("title", "ref", "signatures"):
            page[key] = self.texts.take(page[key], self.origin.at(key))
        page["notes"] = list(self._notes())
        if self.problems:
            return None
        return RosterSpec(**page | {"columns": [*columns, *helpers], "rules": rules, "origin": self.origin})

    def _learn(self) -> None:
        """Let texts know what the spec has, and the values and formulas that it and its parts name."""
        spec, origin, terms = self.spec, self.origin, self.texts.terms
        self._let(spec.let, origin)
        has = check_block(Has, self.texts.take(spec.has, origin.at("has")), origin.at("has"), self.problems) or Has()
        terms |= {"has": has, "parts": spec.parts, "each_identity": partial(each_identity, has.identities)}
        for part in self.parts:
            self._let(part.file.let, part.origin)
        self._name(spec.named, origin)
        for part in self.parts:
            self._name(part.file.named, part.origin)

    def _let(self, values: Mapping[str, str], origin: Origin) -> None:
        for name, expression in values.items():
            place = origin.at("let").at(name)
            if name in self.texts.terms:
                self.problems.append(tell("P10.twice", place, word=name))
            self.texts.terms[name] = self.texts.value(expression, place)

    def _name(self, named: Mapping[str, Any], origin: Origin) -> None:
        for name, raw in named.items():
            self.texts.name(name, raw, origin.at("named").at(name))

    def _in_order(self, key: str, made: Any) -> list[Any]:
        """Return what the parts have, each behind those that it wants to follow."""
        blocks: list[tuple[str, list[Any]]] = []
        waiting: list[tuple[_Part, list[Any]]] = []
        for part in self.parts:
            after = self._follows(part, key)
            if after:
                waiting.append((part, made(part)))
            else:
                blocks.append((part.name, made(part)))
        for part, entries in waiting:
            names = [name for name, _ in blocks]
            place = next((names.index(name) + 1 for name in self._follows(part, key) if name in names), len(blocks))
            blocks.insert(place, (part.name, entries))
        return [entry for _, entries in blocks for entry in entries]

    def _follows(self, part: _Part, key: str) -> tuple[str, ...]:
        after = getattr(part.file, key)
        return (after,) if isinstance(after, str) else after

    def _rules(self, part: _Part) -> Iterator[RuleSpec]:
        """Yield the rules of a part, those of another one where it says so."""
        for index, raw in enumerate(part.file.rules):
            place = part.origin.at("rules").at(index)
            if "rules_of" not in raw:
                yield from self._repeat(raw, place, RuleSpec, {})
            elif raw["rules_of"] in list_parts():
                yield from self._rules(_shared_part(raw["rules_of"], self.texts.terms["policy"].meta.policy_year))
            else:
                word = str(raw["rules_of"])
                self.problems.append(tell("P10.part", place, word=word, hint=near(word, list_parts())))

    def _notes(self) -> Iterator[str]:
        for index, raw in enumerate(self.spec.notes):
            entry = {"text": raw} if isinstance(raw, str) else raw
            for note in self._repeat(entry, self.origin.at("notes").at(index), Note, {}):
                yield note.text

    def _entries(
        self, part: _Part, key: str, model: type[Block], given: Mapping[str, Any] | None = None
    ) -> Iterator[Block]:
        for index, raw in enumerate(getattr(part.file, key)):
            yield from self._repeat(raw, part.origin.at(key).at(index), model, given or {})

    def _repeat(
        self, raw: Mapping[str, Any], origin: Origin, model: type[Block], given: Mapping[str, Any]
    ) -> Iterator[Block]:
        """Yield an entry if its condition holds, once, or for each item of what it names: ``it``, the ``n``-th."""
        if not self.texts.holds(str(raw.get("if", "true")), origin.at("if")):
            return
        values = {key: value for key, value in raw.items() if key not in _OF_READING}
        items = self.texts.value(raw["each"], origin.at("each")) if "each" in raw else [None]
        for number, item in enumerate(items or [], start=1):
            if "each" in raw:
                self.texts.terms |= {"it": item, "n": number}
            taken = {key: self.texts.take(value, origin.at(key)) for key, value in values.items()}
            block = check_block(model, {**given, **taken}, origin, self.problems)
            if block is not None:
                yield block
        self.texts.terms.pop("it", None)
        self.texts.terms.pop("n", None)
