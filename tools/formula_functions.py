"""Write the table of functions in docs/formula-language.md; ``--check`` only tells whether it is up to date."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / name) for name in ("xlsx_templates", "rulebook")]

from canbao_rulebook.functions import REGISTRY  # noqa: E402

if TYPE_CHECKING:
    from canbao_rulebook.functions.registry import Function

PAGE = ROOT / "docs" / "formula-language.md"
START, END = "<!-- functions: begin -->", "<!-- functions: end -->"
_WANTS = {
    "number": "数字",
    "date": "日期",
    "text": "文本",
    "bool": "真假",
    "column": "列",
    "computed": "自动列",
    "list": "名单",
    "any": "任意",
}
_RESULTS = {"number": "数字", "money": "金额", "date": "日期", "text": "文本", "bool": "真假", "nothing": "—"}
_NAMES = ("甲", "乙", "丙")
_LONGEST = 130


def render_table() -> str:
    """Return one row for every function: how it is called, what it gives, its worksheet face."""
    rows = ["| 函数 | 结果 | 意思 | 表内的样子 |", "|---|---|---|---|"]
    for function in sorted(REGISTRY.values(), key=lambda function: function.name):
        result = _RESULTS[function.result] if function.result else "随参数"
        weaker = "（较弱）" if function.weaker else ""
        rows.append(f"| `{_call(function)}` | {result} | {function.doc}{weaker} | {_face(function)} |")
    return "\n".join(rows)


def _call(function: Function) -> str:
    wants = [_WANTS[want] for want in function.wants]
    return f"{function.name}({'，'.join(wants)}{' …' if function.repeats else ''})"


def _face(function: Function) -> str:
    text = function.excel(list(_NAMES[: len(function.wants)]))
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return "`" + text.replace("|", "\\|") + "`"


def render_page(page: str) -> str:
    """Return the page with its table made anew."""
    head, _, rest = page.partition(START)
    _, _, tail = rest.partition(END)
    return f"{head}{START}\n{render_table()}\n{END}{tail}"


def main(arguments: list[str]) -> int:
    """Write or check the table."""
    page = PAGE.read_text(encoding="utf-8")
    if "--check" in arguments:
        return int(render_page(page) != page)
    PAGE.write_text(render_page(page), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
