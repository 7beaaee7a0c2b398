"""Personal names (identity.md section 6): never normalised here, only looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.formula.nodes import Type
from canbao_rulebook.functions.registry import Argument, Function, Want, never, never_seen, register
from canbao_rulebook.functions.text import found_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

FORBIDDEN = '0123456789?？□〓�()（）[]【】{}<>*＊/\\，;；:：!！@#$%^&+=|~`"'
_FORBIDDEN_CLASS = r"[0-9?？□〓\x{FFFD}()（）\[\]【】{}<>*＊/\\，;；:：!！@#$%^&+=|~`\"\x{FF10}-\x{FF19}]"
_IN_FOREIGN_NAMES = "[,'\u2019]"  # as passports print them: O'BRIEN, MARY ANN
_FOREIGN = r"^\p{Latin}[\p{Latin}\p{M} .,'\x{2019}\x{00B7}\-]*$"
_PRIVATE_USE = r"[\x{E000}-\x{F8FF}\x{F0000}-\x{10FFFD}]"
_CHARACTERS = (  # GB 18030, the separator, 〇, Latin letters of foreigners
    r"\x{3400}-\x{4DBF}\x{4E00}-\x{9FFF}\x{20000}-\x{323AF}\x{F900}-\x{FAFF}\x{2F800}-\x{2FA1F}"
    r"\x{3007}\x{00B7}\p{Latin}\p{M} .,\-'\x{2019}"
)
_REPERTOIRE = f"^[{_CHARACTERS}]*$"
_SEPARATOR_TROUBLE = r"^\x{00B7}|\x{00B7}$|\x{00B7}\x{00B7}"
_LATIN = r"\p{Latin}"
# The twelve of the block that are unified ideographs are left out.
_COMPATIBILITY = (
    r"[\x{F900}-\x{FA0D}\x{FA10}\x{FA12}\x{FA15}-\x{FA1E}\x{FA20}\x{FA22}\x{FA25}\x{FA26}\x{FA2A}-\x{FAFF}"
    r"\x{2F800}-\x{2FA1F}]"
)
_FULL_WIDTH = r"[\x{FF21}-\x{FF3A}\x{FF41}-\x{FF5A}]"
_HYPHENED = r"[\x{3400}-\x{4DBF}\x{4E00}-\x{9FFF}\x{20000}-\x{323AF}][\-]"
_HAN = r"[\x{3400}-\x{4DBF}\x{4E00}-\x{9FFF}\x{20000}-\x{323AF}]"


def _forbidden_excel(args: Sequence[str]) -> str:
    return f"SUMPRODUCT(--{found_in('姓名禁用字', args[0], never_empty=True)})>0"


def _forbidden(args: Sequence[Argument]) -> pl.Expr:
    text = args[0].expr
    printed = text.str.contains(_IN_FOREIGN_NAMES) & ~text.str.contains(_FOREIGN)
    return text.str.contains(_FORBIDDEN_CLASS) | printed


def _unusual(args: Sequence[Argument]) -> pl.Expr:
    text = args[0].expr
    said_already = _forbidden(args) | text.str.contains(_PRIVATE_USE)
    outside = ~text.str.contains(_REPERTOIRE) & ~said_already
    mixed = text.str.contains(_LATIN) & text.str.contains(_HAN)
    odd = f"{_SEPARATOR_TROUBLE}|{_COMPATIBILITY}|{_FULL_WIDTH}|{_HYPHENED}"
    return outside | mixed | text.str.contains(odd)


register(
    Function(
        "NAME_FORBIDDEN",
        (Want.TEXT,),
        Type.BOOL,
        _forbidden_excel,
        _forbidden,
        "姓名里有数字、问号、方框、括号等不该有的字符；表内查常见的那些",
        in_sheet=lambda args: args[0].expr.str.contains_any(list(FORBIDDEN)),
    )
)
register(
    Function(
        "NAME_PRIVATE_USE",
        (Want.TEXT,),
        Type.BOOL,
        never,
        lambda args: args[0].expr.str.contains(_PRIVATE_USE),
        "姓名里有造字区字符；表内查不出",
        in_sheet=never_seen,
    )
)
register(
    Function(
        "NAME_UNUSUAL",
        (Want.TEXT,),
        Type.BOOL,
        never,
        _unusual,
        "姓名里有少见的字符、位置不对的间隔号或汉字夹字母；表内查不出",
        in_sheet=never_seen,
    )
)
