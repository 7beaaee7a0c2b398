"""Huining's policy year with lines of a county's own: columns, rules and rosters that no notice knows."""

from pathlib import Path

from canbao_templates import read_text

_ROSTERS = "\nrosters: ["


def huining_with(own: str) -> str:
    """Return the text of the policy file with the lines before its rosters."""
    text = read_text("policies/huining-2021.yaml")
    assert text.count(_ROSTERS) == 1
    return text.replace(_ROSTERS, f"\n{own}{_ROSTERS.lstrip()}")


def write_huining(folder: Path, own: str) -> Path:
    """Write it under its own name."""
    path = folder / "huining-2021.yaml"
    path.write_text(huining_with(own), encoding="utf-8")
    return path
