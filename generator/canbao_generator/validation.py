"""What a cell refuses at entry, and the prompt beside it. Formulas name nothing on other sheets but defined names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpyxl.worksheet.datavalidation import DataValidation

from canbao_rulebook.kinds import ColumnType
from canbao_rulebook.roster import FIRST_ROW

if TYPE_CHECKING:
    from canbao_generator.layout import RosterLayout
    from canbao_rulebook.roster import Column

MAX_TITLE, MAX_TEXT = 32, 255
FIRST_DAY, LAST_DAY = 61, 73_050  # 1900-03-01, 2099-12-31
_OWN_PART = "实缴金额不是0，也不是个人应缴。请核对档次、身份和凭证。确定要这样填吗？"
_PREMIUM = "缴费标准"  # the name, where a roster has no column of its own for it
_GROUP_LIST = "组"


def build_validation(column: Column, layout: RosterLayout) -> DataValidation:
    """Return the validation of an input column, without its range."""
    rule = _list_rule(column, layout) if column.list_name else _value_rule(column, layout)
    validation = DataValidation(
        allow_blank=True, showInputMessage=True, showErrorMessage=rule.get("type") is not None, **rule
    )
    validation.promptTitle = column.header[:MAX_TITLE]
    validation.prompt = describe(column)[:MAX_TEXT] or None
    validation.errorTitle = f"{column.header}填写有误"[:MAX_TITLE]
    return validation


def describe(column: Column) -> str:
    """Return in a sentence how a column is to be filled in."""
    hint = column.hint or ("从下拉列表选择" if column.list_name else "")
    if not hint:
        hint = {
            ColumnType.DATE: "按 2020-09-01 的样子填写日期",
            ColumnType.MONEY: "填写金额（元），没有的留空",
            ColumnType.INTEGER: "填写整数",
        }.get(column.type, "")
    return f"必填。{hint}" if column.required else hint


def _list_rule(column: Column, layout: RosterLayout) -> dict[str, Any]:
    name = column.list_name or ""
    style = "stop" if column.strict_list else "warning"
    error = "请从下拉列表选择。" if column.strict_list else "列表里没有这一项，确定要这样填吗？"
    return {"type": "list", "formula1": _list_source(name, column, layout), "errorStyle": style, "error": error}


def _list_source(name: str, column: Column, layout: RosterLayout) -> str:
    letters = layout.letters
    if name == _GROUP_LIST:
        place = f"MATCH(${letters['village']}{FIRST_ROW},村名单,0)"
        return f"IF(ISNUMBER({place}),OFFSET(组起点,{place},0,1,INDEX(村组数,{place})),常用组名单)"
    if column.field == "reason" and "class" in letters:
        kind = f"${letters['class']}{FIRST_ROW}"
        return f'IF({kind}="异地参保",异地参保原因,IF({kind}="无法参保",无法参保原因,{name}))'
    return name


def _value_rule(column: Column, layout: RosterLayout) -> dict[str, Any]:
    cell = f"${layout.letters[column.field]}{FIRST_ROW}"
    if column.type is ColumnType.DATE:
        error = "请按 2020-09-01 的样子填写日期。"
        return _between("date", FIRST_DAY, LAST_DAY, error)
    if column.type is ColumnType.INTEGER:
        first, last = (1900, 2199) if column.field.endswith("year") else (0, 99_999_999)
        return _between("whole", first, last, "请填写4位年份。" if first else "请填写整数。")
    if column.field == "self_paid":
        own = layout.letters.get("self_due")
        if layout.premium_differs:
            return _custom(f"OR({cell}=0,IFERROR({cell}=${own}{FIRST_ROW},TRUE))", _OWN_PART, "warning") if own else {}
        due = layout.roster.by_field.get("premium")
        formula = f"OR({cell}=0,IFERROR({cell}={due.formula if due else _PREMIUM},TRUE))"
        return _custom(formula, "实缴金额只能是0或缴费标准。请核对凭证：多收的退还，少收的补缴。")
    if column.type is ColumnType.MONEY:
        return {
            "type": "decimal",
            "operator": "greaterThanOrEqual",
            "formula1": "0",
            "error": "请填写金额，不能是负数。",
        }
    return _text_rule(column, layout, cell)


def _text_rule(column: Column, layout: RosterLayout, cell: str) -> dict[str, Any]:
    if column.field == "cert_no":
        kind = f"${layout.letters['cert_type']}{FIRST_ROW}"
        long = f'OR({kind}="",SUMPRODUCT(--EXACT(十八位证件,{kind}))>0)'
        formula = f"AND(ISTEXT({cell}),IF({long},LEN(TRIM({cell}))=18,LEN({cell})<=20))"
        return _custom(formula, "请按文本录入：身份证号码为18位，末位X用大写；其他证件先选证件类型。")
    if column.field == "card_account":
        formula = f"AND(ISTEXT({cell}),LEN(TRIM({cell}))>=12,LEN(TRIM({cell}))<=23)"
        return _custom(formula, "银行账号一般为16至19位数字，按文本录入。确定要这样填吗？", "warning")
    if column.identifier:
        return _custom(f"AND(ISTEXT({cell}),LEN({cell})<=20)", "请按文本录入证件号码，不超过20位。")
    longest = {"name": 50, "household_no": 30}.get(column.field)
    if longest:
        return {
            "type": "textLength",
            "operator": "lessThanOrEqual",
            "formula1": str(longest),
            "error": f"不能超过{longest}个字。",
        }
    return {}


def _between(kind: str, first: int, last: int, error: str) -> dict[str, Any]:
    return {"type": kind, "operator": "between", "formula1": str(first), "formula2": str(last), "error": error}


def _custom(formula: str, error: str, style: str = "stop") -> dict[str, Any]:
    return {"type": "custom", "formula1": formula, "error": error, "errorStyle": style}
