"""The manual as it is shown by 帮助: every link and picture of its pages is there."""

import re
from pathlib import Path
from urllib.parse import unquote

from canbao_addin.install.manual import write_manual


def test_no_link_of_the_pages_is_dead(tmp_path: Path) -> None:
    page = write_manual(tmp_path / "手册")
    seen: set[Path] = set()
    waiting = [page]
    while waiting:
        here = waiting.pop()
        seen.add(here)
        text = here.read_text(encoding="utf-8")
        for target in re.findall(r'(?:href|src)="([^":]+)"', text):
            path, _, anchor = unquote(target).partition("#")
            there = here.parent / path if path else here
            assert there.is_file(), (here.name, target)
            assert not anchor or f'id="{anchor}"' in there.read_text(encoding="utf-8"), (here.name, target)
            if there.suffix == ".html" and there not in seen:
                waiting.append(there)
    assert {path.name for path in seen} == {
        *("用户手册.html", "error-codes.html", "policy-files.html", "formula-language.html")
    }
    assert "<title>参保 error-codes</title>" in (tmp_path / "手册" / "error-codes.html").read_text(encoding="utf-8")
