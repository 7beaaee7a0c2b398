"""Documents of identity: what each standard says of its numbers, and the nearest number that must not raise."""

from datetime import date
from typing import Any

import pytest

from canbao_rulebook.documents import DOCUMENTS, birth_of, is_document, other_types, sex_of, trouble
from canbao_rulebook.evaluate import compute_columns
from canbao_rulebook.findings import Finding, Severity
from canbao_rulebook.functions.identity import upgrade_15
from canbao_rulebook.messages import render
from canbao_rulebook.names import unit_names
from canbao_rulebook.units import Unit
from canbao_rulebook.vocabulary import list_words, load_lists
from canbao_validators.documents import check_documents
from canbao_validators.duplicates import check_duplicates
from canbao_validators.row_findings import check_rows
from canbao_validators.suggesting import suggest_number
from support.every_message import all_rosters, load_cases
from support.frames import raw_frame

CARD, PERMIT, OLD_PR, PR = "620422194803079511", "830000199201309625", "KAZ110090123105", "911398199012310021"
OTHER = {"性别": "男", "出生日期": date(1978, 11, 12)}


def find(rows: list[dict[str, Any]], code: str = "R1") -> list[Finding]:
    """The findings of codes V02, V04, V05 and V07 of rows of a roster."""
    book = all_rosters("huining-2021")
    roster, names = book.rosters[code], {**book.names, **unit_names(Unit("甲镇", ("一村",)))}
    frame = compute_columns(roster, raw_frame(roster, [load_cases()["base"][code] | row for row in rows]), names)
    found = check_rows(roster, frame, names)
    found += check_documents(roster, frame, last_day=date(2021, 12, 31))
    found += check_duplicates(roster, frame)
    return [finding for finding in found if finding.code in {"V02", "V04", "V05", "V07", "V22"}]


def test_every_document_of_the_drop_down_has_its_form() -> None:
    assert set(list_words("cert_types")) == DOCUMENTS.keys()
    for lang in ("zh", "en"):
        assert load_lists()["document_forms"][lang].keys() == DOCUMENTS.keys() - {"居民身份证"}


@pytest.mark.parametrize(
    ("label", "number", "wrong"),
    [
        ("港澳台居民居住证", PERMIT, ""),
        ("港澳台居民居住证", "81000019880512958X", ""),
        ("港澳台居民居住证", "830000199201309626", "check"),
        ("港澳台居民居住证", "830100199201309625", "form"),
        ("港澳台居民居住证", "830000199202309625", "date"),
        ("港澳居民来往内地通行证", "H12345678", ""),
        ("港澳居民来往内地通行证", "M1234567890", ""),
        ("港澳居民来往内地通行证", "H123456789", "form"),
        ("港澳居民来往内地通行证", "K12345678", "form"),
        ("台湾居民来往大陆通行证", "12345678", ""),
        ("台湾居民来往大陆通行证", "1234567890A", ""),
        ("台湾居民来往大陆通行证", "1234567890", ""),
        ("台湾居民来往大陆通行证", "123456789", "form"),
        ("外国人永久居留身份证", OLD_PR, ""),
        ("外国人永久居留身份证", "CAN110081080310", ""),
        ("外国人永久居留身份证", "KAZ110090123106", "check"),
        ("外国人永久居留身份证", "KAZ110090133105", "date"),
        ("外国人永久居留身份证", "KA1110090123105", "form"),
        ("外国人永久居留身份证", PR, ""),
        ("外国人永久居留身份证", "911124198108030024", ""),
        ("外国人永久居留身份证", "911398199012310022", "check"),
        ("外国人永久居留身份证", "911398199013310021", "date"),
        ("外国人永久居留身份证", "990398199012310021", "form"),
        ("中国护照", "E12345678", ""),
        ("中国护照", "EA1234567", ""),
        ("中国护照", "PE1234567", ""),
        ("中国护照", "A1234567", ""),  # asked about, not refused
        ("中国护照", "E123", "form"),
        ("外国护照", "C01X00T47", ""),
        ("外国护照", "AB12", "form"),
        ("外国护照", "12345678901234567", ""),
        ("外国护照", "123456789012345678", "form"),
        ("出生医学证明", "X320101001", ""),
        ("出生医学证明", "X32010100", "form"),
        ("出生医学证明", "XX20101001", "form"),
        ("军官证", "军字第1234567号", ""),
        ("残疾人证", f"{CARD}43", ""),
        ("残疾人证", f"{CARD}83", "form"),
        ("残疾人证", f"{CARD}45", "form"),
        ("残疾人证", "62042219480307951243", "check"),
        ("港澳台人员社会保障号码", "HKG012345678", ""),
        ("港澳台人员社会保障号码", "MAC01234567", "form"),
        ("港澳台人员社会保障号码", "HKG112345678", "form"),
        ("户口簿", "随便", ""),
    ],
)
def test_each_standard(label: str, number: str, wrong: str) -> None:
    assert trouble(label, number) == wrong


