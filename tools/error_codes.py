"""Write docs/error-codes.md: what the message catalogues say, with examples that the checks have really given.

``python tools/error_codes.py`` writes the page, ``--check`` only tells whether it is up to date (exit status 1 if not).
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [
    str(ROOT / name) for name in ("xlsx_templates", "rulebook", "generator", "validators", "addin", "tests")
]

from canbao_rulebook.findings import Severity  # noqa: E402
from canbao_rulebook.messages import load_catalogue, render_line  # noqa: E402
from canbao_rulebook.policy.issues import build_issue, load_policy_messages, render_issue  # noqa: E402
from canbao_rulebook.yaml_text import parse_yaml  # noqa: E402
from support.every_message import find, load_cases  # noqa: E402

PAGE = ROOT / "docs" / "error-codes.md"
NOTES = ROOT / "tools" / "error_codes.yaml"
SOURCE_FOLDERS = (
    "xlsx_templates/canbao_templates/rosters",
    "rulebook",
    "validators",
    "generator",
    "county",
    "addin",
)
SPECS = "canbao_templates/rosters/"
CATALOGUE_CODE = ("policy/issues.py", "canbao_rulebook/messages.py")  # they name keys in examples only
_WORD = re.compile(r"[\w.]+")
_SHORT_FOLDER = re.compile(
    r"^(xlsx_templates/canbao_templates|rulebook|validators|generator|county|addin)/(canbao_\w+/)?"
)
_LEVELS = {
    "cell": "单元格",
    "row": "行",
    "sheet": "工作表",
    "workbook": "工作簿",
    "township": "乡镇",
    "county": "县",
    "external": "与外来名单比对",
    "policy": "政策文件",
}
_SEVERITIES = {"error": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO}
_HEAD = """# 错误代码

本页由 `tools/error_codes.py` 从消息目录生成，请不要手改；改消息之后运行 `make docs`。

每条问题写明：级别、编号、文件、工作表、单元格、发现了什么、怎么改、依据。

| 级别 | 意思 |
|---|---|
| 错误 | 必须改正才能上报；有错误时命令的退出状态是 1 |
| 提醒 | 请核实；属实的可以不改 |
| 提示 | 告诉您程序怎样理解，不用处理 |

V 开头的是花名册和工作簿的问题，P 开头的是政策文件的问题（写法见 [policy-files.md](policy-files.md)）。
编号不重复使用。例子里的人和号码都是编造的。

English: every finding carries a code, the place, what is wrong and how to mend it; `--lang en` says it in English.
"""


@dataclass(frozen=True)
class Entry:
    """One message: its key, severity, the sentence of its example, and how to mend it."""

    key: str
    severity: Severity
    example: str
    source: str
    zh: str
    en: str

    @property
    def code(self) -> str:
        """What stands before the first dot."""
        return self.key.partition(".")[0]


@cache
def load_notes() -> dict[str, Any]:
    """Return what the page says beside the catalogues."""
    notes: dict[str, Any] = parse_yaml(NOTES.read_text(encoding="utf-8"))
    return notes


@cache
def read_sources() -> dict[str, str]:
    """Return the text of every file that can raise a message, by path from the root."""
    files = [
        path
        for folder in SOURCE_FOLDERS
        for path in sorted((ROOT / folder).rglob("*"))
        if (path.suffix in {".py", ".j2"} or (path.suffix == ".yaml" and SPECS in path.as_posix()))
        and "canbao_demo" not in path.parts
    ]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in files}


@cache
def index_words() -> dict[str, list[str]]:
    """Return the files, without those of the catalogues, by the words that stand in them: keys are words with a dot."""
    places: dict[str, list[str]] = {}
    for path, text in read_sources().items():
        if not path.endswith(CATALOGUE_CODE):
            for word in set(_WORD.findall(text)):
                places.setdefault(word, []).append(_SHORT_FOLDER.sub("", path))
    return places


def find_places(key: str) -> list[str]:
    """Return the files that raise a message, or an empty list."""
    return index_words().get(key, [])


def collect_entries() -> list[Entry]:
    """Return all messages of both catalogues, by code, in the order of the catalogues."""
    samples = load_notes()["samples"]
    entries = [
        Entry(key, message.severity, _example(key), message.source, message.text["zh"], message.text["en"])
        for key, message in load_catalogue().items()
    ]
    for key, entry in load_policy_messages().items():
        values = {**samples["any"], **samples.get(key, {})}
        issue = build_issue(key, path="", line=None, **values)
        entries.append(Entry(key, _SEVERITIES[entry["severity"]], render_issue(issue), "", entry["zh"], entry["en"]))
    return sorted(entries, key=lambda entry: (entry.code[0] == "P", entry.code))


def _example(key: str) -> str:
    """A sentence that the checks gave for a test case, else the template filled with samples."""
    finding = find(key) if key in load_cases()["cases"] else None
    if finding is not None:
        return render_line(finding)
    message, samples = load_catalogue()[key], load_notes()["samples"]
    values = {**samples["any"], **samples.get(key, {})}
    text, fix = (template.format(**values) for template in (message.text["zh"], message.fix["zh"]))
    source = f"（{message.source}）" if message.source else ""
    return f"【{message.code}】甲镇.xlsx：{text}。{fix}。{source}"


def render_page() -> str:
    """Return the page."""
    entries = collect_entries()
    codes = list(dict.fromkeys(entry.code for entry in entries))
    lines = [_HEAD, "## 一览", "", "| 编号 | 内容 | 级别 | 层次 |", "|---|---|---|---|"]
    for code in codes:
        note = load_notes()["codes"][code]
        severities = "、".join(find_severities(code))
        lines.append(f"| [{code}](#{code.lower()}) | {note['zh']} | {severities} | {_LEVELS[note['level']]} |")
    for code in codes:
        lines += ["", *_section(code, [entry for entry in entries if entry.code == code])]
    return "\n".join(lines) + "\n"


def find_severities(code: str) -> list[str]:
    """Return the severities of a code's messages, the gravest first."""
    told = {key: message.severity for key, message in load_catalogue().items()}
    told |= {key: _SEVERITIES[entry["severity"]] for key, entry in load_policy_messages().items()}
    own = {severity for key, severity in told.items() if key.partition(".")[0] == code}
    return [severity.value for severity in Severity if severity in own]


def _section(code: str, entries: list[Entry]) -> list[str]:
    note = load_notes()["codes"][code]
    places = dict.fromkeys(place for entry in entries for place in find_places(entry.key))
    english = note["en"].replace("、", ", ")
    lines = [f'<a id="{code.lower()}"></a>', f"## {code} {note['zh']} · {english}", "", note["says"], ""]
    lines += [f"层次：{_LEVELS[note['level']]}。规则在：{'、'.join(f'`{place}`' for place in places) or '—'}。", ""]
    for entry in entries:
        waiting = "" if find_places(entry.key) else "（目录里有，还没有规则使用）"
        lines.append(f"- `{entry.key}` **{entry.severity.value}**{waiting}  \n  {entry.example}")
    return lines


def main(arguments: list[str]) -> int:
    """Write or check the page."""
    page = render_page()
    if "--check" in arguments:
        return int(not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != page)
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
