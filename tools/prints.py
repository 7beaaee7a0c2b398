"""Pictures of sheets as they are printed, of an invented county: the year from the notice to the reports."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from canbao_addin.cli.main import run
from canbao_demo import plan_county
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from support.hosts import fill_county
from support.libreoffice import pdf_to_png, to_pdf

if TYPE_CHECKING:
    from canbao_rulebook.units import Unit

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
POLICY, NEXT = "huining-2021", "huining-2022"
AS_OF = "2020-11-20"
SECONDS = 900
USUAL, FINE = 80, 110  # dots an inch
CHANGES = (('"280.00"', '"320.00"'), ("end: 2021-12-10", "end: 2021-12-20"))  # of next year's notice
WHAT_IF = ("premium.standard.amount=320", "subsidy.categories.Q1.amount=220")


def picture_prints(folder: Path) -> None:
    """Take all, in the order of the year."""
    later = picture_policy(folder)
    book = load_rulebook(load_policy(POLICY))
    synthetic = plan_county(book, people=900, townships=6, mistakes=False)
    county, merged = folder / "county", folder / "县级汇总.xlsx"
    fill_county(book, synthetic, county)
    command("merge", county, "--policy", POLICY, "--out", merged)
    picture(merged, "目标达成", "goals.png", 230)
    picture_carried(folder, later, merged, synthetic.units)
    settings = [word for setting in WHAT_IF for word in ("--set", setting)]
    command("simulate", POLICY, merged, *settings, "--out", folder / "测算.xlsx")
    picture(folder / "测算.xlsx", "测算", "simulation.png", 500)
    command("reconcile", county, "--policy", POLICY, "--out", folder / "对账.xlsx")
    picture(folder / "对账.xlsx", "五个相符", "reconciled.png", 360)
    command("report", county, "--policy", POLICY, "--as-of", AS_OF, "--only", "R19", "--out", folder / "reports")
    [bulletin] = [path for path in (folder / "reports").rglob("*.xlsx") if "R19" in str(path)]
    picture(bulletin, "排名", "bulletin.png", 1080, USUAL)


def picture_policy(folder: Path) -> Path:
    """The workbook of next year's policy, and what a meeting is shown of it. Return the policy file."""
    file = folder / f"{NEXT}.yaml"
    command("policy", "new", NEXT, "--from", POLICY, "--out", file)
    command("policy", "workbook", file, "--out", folder / "政策.xlsx")
    picture(folder / "政策.xlsx", "缴费标准", "policy-book.png", 268)
    text = file.read_text(encoding="utf-8").split("\nconfirm:")[0] + "\nconfirm: []\n"
    for old, new in CHANGES:
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    command("policy", "diff", POLICY, file, "--out", folder / "对照.xlsx")
    picture(folder / "对照.xlsx", "个人缴费标准", "policy-diff.png", 880)
    return file


def picture_carried(folder: Path, policy: Path, merged: Path, units: list[Unit]) -> None:
    """What has to be told of last year's persons in this year's templates."""
    file = folder / "单位.csv"
    rows = [f"{unit.name},{village},{group}" for unit in units for village, groups in unit.groups for group in groups]
    file.write_text("\n".join(["乡镇,村,组", *rows]) + "\n", encoding="utf-8")
    words = ("--units", file, "--prefill", "submission", "--lists", merged, "--out", folder / "模板")
    command("generate", policy, *words)
    picture(folder / "模板" / "预填说明.xlsx", "人员群体变了", "carried.png", 420)


def command(*words: object) -> None:
    """Run a command that must write something."""
    if run([str(word) for word in words]) not in {0, 1}:
        raise SystemExit(f"{words[0]} wrote nothing.")


def picture(workbook: Path, text: str, name: str, height: int, dpi: int = FINE) -> None:
    """Take the upper part of the first page of a workbook on which something stands."""
    pages = print_pages(workbook, workbook.parent / f"pages-{name}", dpi)
    page = next(page for page in pages if text in pages[page])
    part = ("-trim", "+repage", "-crop", f"1600x{height}+0+0", "+repage")
    words = ["convert", str(page), *part, "-bordercolor", "white", "-border", "20", "-strip"]
    subprocess.run([*words, "+dither", "-colors", "255", str(IMAGES / name)], check=True)


def print_pages(workbook: Path, folder: Path, dpi: int) -> dict[Path, str]:
    """Return a picture of every page of a workbook, with its text."""
    pdf = to_pdf(workbook, folder, timeout_seconds=SECONDS)
    pictures = pdf_to_png(pdf, folder, dpi=dpi)
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
    return dict(zip(pictures, text.split("\f"), strict=False))
