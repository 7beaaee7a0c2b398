"""What Excel 2010 does not take in a formula. A formula is text as it stands in the file, without the leading "="."""

import re

from openpyxl.formula.tokenizer import Token, Tokenizer
from openpyxl.utils import FORMULAE  # the functions of Excel 2007, which a file names without a prefix

from support.ooxml_package import Package

MAX_FORMULA = 8_192
MAX_RULE_FORMULA = 255  # data validation
MAX_LITERAL = 255
MAX_NESTING = 64
MAX_ARGUMENTS = 255

_LITERAL_LIST = re.compile(r'"(?:[^"]|"")*"')
_SHEET = re.compile(r"('(?:[^']|'')+'|[^!']+)!")
_REFERENCE = re.compile(
    r"\$?[A-Za-z]{1,3}\$?\d+(:\$?[A-Za-z]{1,3}\$?\d+)?|\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}|\$?\d+:\$?\d+"
)
_ANCHORED = re.compile(r"\$[A-Za-z]{1,3}\$\d+(:\$[A-Za-z]{1,3}\$\d+)?")


def check_formula(text: str, package: Package, *, is_rule: bool = False) -> list[str]:
    """Problems of a formula; `is_rule` for validations and conditional formats, which take less than a cell."""
    problems = []
    if len(text) > MAX_FORMULA:
        problems.append(f"formula of {len(text):,} characters (limit {MAX_FORMULA:,})")
    tokens = Tokenizer(f"={text}").items
    problems += _check_nesting(tokens)
    for token in tokens:
        if token.type == Token.FUNC and token.subtype == Token.OPEN:
            problems += _check_function(token.value[:-1])
        elif token.type == Token.OPERAND and token.subtype == Token.TEXT:
            length = len(token.value[1:-1].replace('""', '"'))
            if length > MAX_LITERAL:
                problems.append(f"text of {length} characters in quotes (limit {MAX_LITERAL})")
        elif token.type == Token.OPERAND and token.subtype == Token.RANGE:
            problems += _check_operand(token.value, package, is_rule=is_rule)
        elif token.type == Token.OPERAND and token.subtype == Token.ERROR and token.value == "#REF!":
            problems.append("refers to #REF!")
        if is_rule and token.type == Token.ARRAY:
            problems.append("an array constant is not allowed here")
    return list(dict.fromkeys(problems))


def check_list_source(text: str, package: Package) -> list[str]:
    """Problems of the source of a drop-down list: texts in quotes, a range, a name or a formula."""
    if _LITERAL_LIST.fullmatch(text):
        length = len(text[1:-1].replace('""', '"'))
        return [f"list literal of {length} characters (limit {MAX_LITERAL})"] if length > MAX_LITERAL else []
    problems = check_rule_formula(text, package)
    sheet = _SHEET.match(text)
    if sheet and text.count("!") > 1:
        problems.append(f"{text}: name the sheet once, as in {sheet.group()}$A$1:$A$9")
    elif sheet:
        reference = text[sheet.end() :]
        if _REFERENCE.fullmatch(reference) and not _ANCHORED.fullmatch(reference):
            problems.append(f"{text}: a list on another sheet needs $ before columns and rows")
    return problems


def check_rule_formula(text: str, package: Package) -> list[str]:
    """Problems of a formula in a data validation."""
    problems = check_formula(text, package, is_rule=True)
    if len(text) > MAX_RULE_FORMULA:
        problems.append(f"validation formula of {len(text)} characters (limit {MAX_RULE_FORMULA})")
    return problems


def _check_function(name: str) -> list[str]:
    if name.lower().startswith(("_xlfn.", "_xlws.", "_xludf.")):
        return [f"{name} is newer than the functions every Excel 2010 and WPS has"]
    return [] if name.upper() in FORMULAE else [f"{name} is no function of Excel 2010"]


def _check_nesting(tokens: list[Token]) -> list[str]:
    arguments: list[int] = []
    deepest = widest = 0
    for token in tokens:
        if token.type == Token.FUNC and token.subtype == Token.OPEN:
            arguments.append(1)
            deepest = max(deepest, len(arguments))
        elif token.type == Token.FUNC:
            widest = max(widest, arguments.pop())
        elif token.type == Token.SEP and token.subtype == Token.ARG and arguments:
            arguments[-1] += 1
    problems = []
    if deepest > MAX_NESTING:
        problems.append(f"{deepest} functions inside one another (limit {MAX_NESTING})")
    if widest > MAX_ARGUMENTS:
        problems.append(f"{widest} arguments of one function (limit {MAX_ARGUMENTS})")
    return problems


def _check_operand(text: str, package: Package, *, is_rule: bool) -> list[str]:
    """A reference, a structured reference or a name."""
    if "[" in text and is_rule:
        return [f"{text}: no table or other workbook can be named here"]
    if text.lstrip("'").startswith("["):
        return [f"{text}: refers to another workbook"]
    sheet = _SHEET.match(text)
    rest = text
    if sheet:
        name = sheet.group(1)
        name = name[1:-1].replace("''", "'") if name.startswith("'") else name
        if name.casefold() not in package.sheet_names:
            return [f"{text}: there is no sheet {name}"]
        rest = text[sheet.end() :]
    if "#REF!" in rest:
        return [f"{text}: refers to #REF!"]
    if "!" in rest or _REFERENCE.fullmatch(rest):  # Sheet1!A1:Sheet1!A8 is a range in a cell
        return []
    name = rest.partition("[")[0]
    return [] if not name or name.casefold() in package.known_names else [f"{name} is not defined"]
