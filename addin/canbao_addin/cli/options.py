"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path

import click

FILE = click.Path(path_type=Path)
with_lang = click.option(
    "--lang", type=click.Choice(["zh", "en"]), default="zh", help="消息的语言：zh 中文（默认），en 英文"
)
with_own_policy = click.option(
    "--policy", "policy_name", metavar="POLICY", help="自己的政策文件的路径；默认用随软件提供的"
)
with_password = click.option("--password-file", type=FILE, help="写着保护密码的文件（第一行）；不给就沿用原来的密码")
