"""Nothing that does not show a finding knows a language or what the file is called (decision 0035)."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("rulebook", "validators", "county", "province", "generator", "demo")
SHOWING = {
    "rulebook/canbao_rulebook/phrases.py": "phrases become texts",
    "rulebook/canbao_rulebook/messages.py": "findings become sentences",
    "rulebook/canbao_rulebook/policy/issues.py": "issues of a policy become sentences",
    "rulebook/canbao_rulebook/specs/errors.py": "problems of roster specs become sentences",
    "validators/canbao_validators/damage/kinds.py": "what repair tells, in JSON",
    "county/canbao_county/submission.py": "问题清单, 来源文件 and 问题 beside the rows",
    "county/canbao_county/lists/sheets.py": "导入说明",
    "county/canbao_county/explain/model.py": "为什么是这个数",
    "county/canbao_county/merge/merging.py": "JSON of the merge",
    "county/canbao_county/merge/intake.py": "JSON of its files",
    "county/canbao_county/merge/totals.py": "JSON of its totals",
    "county/canbao_county/reconcile/model.py": "JSON of the reconciliations",
}


def functions_with(parameter: str) -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef):
                    names = [one.arg for one in (*node.args.args, *node.args.kwonlyargs)]
                    if parameter in names:
                        yield path.relative_to(ROOT).as_posix(), node.name


def test_a_language_is_known_where_findings_are_shown_and_nowhere_else() -> None:
    found = list(functions_with("lang"))
    assert [(path, name) for path, name in found if path not in SHOWING] == []
    assert {path for path, _ in found} == SHOWING.keys()


def test_a_file_is_named_by_whoever_reads_it() -> None:
    """A check of one workbook does not know what it is called; what compares names or reads a list does."""
    found = {(path, name) for path, name in functions_with("file") if path.startswith("validators")}
    assert found == {
        ("validators/canbao_validators/answers.py", "read_answers"),
        ("validators/canbao_validators/unit_check.py", "check_unit"),
    }
