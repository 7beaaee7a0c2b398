"""The rows of R1, R2 and R3 of every township as clerks fill them, as whole columns."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from bench.numbers import accounts, citizen_numbers
from bench.population import CASH, ELSEWHERE, OPENS, SEED, WINDOW, full_names, members, outsiders, phones, pick

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.county import Township

PREMIUM = 280.0
_HOMES = ("甘肃省定西市安定区", "甘肃省平凉市静宁县", "河南省驻马店市上蔡县", "陕西省宝鸡市陇县")
_MINOR_FROM = date(2005, 1, 1)  # who was born from here on uses the account of the head of the household
_DIRECT = ("农村一类保障对象", "特困供养人员")


def make_people(townships: Sequence[Township]) -> dict[str, pl.DataFrame]:
    """Return R1, R2 and R3 of all townships by code: input columns by field, in sheet order, with ``unit``.

    R1 also has ``spare``: which set-aside kind of household (0 to 3) a row belongs to, -1 for all others.
    """
    rng = np.random.default_rng(SEED)
    local = pl.concat([members(township, rng) for township in townships])
    count = local.height
    everybody = pl.concat([local.select("birth", "male", "prefix"), outsiders(townships, rng)])
    everybody = everybody.with_columns(
        cert_no=citizen_numbers(everybody), name=full_names(everybody, rng), phone=phones(everybody.height, rng)
    )
    named = local.hstack(everybody.head(count).select("cert_no", "name", "phone"))
    named = named.with_columns(account=accounts(count))
    full = _with_heads(named)
    r1 = full.filter(~pl.col("exempt"))
    return {
        "R1": fill_r1(r1, rng),
        "R2": fill_r2(everybody.slice(count), townships, rng),
        "R3": fill_r3(full.filter("exempt")),
    }


def _with_heads(people: pl.DataFrame) -> pl.DataFrame:
    """Add what everybody's row says of the head of the household, and what they are to each other."""
    keys = ["unit", "household"]
    relation = (
        pl.when(pl.col("place") == 0)
        .then(pl.lit("户主"))
        .when(pl.col("place") == 1)
        .then(pl.lit("配偶"))
        .when(pl.col("place") >= 4)
        .then(pl.lit("父母"))
        .when(pl.col("male"))
        .then(pl.lit("子"))
        .otherwise(pl.lit("女"))
    )
    return people.with_columns(
        head_name=pl.col("name").first().over(keys),
        head_cert_no=pl.col("cert_no").first().over(keys),
        head_account=pl.col("account").first().over(keys),
        relation=relation,
        cert_type=pl.lit("居民身份证"),
    )


