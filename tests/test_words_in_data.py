"""No code compares with a Chinese display word: words have codes in lists.yaml, and code asks for those."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("rulebook", "validators", "county", "province", "generator", "addin")
CHINESE = re.compile(r"[\u3400-\u9fff]")
ASKING = {
    "is_in",
    "eq",
    "ne",
    "contains",
    "starts_with",
    "ends_with",
    "startswith",
    "endswith",
    "replace_strict",
    "replace",
    "count",
}
# Files that compare with words, and why: everything else asks by code.
# What people wrote is read as they wrote it; our own files are known by their headers and names; a few outcomes of the
# county's own tables are asked for by the word that the same module gave them. Nothing of it is a word of a drop-down.
EXCEPTIONS = {
    "rulebook/canbao_rulebook/look_alikes.py": "characters that look like X",
    "validators/canbao_validators/damage/styles.py": "number formats as programs write them",
    "validators/canbao_validators/money/times.py": "下午, 晚上 in a time of day",
    "validators/canbao_validators/normalise/choices.py": "signs for yes and no",
    "validators/canbao_validators/normalise/dates.py": "dates in Chinese numerals",
    "validators/canbao_validators/roster_sheets/structure.py": "计 in a line of totals",
    "validators/canbao_validators/inbox.py": "the name of our list of units",
    "validators/canbao_validators/normalise/columns.py": "names of drop-downs",
    "generator/canbao_generator/validation.py": "the drop-down of groups, which depends on the village",
    "county/canbao_county/explain/dates.py": "headers of rosters",
    "addin/canbao_addin/actions/rounds.py": "headers and an outcome of our own sheet 筛查轮次",
    "county/canbao_county/lists/checks/arrivals.py": "税 among the items of a reconciliation, as the notice has them",
    "county/canbao_county/lists/comparing.py": "how a list's row differs, in its own sheet",
    "county/canbao_county/reconcile/arrivals.py": "reasons of differences, in its own table",
    "county/canbao_county/reconcile/bank.py": "reasons of differences, in its own table",
    "county/canbao_county/reconcile/clearing.py": "平 or 不平, in its own table",
    "county/canbao_county/reconcile/village.py": "rows without a batch, in its own table",
}


def _literals(node: ast.AST) -> list[str]:
    return [
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and CHINESE.search(part.value)
    ]


def _is_word(node: ast.AST) -> bool:
    """Whether a node is a text, or a collection of texts, of which one is Chinese; an f-string or a call is none."""
    if isinstance(node, ast.Constant):
        return bool(_literals(node))
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return any(_is_word(element) for element in node.elts)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"frozenset", "set", "tuple"}:
        return any(_is_word(argument) for argument in node.args)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "lit":
        return any(_is_word(argument) for argument in node.args)
    if isinstance(node, ast.Dict):
        return any(key is not None and _is_word(key) for key in node.keys)
    return False


def _constants(tree: ast.Module) -> set[str]:
    """Names of the module's constants that hold Chinese words."""
    found = set()
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Tuple) and isinstance(statement.value, ast.Tuple):
                    pairs = zip(target.elts, statement.value.elts, strict=False)
                else:
                    pairs = iter([(target, statement.value)])
                found |= {name.id for name, value in pairs if isinstance(name, ast.Name) and _is_word(value)}
    return found


def comparisons(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of every comparison with a Chinese word: == != in, is_in, match, a dict asked by a word."""
    tree = ast.parse(source)
    constants = _constants(tree)

    def asked(node: ast.AST) -> bool:
        return _is_word(node) or (isinstance(node, ast.Name) and node.id in constants)

    for node in ast.walk(tree):
        match node:
            case ast.Compare():
                sides = [node.left, *node.comparators]
            case ast.Call(func=ast.Attribute(attr=name), args=args) if name in ASKING:
                sides = list(args)
            case ast.match_case(pattern=ast.MatchValue(value=value)):
                sides = [value]
            case _:
                continue
        if any(asked(side) for side in sides):
            line = getattr(node, "lineno", 0) or node.pattern.lineno  # type: ignore[attr-defined]
            yield line, ast.unparse(node)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_comparison_with_a_display_word(package):
    found = {
        f"{path.relative_to(ROOT)}:{line} {text}"
        for path in sorted((ROOT / package).rglob("*.py"))
        if str(path.relative_to(ROOT)) not in EXCEPTIONS
        for line, text in comparisons(path.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_exceptions_are_still_needed():
    for name in EXCEPTIONS:
        assert list(comparisons((ROOT / name).read_text(encoding="utf-8"))), name


@pytest.mark.parametrize(
    "source",
    [
        'x == "是"', 'if x in ("是", "否"): pass', '_A = "是"\nx != _A', '_A, _B = "是", 1\nx == _A', 'c.is_in(["是"])',
        '_S = frozenset({"是"})\nx in _S', 'match x:\n    case "是":\n        pass', 'c.replace_strict({"是": 1})',
        '_D = {"是": 1}\nx in _D', 'c == pl.lit("是")',
    ],
)  # fmt: skip
def test_a_comparison_is_found(source):
    assert list(comparisons(source))


@pytest.mark.parametrize(
    "source", ['x = "是"', 'x == word("yes_no", "yes")', 'f(f"第{x}行")', "x == y", 'pl.lit("是")']
)
def test_what_is_none(source):
    assert list(comparisons(source)) == []
