"""The names by which a generated workbook is recognised again: the generator writes them, the validators read them.

``_meta`` holds one key a row in column A, its values from column B on, all texts: ``schema``, ``policy_id``,
``policy_sha256``, ``unit``, ``unit_kind`` (township, village, school or agency), ``target``, ``generator``; ``insurer``
and ``account`` where the unit has one; of a village ``parent``,
``parent_target`` and ``parent_villages`` (its township, the headcount and all villages of that); ``lock_salt`` and
``lock_digest`` (the hashed password that the sheets are locked with, as the sheets state it too; absent without one);
``formulas`` (``cells`` where no formula of a row stands in a defined name, absent otherwise);
one ``roster`` row for each roster: code, edition (canbao_rulebook.edition; a number in older workbooks), sheet, first
data row, last data row (the row limit) and the hash of the header row; one ``village`` row for each village, with its
groups; and last ``digest``, which seals the others.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

META_SHEET = "_meta"
META_SCHEMA = "canbao-workbook/2"  # from 2 on with villages and digest
ROSTER_KEY = "roster"
COVER_CODE_NAME, COVER_OWNER_NAME, COVER_PHONE_NAME = "校验码", "责任人", "责任人电话"
COVER_SHEET, GUIDE_SHEET, SUMMARY_SHEET, PARAMETER_SHEET, CODE_SHEET = "封面", "填表说明", "汇总", "政策参数", "代码表"
RESULT_SHEET = "检查结果"
COUNTING_NAME = "汇总计算"  # the cell that says whether 汇总 counts
OWN_SHEETS = (COVER_SHEET, GUIDE_SHEET, SUMMARY_SHEET, RESULT_SHEET, PARAMETER_SHEET, CODE_SHEET, META_SHEET)
LOCK_SALT_KEY, LOCK_DIGEST_KEY = "lock_salt", "lock_digest"
FORMULAS_KEY, IN_CELLS = "formulas", "cells"
INSURER_KEY, ACCOUNT_KEY = "insurer", "account"
VILLAGE_KEY, DIGEST_KEY = "village", "digest"
PARENT_KEY, PARENT_TARGET_KEY, PARENT_VILLAGES_KEY = "parent", "parent_target", "parent_villages"
ORIGIN_WORD = "canbao"  # before the command's name, in the keywords of what the command writes
WRITTEN_ON = "1980-01-01T00:00:00Z"  # nothing that we write bears a clock's time: a program that saves it gives one
_DIGEST_LENGTH = 8
_HEADERS_LENGTH = 16


def seal_rows(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the row that seals the rows above it: its key, a digest of the digests, and one digest for each row.

    Nothing in it is secret: it is evidence of careless changes and says in which row they are, not of forgery.
    """
    digests = [digest_row(row) for row in rows]
    return [DIGEST_KEY, digest_row(digests), " ".join(digests)]


def digest_row(cells: Sequence[str]) -> str:
    """Return the first hexadecimal digits of the SHA-256 of a row's texts; blank cells at its end do not count."""
    text = "\n".join(cells).rstrip("\n")
    return sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]


def hash_headers(headers: Sequence[str]) -> str:
    """Return the first hexadecimal digits of the SHA-256 of a header row, from left to right, joined by line feeds."""
    return sha256("\n".join(headers).encode()).hexdigest()[:_HEADERS_LENGTH]