def test_what_numbers_tell_of_their_holders() -> None:
    assert [str(birth_of("外国人永久居留身份证", number)) for number in (OLD_PR, PR)] == ["90-12-31", "1990-12-31"]
    assert [sex_of("外国人永久居留身份证", number) for number in (OLD_PR, "CAN110081080310", PR)] == ["女", "男", "女"]
    assert sex_of("残疾人证", f"{CARD}43") == "男"
    assert birth_of("外国护照", "C01X00T47") is None
    assert sex_of("居民身份证", f"{CARD[:-1]}2") == ""


def fixes(row: dict[str, Any]) -> str:
    return "；".join(render(found).fix for found in find([row]))


@pytest.mark.parametrize(
    ("kind", "number", "more", "words"),
    [
        ("居民身份证", PERMIT, {}, "“港澳台居民居住证”"),
        ("居民身份证", PR, {}, "“外国人永久居留身份证”"),
        ("居民身份证", "H12345678", {}, "“港澳居民来往内地通行证”"),
        ("居民身份证", "X320101001", {}, "“出生医学证明”"),
        ("居民身份证", OLD_PR, {}, "“外国人永久居留身份证”"),
        ("居民身份证", "HKG012345678", {}, "“港澳台人员社会保障号码”"),
        ("居民身份证", f"{CARD}43", {}, f"前18位{CARD}是身份证号码"),
        ("港澳台居民居住证", CARD, {}, "“居民身份证”"),
        ("港澳居民来往内地通行证", "E12345678", OTHER, "“中国护照”"),
        ("出生医学证明", CARD, OTHER, "“居民身份证”"),
        ("外国护照", OLD_PR, OTHER, "“外国人永久居留身份证”"),
        ("外国护照", "H12345678", OTHER, "“港澳居民来往内地通行证”"),
    ],
)
def test_another_type_is_proposed(kind: str, number: str, more: dict[str, Any], words: str) -> None:
    found = find([{"证件类型": kind, "证件号码": number, **more}])
    assert any(
        words in f"{render(finding).message}{render(finding).fix}" for finding in found if finding.header == "证件号码"
    )


@pytest.mark.parametrize(
    ("kind", "number", "sex", "birth"),
    [
        ("港澳台居民居住证", PERMIT, None, None),
        ("外国护照", "C01X00T47", "男", date(1990, 1, 2)),
        ("外国护照", "TR1234567", "女", date(1990, 1, 2)),
        ("中国护照", "E12345678", "女", date(1990, 1, 2)),
        ("外国人永久居留身份证", OLD_PR, "女", date(1990, 12, 31)),
        ("外国人永久居留身份证", PR, "女", date(1990, 12, 31)),
        ("出生医学证明", "X320101001", "女", date(2020, 10, 2)),
        ("残疾人证", f"{CARD}43", "男", date(1948, 3, 7)),
        ("台湾居民来往大陆通行证", "12345678", "男", date(1990, 1, 2)),
        ("军官证", "军字第1234567号", "男", date(1990, 1, 2)),
    ],
)
def test_a_right_document_raises_nothing(kind: str, number: str, sex: str | None, birth: date | None) -> None:
    row = {"证件类型": kind, "证件号码": number, "性别": sex, "出生日期": birth, "与户主关系": "其他"}
    assert find([row]) == []


