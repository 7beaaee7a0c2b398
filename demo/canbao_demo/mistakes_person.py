"""Mistakes in names, places, households and in what must be filled in: V01, V05, V06, V07, V08, V26."""

from __future__ import annotations

from datetime import timedelta

from canbao_demo.desk import Desk, mistake, text_of, unpay

_ID, _NAME, _HOUSEHOLD = "证件号码", "姓名", "户编号"


@mistake("家庭住址未填")
def no_address(desk: Desk) -> None:
    row = desk.single()
    del row["家庭住址"]
    desk.plant(row, "家庭住址", "V01.required")


@mistake("姓名未填")
def no_name(desk: Desk) -> None:
    row = desk.spouse()
    del row[_NAME]
    desk.plant(row, _NAME, "V01.required")


@mistake("证件号码未填")
def no_number(desk: Desk) -> None:
    row = desk.spouse()
    del row[_ID]
    desk.plant(row, _ID, "V01.required")


@mistake("出生医学证明没有填性别")
def no_sex(desk: Desk) -> None:
    row = desk.baby(born=25, registered=False)
    del row["性别"]
    desk.plant(row, "性别", "V01.required")


@mistake("外地户籍人员没有填户籍所在地")
def no_home(desk: Desk) -> None:
    row = desk.outsider()
    del row["户籍所在地"]
    desk.plant(row, "户籍所在地", "V01.required", roster="R2")


@mistake("异地参保人员没有填参保地")
def no_insured_place(desk: Desk) -> None:
    row = desk.exempt("职工医保")
    del row["参保地"]
    desk.plant(row, "参保地", "V01.required", roster="R3")


@mistake("人员群体选“其他”，没有写备注")
def no_remark(desk: Desk) -> None:
    row = desk.single()
    row["人员群体"] = "其他"
    desk.plant(row, "备注", "V01.required")


@mistake("有资助身份，没有佐证材料")
def no_evidence(desk: Desk) -> None:
    row = desk.single("Q1")
    del row["佐证材料"]
    desk.plant(row, "佐证材料", "V01.evidence")


@mistake("全户没有联系电话")
def no_phone(desk: Desk) -> None:
    rows = desk.household(2)
    del rows[0]["联系电话"]
    desk.plant(rows[0], "联系电话", "V01.phone")


@mistake("姓名用了造字区字符")
def private_use(desk: Desk) -> None:
    row = desk.spouse()
    row[_NAME] = text_of(row, _NAME)[0] + "\ue863"
    desk.plant(row, _NAME, "V05.private_use")


@mistake("姓名后面写了括号说明")
def brackets(desk: Desk) -> None:
    row = desk.spouse()
    row[_NAME] = f"{row[_NAME]}（迁入）"
    desk.plant(row, _NAME, "V05.forbidden")


@mistake("姓名里生僻字变成问号")
def question_mark(desk: Desk) -> None:
    row = desk.outsider()
    row[_NAME] = text_of(row, _NAME)[0] + "?"
    desk.plant(row, _NAME, "V05.forbidden", roster="R2")


@mistake("姓名超过50个字")
def endless_name(desk: Desk) -> None:
    row = desk.spouse()
    row[_NAME] = "·".join(["阿卜杜热西提"] * 8)
    desk.plant(row, _NAME, "V05.too_long")


@mistake("姓名超过25个字")
def long_name(desk: Desk) -> None:
    row = desk.spouse()
    row[_NAME] = "·".join(["阿卜杜热西提"] * 4)
    desk.plant(row, _NAME, "V05.long")


@mistake("姓名里用拼音代替生僻字")
def pinyin(desk: Desk) -> None:
    row = desk.spouse()
    row[_NAME] = text_of(row, _NAME)[0] + "yan"
    desk.plant(row, _NAME, "V05.unusual")


@mistake("姓名只有一个字")
def one_character(desk: Desk) -> None:
    row = desk.spouse()
    row[_NAME] = text_of(row, _NAME)[0]
    desk.plant(row, _NAME, "V05.one_character")


