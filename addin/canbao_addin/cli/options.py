"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from canbao_addin.actions.generate import read_passwords
from canbao_addin.actions.results import JSON_BEGINS, keep_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from canbao_validators.workbook import FilledWorkbook

_Command = TypeVar("_Command", bound="Callable[..., Any]")
FILE = click.Path(path_type=Path)
with_lang = click.option(
    "--lang", type=click.Choice(["zh", "en"]), default="zh", help="消息的语言：zh 中文（默认），en 英文"
)
with_own_policy = click.option(
    "--policy", "policy_name", metavar="POLICY", help="自己的政策文件的路径；默认用随软件提供的"
)


def _read(_context: click.Context, _option: click.Parameter, path: Path | None) -> tuple[str, ...]:
    return read_passwords(path) if path else ()


def _password_option(text: str) -> Callable[[_Command], _Command]:
    return click.option("--password-file", "passwords", type=FILE, callback=_read, help=text)


with_passwords = _password_option("文件有打开密码时：写着密码的文件，一行一个，依次试")
with_lock = _password_option(
    "写着密码的文件。FILE 有打开密码时用来打开（一行一个，依次试），保护密码不变；"
    "否则第一行是新文件的保护密码。不给就沿用原来的保护密码"
)


def _read_first(_context: click.Context, _option: click.Parameter, path: Path | None) -> str | None:
    return read_passwords(path)[0] if path else None


with_encryption = click.option(
    "--encrypt", type=FILE, callback=_read_first, metavar="F", help="给结果加打开密码：写着密码的文件（第一行）"
)

with_decisions = click.option(
    "--decisions",
    type=FILE,
    metavar="FILE",
    help="以前的县级汇总，填了县里决定（「资助决定」）和县里核定（「参保资助花名册」）的：照此办理",
)
with_taken = click.option(
    "--take",
    "taken",
    type=FILE,
    multiple=True,
    metavar="FILE",
    help="同一单位交了几个不同的工作簿时，用哪一个；可以写几次",
)


def _json_target(_context: click.Context, _option: click.Parameter, path: str | None) -> str | None:
    if path and path != "-":
        keep_text(Path(path), JSON_BEGINS)
    return path


with_json = click.option(
    "--json", "json_path", metavar="OUT", callback=_json_target, help="把结果写成 JSON；- 表示标准输出"
)


def files_of(json_path: str | None) -> tuple[Path, ...]:
    """Return the file that --json writes, so that it is not read as one that was handed in."""
    return (Path(json_path),) if json_path and json_path != "-" else ()


def new_lock(filled: FilledWorkbook, passwords: tuple[str, ...]) -> str | None:
    """Return the password to lock a result with, None to keep the lock: also where the file was opened with one."""
    return passwords[0] if passwords and not filled.encrypted else None
