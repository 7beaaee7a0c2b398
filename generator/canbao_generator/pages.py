"""Pages of a workbook for people: 封面 and 填表说明. Their texts stand in the templates' pages/ folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined
from openpyxl.worksheet.properties import PageSetupProperties

from canbao_generator.roster_sheet import PAPER_A3, PAPER_A4, set_footer, set_margins
from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import read_text

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.frame import Document

_MARK = "\ue000"  # stands for a text while the page is read
_KEPT = re.compile(f"{_MARK}([0-9]+){_MARK}")


def render_page(name: str, policy: Policy, **context: object) -> dict[str, Any]:
    """Return the texts of a page for one policy year.

    A text of the policy is put in after the page was read as YAML, so that nothing in it can be taken for YAML.
    """
    texts: list[str] = []
    environment = Environment(
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - the output is YAML, not HTML
        finalize=lambda value: _keep(value, texts) if isinstance(value, str) else value,
    )
    template = environment.from_string(read_text(f"pages/{name}.yaml.j2"))
    page: dict[str, Any] = _put_back(parse_yaml(template.render(policy=policy, **context)), texts)
    return page


def _keep(value: str, texts: list[str]) -> str:
    texts.append(value)
    return f"{_MARK}{len(texts) - 1}{_MARK}"


def _put_back(page: Any, texts: list[str]) -> Any:
    if isinstance(page, str):
        return _KEPT.sub(lambda found: texts[int(found[1])], page)
    if isinstance(page, dict):
        return {_put_back(key, texts): _put_back(value, texts) for key, value in page.items()}
    return [_put_back(value, texts) for value in page] if isinstance(page, list) else page


def primary_notice(policy: Policy) -> Document:
    """Return the county's own notice, which the file cites as primary."""
    documents = list(policy.legal.values())
    return next((document for document in documents if document.role == "primary"), documents[0])


def set_up_page(sheet: Worksheet, *, landscape: bool, a3: bool = False, titles: str | None = None) -> None:
    """Print a sheet one page wide, with page numbers; ``titles`` are the rows to repeat, like ``1:4``."""
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.paperSize = PAPER_A3 if a3 else PAPER_A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if titles:
        sheet.print_title_rows = titles
    set_margins(sheet)
    set_footer(sheet, "")