def test_sex_and_birth_are_held_against_documents_that_carry_them() -> None:
    row = {"证件类型": "外国人永久居留身份证", "证件号码": PR, "与户主关系": "其他"}
    wrong = find([{**row, "性别": "男", "出生日期": date(1990, 12, 30)}])
    assert [(found.code, found.header) for found in wrong] == [("V04", "性别"), ("V04", "出生日期")]
    assert "按证件号码应为“1990-12-31”" in render(wrong[1]).message
    old = {**row, "证件号码": OLD_PR, "性别": "女"}
    assert [found.header for found in find([{**old, "出生日期": date(1990, 12, 30)}])] == ["出生日期"]


def test_a_guardian_may_have_another_document() -> None:
    right = ("H12345678", "12345678", OLD_PR, "C01X00T47", "123456789", CARD)
    assert [found for number in right for found in find([{"监护人证件号码": number}])] == []
    for wrong in (CARD[:-1], f"{CARD[:-1]}2", "1234567", "620422480307951"):
        assert [found.code for found in find([{"监护人证件号码": wrong}])] == ["V02"]


def test_a_foreign_passport_may_be_anything_but_what_a_check_digit_tells() -> None:
    assert list(other_types("外国护照", "C01X00T47", certain=False)) == []
    assert list(other_types("外国护照", "G12345678", certain=True)) == []  # Mexico's have this form, too
    assert list(other_types("外国护照", OLD_PR, certain=True)) == ["外国人永久居留身份证"]
    assert not is_document("1234567")


def test_old_numbers_of_centenarians_are_of_the_century_before() -> None:
    assert [upgrade_15(f"620422480307{serial}")[:14] for serial in ("995", "996", "999")] == [
        "62042219480307", "62042218480307", "62042218480307",
    ]  # fmt: skip


# --- characters that look right ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("62042219750125957Х", "62042219750125957X"),
        ("62042219750125957Χ", "62042219750125957X"),
        ("62042219750125957×", "62042219750125957X"),
        ("62042219750125957*", "62042219750125957X"),
        ("62O422l9480З079511", CARD),
        ("62〇4221948〇3〇79511", CARD),
        ("62○42219480307951丨", CARD),
        ("62042219480307951｜", CARD),
        ("62О42219480307951I", CARD),
        ("𝟔𝟐𝟎𝟒𝟐𝟐𝟏𝟗𝟒𝟖𝟎𝟑𝟎𝟕𝟗𝟓𝟏𝟏", CARD),
        ("٦٢٠٤٢٢١٩٤٨٠٣٠٧٩٥١١", CARD),
        ("620422-19480307-9511", CARD),
        ("620422.1948.0307.9511", CARD),
        ("62042219750125957Y", ""),
        ("620422-19480307-9512", ""),
        ("62042219480307951O", ""),  # the check digit would not fit
        ("62甲42219480307951l", ""),
        (CARD, ""),
    ],
)
def test_look_alikes_in_numbers(typed: str, meant: str) -> None:
    assert suggest_number(typed) == meant
    found = find([{"证件号码": typed, "户主证件号码": CARD}])
    assert any(f"可能是{meant}" in render(finding).fix for finding in found) == bool(meant)


