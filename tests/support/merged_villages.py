"""What a merge of village workbooks leaves behind."""

import json
from pathlib import Path
from typing import Any

from canbao_addin.cli.main import run

POLICY = "huining-2021"


class Merged:
    """What one run of `canbao merge` left behind."""

    def __init__(self, folder: Path, target: Path, *options: str) -> None:
        report = target.with_suffix(".json")
        self.target, self.returns = target, target.parent / "returns"
        words = ["--policy", POLICY, "--out", str(target), "--json", str(report), "--returns", str(self.returns)]
        self.status = run(["merge", str(folder), *words, *options])
        self.result: dict[str, Any] = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}

    def found(self, code: str) -> list[tuple[str, str, str]]:
        """(file, cell, message) of the findings of a code."""
        findings = [entry for entry in self.result["findings"] if entry["code"] == code]
        return [(entry["file"], entry["cell"], entry["message"]) for entry in findings]
