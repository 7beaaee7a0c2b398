"""The command export: a CSV for another system, by the mapping in the policy file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin.actions.checking import require_folder
from canbao_addin.actions.export import export_folder, find_mapping
from canbao_addin.actions.handed_in import HandedIn
from canbao_addin.actions.policies import open_policy
from canbao_addin.cli.options import FILE, files_of, with_decisions, with_json, with_lang, with_passwords, with_taken
from canbao_addin.cli.output import Output, status_of, write_json
from canbao_validators.checking import Reading

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("folder", type=FILE, metavar="DIR")
@click.option("--policy", "policy_name", required=True, metavar="POLICY", help="政策年度的名称或政策文件的路径")
@click.option("--format", "name", required=True, help="用政策文件 export 里的哪个对照，如 national")
@click.option("--out", "target", required=True, type=FILE, help="写到哪个文件（.csv）")
@click.option("--lists", type=FILE, help="导入的名单所在的文件夹：谁已参保，以名单为准")
@with_decisions
@click.option("--encoding", type=click.Choice(["utf-8-sig", "gb18030", "gbk"]), help="文字编码；默认用对照里写的")
@with_json
@with_taken
@with_passwords
@with_lang
def export(
    folder: Path,
    policy_name: str,
    name: str,
    target: Path,
    lists: Path | None,
    decisions: Path | None,
    encoding: str | None,
    json_path: str | None,
    taken: tuple[Path, ...],
    passwords: tuple[str, ...],
    lang: str,
) -> int:
    """把已参保的人按政策文件里的对照表导出成 CSV；有待定的值、对照表里没有的值或写不出的字，就不写文件。"""
    output = Output(lang)
    require_folder(folder)
    loaded = open_policy(policy_name)
    mapping = find_mapping(loaded, name)
    used = encoding or mapping.encoding
    handed_in = HandedIn(folder, loaded, Reading(passwords), lists, decisions, taken, results=files_of(json_path))
    done = export_folder(handed_in, target, mapping, used, output.progress)
    if json_path:
        write_json(json_path, done.as_dict(lang))
    if json_path != "-":
        output.findings(done.findings)
        if done.findings:
            output.say("export_refused", path=target)
        else:
            output.say("exported", path=target, rows=done.rows, name=mapping.name, encoding=used)
            if done.quoted:
                output.say("export_quoted", count=done.quoted)
    return status_of(done.findings)
