"""What a command says when it was written wrongly: what is wrong, and what may stand there."""

import click
import pytest

from canbao_addin.actions.units import HEADERS
from canbao_addin.cli.commands import cli
from canbao_addin.cli.main import run

CASES = [
    (["import", "--kind", "taxx"], "“--kind”的值不对。可以写：", "tax"),
    (["generate", "huining-2021", "--out", "x", "--lang", "fr"], "“--lang”的值不对。可以写：zh、en。", ""),
    (
        ["reconcile", "x", "--policy", "huining-2021", "--as-of", "31.10.2020", "--out", "y.xlsx"],
        "日期写成 2020-10-31",
        "",
    ),
    (["demo", "--people", "0"], "“--people”的值不对。应是 1 到 500000 的整数。", ""),
    (["merge", "x", "--polcy", "huining-2021"], "没有选项“--polcy”。是不是“--policy”？", ""),
    (["mrege"], "没有命令“mrege”。是不是“merge”？", "canbao --help"),
    (["policy", "chekc"], "没有命令“chekc”。是不是“check”？", "canbao policy --help"),
    (["merge", "x", "--zzzz"], "没有选项“--zzzz”。用 canbao merge --help", ""),
    (["merge", "--out", "x"], "缺少“DIR”", "canbao merge --help"),
]


@pytest.mark.parametrize(
    ("words", "said", "more"), CASES, ids=lambda case: " ".join(case) if isinstance(case, list) else ""
)
def test_what_may_stand_there_is_said(
    words: list[str], said: str, more: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == 2
    told = capsys.readouterr().err
    assert len(told.strip().splitlines()) == 1
    assert said in told
    assert more in told


def test_in_english_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "en", "mrege"]) == 2
    assert capsys.readouterr().err == (
        "The command is not right: there is no command “mrege”. Did you mean “merge”? See canbao --help.\n"
    )


@pytest.mark.parametrize("day", ["2020-10-31", "2020/10/31", "2020.10.31", "20201031", "2020年10月31日"])
def test_a_day_may_be_written_as_people_do(day: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["reconcile", "没有", "--policy", "huining-2021", "--as-of", day, "--out", "y.xlsx"]
    assert run(words) == 2
    assert "找不到" in capsys.readouterr().err, "the day was understood, the folder is not there"


def _commands(group: click.Group, *above: str) -> list[tuple[tuple[str, ...], click.Command]]:
    ctx, found = click.Context(group), []
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        found += _commands(command, *above, name) if isinstance(command, click.Group) else [((*above, name), command)]
    return found


CHOICES = [
    (words, option, kind.choices)
    for words, command in _commands(cli)
    for option in command.params
    if isinstance(kind := option.type, click.Choice)
]
DAYS = [
    (w, option) for w, command in _commands(cli) for option in command.params if isinstance(option.type, click.DateTime)
]


def test_every_option_that_takes_words_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert {words for words, option, _ in CHOICES if option.name != "lang"} >= {
        ("import",),
        ("generate",),
        ("addin", "install"),
    }
    for words, option, choices in CHOICES:
        for lang in ("zh", "en"):
            assert run(["--lang", lang, *words, option.opts[0], "没有的"]) == 2
            told = capsys.readouterr().err
            assert all(str(one) in told for one in choices), words
            assert ("、" in told) == (lang == "zh")


def test_every_day_says_how_it_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert {words for words, _ in DAYS} == {("reconcile",), ("report",)}
    for words, option in DAYS:
        assert run([*words, option.opts[0], "下个月"]) == 2
        assert "日期写成 2020-10-31" in capsys.readouterr().err


def test_the_help_names_every_column_of_a_list_of_units(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["generate", "--help"]) == 0
    said = "".join(capsys.readouterr().out.split())
    assert [header for header in HEADERS.values() if header not in said] == []