def fill_r1(people: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Return R1: household, person, identity, account, payment."""
    count = people.height
    claims = pl.col("identity_1") != ""
    pays = ~pl.col("identity_1").is_in(_DIRECT)
    card = (claims & pays) | pl.col("has_card")
    minor = (pl.col("birth") >= _MINOR_FROM) & (pl.col("place") > 0)
    number = pl.int_range(1, pl.len() + 1)
    tags = ("普通居民", "普通居民", "外出务工")
    return people.with_columns(
        ethnic=pick(("汉族", "回族"), (rng.random(count) > 0.93).astype(np.int64)),
        address=pl.concat_str("unit", "village", "group", "household_no", pl.lit("号")),
        enrol_type=pl.lit("续保"),
        population_tag=pl.when(minor).then(pl.lit("中小学生")).otherwise(pick(tags, rng.integers(0, len(tags), count))),
        intent=pl.lit("同意参保"),
        payee_kind=_if(card, pl.when(minor).then(pl.lit("监护人")).otherwise(pl.lit("本人"))),
        card_account=_if(card, pl.when(minor).then("head_account").otherwise("account")),
        bank=_if(card, pl.lit("甘肃省农村信用社")),
        guardian_name=_if(card & minor, pl.col("head_name")),
        guardian_cert_no=_if(card & minor, pl.col("head_cert_no")),
        guardian_relation=_if(card & minor, pl.lit("父母")),
        owner_cadre=pl.col("cadre"),
        evidence=_if(claims, pl.format("扶贫手册HN{}", number.cast(pl.String).str.zfill(7))),
        **_payment(pays, number),
    ).drop("household", "place", "birth", "male", "prefix", "exempt", "has_card", "account", "head_account", "cadre")


def _payment(pays: pl.Expr, number: pl.Expr) -> dict[str, pl.Expr]:
    cash = pays & (pl.col("channel") == CASH)
    return {
        "channel": _if(pays, pl.col("channel")),
        "pay_date": pl.when(pays).then("pay_date"),
        "self_paid": pl.when(pays).then(pl.lit(PREMIUM)),
        "receipt_no": _if(pays, pl.format("GS2021{}", number.cast(pl.String).str.zfill(7))),
        "agent": _if(cash, pl.col("cadre")),
        "collect_time": _if(cash, pl.format("{}:30", pl.lit(9) + (pl.col("pay_date") % 8).cast(pl.Int64))),
        "deposit_id": _if(cash, pl.format("JK{}", pl.col("pay_date").cast(pl.Int64))),
    }


def fill_r2(people: pl.DataFrame, townships: Sequence[Township], rng: np.random.Generator) -> pl.DataFrame:
    """Return R2: people registered elsewhere, all of them with a payment."""
    units = [township.unit.name for township in townships for _ in range(township.rows["R2"])]
    count = people.height
    draws = rng.integers(0, len(townships[0].unit.villages), count).tolist()
    own = [township.unit.villages for township in townships for _ in range(township.rows["R2"])]
    number = pl.int_range(1, pl.len() + 1)
    return (
        people.with_columns(
            unit=pl.Series(units, dtype=pl.String),
            village=pl.Series([villages[draw] for villages, draw in zip(own, draws, strict=True)], dtype=pl.String),
            group=pl.lit(townships[0].unit.groups[0][1][0]),
            cert_type=pl.lit("居民身份证"),
            hukou_place=pl.col("prefix").replace_strict(
                dict(zip(ELSEWHERE, _HOMES, strict=True)), return_dtype=pl.String
            ),
            stay_reason=pl.lit("长期工作"),
            stay_since=pl.lit(float(OPENS - 900)),
            insured_at_home=pl.lit("否"),
            home_evidence=pl.format("未参保证明WD{}", number),
            ethnic=pl.lit("汉族"),
            enrol_type=pl.lit("续保"),
            population_tag=pl.lit("普通居民"),
            intent=pl.lit("同意参保"),
            channel=pl.lit("微信"),
            pay_date=pl.Series((OPENS + rng.integers(0, WINDOW, count)).astype(np.float64)),
            self_paid=pl.lit(PREMIUM),
            receipt_no=pl.format("WD2021{}", number.cast(pl.String).str.zfill(7)),
        )
        .with_columns(residence=pl.concat_str("unit", "village", "group"))
        .drop("birth", "male", "prefix")
    )


def fill_r3(people: pl.DataFrame) -> pl.DataFrame:
    """Return R3: people who are insured by their employer, with a proof."""
    fields = ("unit", "village", "group", "household_no", "head_name", "head_cert_no", "relation", "name", "cert_type")
    return people.select(
        *fields,
        "cert_no",
        **{"class": pl.lit("异地参保")},
        reason=pl.lit("职工医保"),
        insured_place=pl.lit("甘肃省白银市白银区"),
        insured_kind=pl.lit("职工基本医疗保险"),
        insured_by=pl.lit("白银公司"),
        insured_year=pl.lit(2021.0),
        evidence_kind=pl.lit("参保证明"),
        evidence_no=pl.format("ZM2021{}", pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(6)),
    )


def _if(condition: pl.Expr, value: pl.Expr) -> pl.Expr:
    return pl.when(condition).then(value).otherwise(pl.lit(""))
