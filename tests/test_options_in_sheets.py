"""No sentence that ends up in a sheet, or in a message of the ribbon, names an option of the command line."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import ROOT, read_text

SOURCES = Path(__file__).parents[1]
OPTION = re.compile(r"(?<![\w`-])--[a-z][a-z-]+")
ON_THE_SCREEN_ONLY = {"cli.yaml", "help.yaml", "doors.yaml", "policy_messages.yaml"}  # what commands print
NOT_SENTENCES = {"ribbon"}  # the add-in's own catalogues: LibreOffice's says how to install it
PACKAGES = (
    "county/canbao_county",
    "generator/canbao_generator",
    "addin/canbao_addin/actions",
    "addin/canbao_addin/buttons",
)


def catalogues() -> list[str]:
    found = [path.relative_to(str(ROOT)) for path in Path(str(ROOT)).rglob("*.y*ml*")]
    return sorted(
        str(path) for path in found if path.name not in ON_THE_SCREEN_ONLY and path.parts[0] not in NOT_SENTENCES
    )


def texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from (*texts(key), *texts(below))
    elif isinstance(value, list):
        for below in value:
            yield from texts(below)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("name", catalogues())
def test_no_catalogue_of_sheets_names_an_option(name: str) -> None:
    content = read_text(name)
    sentences = content.splitlines() if name.endswith(".j2") else list(texts(parse_yaml(content)))
    assert [text for text in sentences if OPTION.search(text)] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_code_that_writes_sheets_names_one(package: str) -> None:
    found = []
    for path in (SOURCES / package).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        described = {id(node.body[0].value) for node in ast.walk(tree) if has_docstring(node)}  # type: ignore[attr-defined]
        constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in described]
        found += [f"{path.name}: {one.value}" for one in constants if OPTION.search(str(one.value))]
    assert found == []


def has_docstring(node: ast.AST) -> bool:
    body = getattr(node, "body", None)
    return isinstance(body, list) and bool(body) and isinstance(body[0], ast.Expr)


def test_an_option_would_be_seen() -> None:
    assert OPTION.search("下次合并用 --decisions 指定本文件")
    assert not OPTION.search("SUMPRODUCT(--EXACT(a,b)) —— 2020--2021")