def test_look_alikes_in_other_documents_and_accounts() -> None:
    row = {"证件类型": "港澳居民来往内地通行证", **OTHER}
    assert "可能是H12345678" in fixes({**row, "证件号码": "Н12345678"})
    assert "可能是" not in fixes({**row, "证件号码": "К1234567"})
    account = {"收款账户类型": "本人", "社保卡银行账号": "623O123400001112201"}
    assert "可能是6230123400001112201" in fixes(account)
    account["社保卡银行账号"] = "623O123400001112202"
    assert "可能是" not in fixes(account)


def test_two_numbers_or_a_remark_in_one_cell() -> None:
    assert "两个号码" in fixes({"证件号码": f"{CARD}62042219750125957X"})
    assert f"号码只填“{CARD}”，“已故”写到备注" in fixes({"证件号码": f"{CARD}（已故）"})


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("王\uf929", "王朗"),
        ("⼀⼆", "一二"),
        ("⻢云⺟", "马云母"),
        ("李ニ", "李二"),
        ("李○", "李〇"),
        ("JОHN SMITH", "JOHN SMITH"),
        ("ＪＯＨＮ", "JOHN"),
        ("张\ue816", "张\U00020087"),
        ("张\ue863\ue81e", "张䶮\u9fb4"),
        ("阿卜杜-热合曼", "阿卜杜·热合曼"),
    ],
)
def test_look_alikes_in_names(name: str, meant: str) -> None:
    assert [render(finding).fix.count(f"“{meant}”") for finding in find([{"姓名": name}]) if finding.code == "V05"] == [
        1
    ]


@pytest.mark.parametrize(
    "name",
    [
        "O'BRIEN, MARY ANN", "SMITH, JOHN A.", "ANNA-MARIA O’NEIL", "José Müller", "J.R. SMITH", "买买提·吐尔逊",
        "𠮷野家", "李\ufa0e", "\ufa11山", "䶮㛃𬍛", "王〇", "卜工二", "千又", "ANNA",
    ],
)  # fmt: skip
def test_a_name_as_its_document_prints_it_is_right(name: str) -> None:
    assert find([{"姓名": name}]) == []


@pytest.mark.parametrize("name", ["王,小明", "李'四", "张三1", "SMITH?", "王，五", "张三（户主）", "JOHN <SMITH>"])
def test_what_belongs_in_no_name_is_still_refused(name: str) -> None:
    assert [finding.severity for finding in find([{"姓名": name}]) if finding.code == "V05"] == [Severity.ERROR]


# --- one number, two persons ------------------------------------------------------------------------------------------

CHILD = {"姓名": "郑小鸣", "与户主关系": "女"}


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ({**CHILD, "人员群体": "新生儿", "出生日期": date(2020, 10, 2)}, "孩子那一行改填孩子自己的证件"),
        ({**CHILD}, "孩子那一行改填孩子自己的证件"),
        ({"姓名": "郑一鸣", "人员群体": "新生儿"}, "孩子那一行改填孩子自己的证件"),
        ({"姓名": "郑二", "出生日期": date(2020, 10, 2)}, "孩子那一行改填孩子自己的证件"),
        ({"姓名": "郑二鸣", "与户主关系": "配偶"}, "分别填两人自己的号码"),
        ({"姓名": "郑 一鸣"}, "请核实后只保留一行"),
        ({}, "请核实后只保留一行"),
    ],
)
def test_a_child_under_a_parents_number_is_told_how_to_be_entered(second: dict[str, Any], words: str) -> None:
    told = [found for found in find([{}, second]) if found.code == "V07"]
    assert [found.row for found in told] == [5, 6]
    assert all(words in render(found).fix for found in told)
    if "孩子" in words:
        assert all("“户主证件号码、监护人证件号码”" in render(found).fix for found in told)
        assert all(second["姓名"] in render(found).message for found in told)


def test_the_advice_is_spoken_in_english_too() -> None:
    told = [found for found in find([{}, CHILD]) if found.code == "V07"]
    assert "the number of the birth certificate" in render(told[0], "en").fix
    assert "what it is" not in render(told[0], "en").message
