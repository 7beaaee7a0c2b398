"""Invented personal names: surnames by frequency, given names by sex and generation, and a few rare ones."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_SURNAMES = {
    "王": 100, "李": 96, "张": 92, "刘": 60, "陈": 44, "杨": 42, "赵": 34, "马": 32, "周": 20, "吴": 20,
    "孙": 16, "朱": 16, "高": 15, "郭": 15, "何": 14, "罗": 13, "宋": 12, "梁": 11, "韩": 11, "冯": 10,
    "董": 10, "田": 9, "任": 9, "姜": 8, "姚": 8, "魏": 8, "杜": 8, "雷": 7, "白": 7, "安": 6,
    "牛": 6, "武": 6, "柳": 5, "景": 5, "苟": 5, "火": 3, "把": 2, "党": 4, "窦": 3, "漆": 2,
    "尚": 3, "慕": 2, "欧阳": 1, "令狐": 1, "司": 2, "南": 2, "路": 3, "常": 4, "石": 5, "康": 4,
}  # fmt: skip
_GIVEN = {
    ("男", 0): "守义 万福 生财 正清 世雄 国栋 存仁 玉山 占魁 满仓 有才 进财 德明 廷杰 克勤 志忠 步云 效先 得胜 维新",
    ("女", 0): "秀英 桂芳 玉兰 翠花 淑琴 素珍 凤英 菊香 兰芳 巧云 桂兰 秀兰 彩霞 月娥 玉梅 改改 引弟 粉莲 招娣 转花",
    ("男", 1): "建国 志强 卫东 建军 永平 振军 国庆 文斌 海龙 小军 宏伟 志刚 金平 晓东 彦龙 双喜 红军 旭东 建平 保国",
    ("女", 1): "丽霞 彩琴 红梅 小燕 晓玲 建红 亚琴 海霞 雪梅 永红 淑霞 爱萍 文娟 小红 春燕 玉霞 丽娟 变变 惠琴 月琴",
    ("男", 2): "子轩 浩然 宇航 梓睿 俊杰 博文 一鸣 家豪 思远 天佑 嘉乐 致远 明哲 泽宇 皓轩 子墨 铭泽 奕辰 晨阳 瑞霖",
    ("女", 2): "子涵 欣怡 雨桐 诗涵 梓萱 思雨 佳琪 一诺 晓琪 可馨 语嫣 若曦 梦瑶 静怡 嘉怡 雅婷 依诺 书瑶 艺涵 心怡",
}
_SINGLES = {"男": "军 强 磊 鹏 伟 斌 龙 辉 亮 峰 涛 刚 杰 勇 超", "女": "霞 娟 燕 丽 红 芳 梅 静 婷 敏 雪 琴 娜 蓉 莉"}
_CHARACTERS = {
    "男": "明志文国海永平学建德小玉金宝成旺天云林森亚俊宏凯彦军世昌元启正恒东耀荣祥瑞泽",
    "女": "秀玉桂芳兰丽晓小雪月彩红霞琴娟淑爱春梅英亚文佳怡雨欣诗梦思慧巧翠惠莲凤珍艳",
}
_DOTTED = ("阿依古丽·买买提", "努尔买买提·吐尔逊", "古丽娜尔·艾山", "马合木提·伊敏", "阿卜杜拉·热合曼")
_RARE = ("\U00020bb7", "䶮", "㛃", "\U0002cd0d", "喆", "犇", "垚", "翀")  # two of them are beyond the basic plane
GENERATIONS = (1966, 1998)


class Names:
    """Draws names; the same random stream gives the same names."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self._surnames = list(_SURNAMES)
        self._weights = list(accumulate(_SURNAMES.values()))
        self._given = {key: words.split() for key, words in _GIVEN.items()}
        self._singles = {sex: words.split() for sex, words in _SINGLES.items()}
        self._stock: list[str] = []

    def surname(self) -> str:
        """Return a surname, the frequent ones more often."""
        if not self._stock:
            self._stock = self.rng.choices(self._surnames, cum_weights=self._weights, k=512)
        return self._stock.pop()

    def full(self, surname: str, sex: str, birth_year: int) -> str:
        """Return surname and a given name that fits sex and generation; one in a hundred is a rare one."""
        draw = self.rng.random()
        if draw < 0.45:
            words = self._given[sex, (birth_year >= GENERATIONS[0]) + (birth_year >= GENERATIONS[1])]
            return surname + words[int(draw / 0.45 * len(words))]
        if draw < 0.55:
            words = self._singles[sex]
            return surname + words[int((draw - 0.45) * 10 * len(words))]
        letters = _CHARACTERS[sex]
        first = letters[int(self.rng.random() * len(letters))]
        if draw > 0.992:
            return surname + first + _RARE[int((draw - 0.992) / 0.008 * len(_RARE)) % len(_RARE)]
        return surname + first + letters[int((draw - 0.55) / 0.45 * len(letters)) % len(letters)]

    def dotted(self) -> str:
        """Return a name with the separator of the standard."""
        return _DOTTED[int(self.rng.random() * len(_DOTTED))]
