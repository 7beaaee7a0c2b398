"""Characters in names that look right and are not: which was probably meant (identity.md section 6).

Only proposed, never put in: a name stays as it was typed. Unified ideographs, rare ones and those twelve that stand in
the compatibility block by mistake are legitimate.
"""

from __future__ import annotations

import re
import unicodedata

from canbao_rulebook.look_alikes import LATIN

PRIVATE_USE = {  # code points of GBK and GB 18030-2000 that have been standard characters since
    "\ue863": "䶮", "\ue81e": "\u9fb4", "\ue826": "\u9fb5", "\ue82b": "\u9fb6", "\ue82c": "\u9fb7", "\ue832": "\u9fb8",
    "\ue843": "\u9fb9", "\ue854": "\u9fba", "\ue864": "\u9fbb", "\ue816": "\U00020087", "\ue817": "\U00020089",
    "\ue818": "\U000200cc", "\ue831": "\U000215d7", "\ue83b": "\U0002298f", "\ue855": "\U000241fe",
}  # fmt: skip
_RADICALS = dict(  # CJK radicals, as PDF files hold them, and the characters that they are copied for
    zip(
        "⺁⺃⺄⺅⺊⺌⺎⺐⺒⺓⺘⺛⺜⺝⺠⺧⺩⺪⺬⺭⺮⺯⺶⺸⺻⺼⺽⻁⻂⻄⻅⻆⻈⻉⻊⻋⻌⻑⻓⻔⻕⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲",
        "厂乚乙亻卜小兀尢巳幺扌旡日月民牛王疋示礻竹糹羊羋聿月臼虎衤西见角讠贝足车辶長长门阜雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀",
        strict=True,
    )
)
_BESIDE_HAN = {  # only among Chinese characters
    **dict(zip("○◯０Ｏ", "〇〇〇〇", strict=True)),
    **dict(zip("ニロエカトタハミチヌㄧㄚㄠ", "二口工力卜夕八三千又一丫幺", strict=True)), "ー": "一",
    **dict.fromkeys("-－–—‐‑−_", "·"),
}  # fmt: skip
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_BETWEEN_HAN = re.compile(
    f"(?<=[{_HAN}])[{re.escape(''.join(_BESIDE_HAN))}]|[{re.escape(''.join(_BESIDE_HAN))}](?=[{_HAN}])"
)


def standard_character(character: str) -> str:
    """Return the standard character for one of private use, a radical or a compatibility form; itself otherwise."""
    if character in PRIVATE_USE:
        return PRIVATE_USE[character]
    if "\u2e80" <= character <= "\u2fdf":
        return _RADICALS.get(character) or unicodedata.normalize("NFKC", character)
    if "\uf900" <= character <= "\ufaff" or "\U0002f800" <= character <= "\U0002fa1f":
        return unicodedata.normalize("NFC", character)
    if "\uff21" <= character <= "\uff5a":
        return unicodedata.normalize("NFKC", character)
    return character


def meant_name(name: str) -> str:
    """Return the name with the characters that were probably meant, "" where nothing is to be proposed."""
    meant = _BETWEEN_HAN.sub(lambda found: _BESIDE_HAN[found[0]], name)
    meant = "".join(map(standard_character, meant))
    if re.search("[A-Za-z]", meant) and not re.search(f"[{_HAN}]", meant):
        meant = "".join(map(_latin, meant))
    return meant if meant != name else ""


def _latin(character: str) -> str:
    found = LATIN.get(ord(character), character)
    return found.lower() if character.islower() else found