@mistake("乡镇名称被改写")
def other_township(desk: Desk) -> None:
    row = desk.single()
    row["乡镇(街道)"] = "城关镇"
    desk.plant(row, "乡镇(街道)", "V06.township")


@mistake("村名不在本乡镇")
def unknown_village(desk: Desk) -> None:
    row = desk.single()
    row["村(社区)"] = "高庙村"
    desk.plant(row, "村(社区)", "V06.village")


@mistake("异地参保人员的村名录错")
def unknown_village_exempt(desk: Desk) -> None:
    row = desk.exempt("异地居民医保")
    row["村(社区)"] = f"{text_of(row, '村(社区)')[:-1]}庄"
    desk.plant(row, "村(社区)", "V06.village", roster="R3")


@mistake("组不在该村")
def unknown_group(desk: Desk) -> None:
    row = desk.single()
    row["组"] = "十二组"
    desk.plant(row, "组", "V06.group")


@mistake("同一人在表中登记两次")
def twice(desk: Desk) -> None:
    first, second = desk.spouse(), desk.spouse()
    for header in (_NAME, _ID):
        second[header] = first[header]
    desk.plant(first, _ID, "V07.duplicate")
    desk.plant(second, _ID, "V07.duplicate")


@mistake("同一外地户籍人员登记两次")
def outsider_twice(desk: Desk) -> None:
    first, second = desk.outsider(), desk.outsider()
    for header in (_NAME, _ID):
        second[header] = first[header]
    desk.plant(first, _ID, "V07.duplicate", roster="R2")
    desk.plant(second, _ID, "V07.duplicate", roster="R2")


@mistake("已参加职工医保的人同时登记应保对象")
def in_two_rosters(desk: Desk) -> None:
    household = desk.members(2)
    member = household.members[1]
    member.fate = "职工医保"
    exempt = desk.settle(household)[1]
    member.fate = ""
    row = desk.life.clerk.applicant(household, member, "")
    desk.life.clerk.write_payment(row, desk.facts.day(30), desk.facts.counter)
    desk.households[-1].append(("R1", row))
    desk.plant(row, _ID, "V08.two_rosters")
    desk.plant(exempt, _ID, "V08.two_rosters", roster="R3")


@mistake("户内有一人没有缴费")
def incomplete(desk: Desk) -> None:
    rows = desk.household(3)
    for header in ("缴费方式", "缴费日期", "实缴金额", "凭证号码", "收缴人/代征人", "收款时间", "解缴批次"):
        rows[2].pop(header, None)
    desk.plant(rows[2], _HOUSEHOLD, "V26.incomplete")


@mistake("户内有人拒绝参保，有情况说明")
def refused(desk: Desk) -> None:
    rows = desk.household(3)
    unpay(rows[2])
    rows[2] |= {"参保意愿": "拒绝参保", "情况说明": "上门三次，仍不愿参保"}
    desk.plant(rows[2], _HOUSEHOLD, "V26.refused")


@mistake("户内有人过了缴费期才缴费，有情况说明")
def past_every_limit(desk: Desk) -> None:
    rows = desk.household(3)
    rows[2] |= {"缴费日期": desk.facts.closes + timedelta(days=2), "情况说明": "外出务工，回来才缴"}
    desk.plant(rows[2], "缴费日期", "V23.confirmed")
    desk.plant(rows[2], _HOUSEHOLD, "V26.too_late")


@mistake("户内没有户主")
def no_head(desk: Desk) -> None:
    household = desk.members(2)
    head = household.head
    rows = desk.settle(household)
    desk.households[-1] = [entry for entry in desk.households[-1] if entry[1] is not rows[0]]
    rows[1]["联系电话"] = desk.life.people.numbers.mobile()
    assert rows[1]["户主证件号码"] == head.cert_no
    desk.plant(rows[1], _HOUSEHOLD, "V26.no_head")


@mistake("户内有两个户主")
def two_heads(desk: Desk) -> None:
    rows = desk.household(2)
    rows[1] |= {"与户主关系": "户主", "户主姓名": rows[1][_NAME], "户主证件号码": rows[1][_ID]}
    desk.plant(rows[1], _HOUSEHOLD, "V26.two_heads")
