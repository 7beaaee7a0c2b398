"""What is looked at in a list itself: whom its rows are about, what they must hold, which say the same twice."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_county.lists.listed import LeftOut
from canbao_county.lists.rare_values import settle_statement
from canbao_county.lists.sheet_names import near_words
from canbao_rulebook.documents import ANY_FORM
from canbao_rulebook.functions.identity import IDENTITY_CARD, upgrade_15
from canbao_rulebook.functions.registry import REGISTRY, Argument
from canbao_rulebook.messages import build_finding, load_catalogue
from canbao_rulebook.phrases import Phrases, enumerate_words, row_phrase
from canbao_rulebook.vocabulary import small_words
from canbao_validators.normalise.choices import fold_choice
from canbao_validators.normalise.names import listed_name_key, names_fit
from canbao_validators.suggesting import suggest_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from canbao_county.lists.listed import ListTable
    from canbao_county.lists.request import ListRequest
    from canbao_rulebook.findings import Finding
    from canbao_rulebook.phrases import Text

_SCIENTIFIC = r"^[0-9]\.[0-9]+E\+[0-9]+$"
_OLD, _NEARLY, _SHAPED = r"^[0-9]{15}$", r"^[0-9]{16,17}$|^[0-9]{19,}$|^[0-9]{16}X$", r"^[1-9][0-9]{16}[0-9X]$"
_FORM = rf"{ANY_FORM}|^[A-Z0-9()\-]{{5,20}}$"


def judge_table(table: ListTable, request: ListRequest) -> None:
    """Add what is wrong in a list; refuse it as a whole where a document number or an identity is empty."""
    if table.kind.code == "bank":
        table.frame = settle_statement(table.frame)
    if table.kind.about_persons:
        _drop_damaged(table)
        _refuse_empty(table, "cert_no", "V01.list_id")
        table.findings += _judge_numbers(table, request)
    if "category" in table.kind.by_field:
        _judge_categories(table, request)
    table.findings += _missing_values(table)
    table.findings += _missing_key_fields(table, request)
    table.findings += [*_repeated(table), *_two_names(table)]
    if table.frame.is_empty() and not table.reason:
        finding = build_finding("V39.list_empty", table.place(table.kind.fields[0].field))
        table.findings.append(finding)
        table.reason = finding


def _drop_damaged(table: ListTable) -> None:
    """Leave out rows whose document number is lost: what stands there would match nobody, or somebody else."""
    scientific = table.frame.filter(pl.col("cert_no").str.contains(_SCIENTIFIC))
    for row in scientific.iter_rows(named=True):
        table.findings.append(build_finding("V03.scientific", table.place("cert_no", row["row"]), value=row["cert_no"]))
    lost = sorted(table.damaged | set(scientific["row"].to_list()))
    why = load_catalogue()["V03.number"].short
    gone = table.frame.filter(pl.col("row").is_in(lost))
    table.left_out += [LeftOut(row, name, why) for row, name in gone.select("row", "name").iter_rows()]
    table.frame = table.frame.filter(~pl.col("row").is_in(lost))


def _refuse_empty(table: ListTable, field: str, key: str) -> None:
    """Refuse the whole list where something is empty that would make persons disappear."""
    empty = table.frame.filter(pl.col(field) == "")
    if empty.is_empty():
        return
    for row in empty.iter_rows(named=True):
        table.findings.append(build_finding(key, table.place(field, row["row"]), name=row.get("name", "")))
    place = table.place(field)
    whole = build_finding("V39.list_refused", place, count=empty.height, rows=empty["row"][0])
    table.findings.append(whole)
    table.reason = table.reason or whole


def wrong_number(policy_year: int) -> pl.Expr:
    """Return the key of the message about a document number that cannot be right, null for one that can."""
    cert = pl.col("cert_no")
    checks = {name: REGISTRY[name].polars([Argument(cert)]) for name in ("ID_CHECKSUM", "ID_DATE_OK")}
    shaped = cert.str.contains(_SHAPED)
    return (
        pl.when(shaped & ~checks["ID_DATE_OK"])
        .then(pl.lit("V02.date"))
        .when(shaped & ~checks["ID_CHECKSUM"])
        .then(pl.lit("V02.check_digit"))
        .when(shaped & (cert.str.slice(6, 4).cast(pl.Int32, strict=False) > policy_year))
        .then(pl.lit("V02.future"))
        .when(shaped)
        .then(None)
        .when(cert.str.contains(_OLD))
        .then(pl.lit("V02.old_15"))
        .when(cert.str.contains(_NEARLY))
        .then(pl.lit("V02.length"))
        .when((cert.str.len_chars() == 18) & cert.str.contains("^[0-9]{6}"))
        .then(pl.lit("V02.characters"))
        .when(~cert.str.contains(_FORM))
        .then(pl.lit("V02.form"))
    )


def _judge_numbers(table: ListTable, request: ListRequest) -> Iterator[Finding]:
    """V02: the numbers that cannot be right. They stay in the list and match nobody."""
    certs = table.frame.filter(pl.col("cert_no") != "")
    found = certs.select("row", "cert_no", wrong=wrong_number(request.policy_year)).drop_nulls()
    for row, value, key in found.iter_rows():
        yield build_finding(
            key,
            table.place("cert_no", row),
            value=value,
            length=len(value),
            upgraded=upgrade_15(value) if key == "V02.old_15" else "",
            birth_text=value[6:14],
            suggestion=_suggestion(value),
            cert_type=IDENTITY_CARD,
        )


def _suggestion(value: str) -> Text:
    meant = suggest_number(value)
    return small_words("may_be", text=meant) if meant else ""


def _judge_categories(table: ListTable, request: ListRequest) -> None:
    """Say which identities the policy does not know, or that another department decides about; keep them."""
    if request.category:
        table.frame = table.frame.with_columns(category=pl.lit(request.category_name))
        return
    _refuse_empty(table, "category", "V01.list_identity")
    firsts = table.frame.filter(pl.col("category") != "").group_by("category", maintain_order=True)
    for word, row, count in firsts.agg(pl.col("row").first(), count=pl.len()).iter_rows():
        place = table.place("category", row)
        known = request.words.get(fold_choice(word))
        if known is None:
            near = near_words(word, [*(entry[1] for entry in request.words.values()), *request.words])
            told = enumerate_words(f"“{name}”" for name in near)
            suggestion = small_words("near", words=told) if near else ""
            table.findings.append(
                build_finding("V15.unknown_word", place, value=word, count=count, suggestion=suggestion)
            )
        elif known[2] and request.agency not in known[2]:
            table.findings.append(build_finding("V15.not_owner", place, value=word, unit=request.agency_name))


def _missing_values(table: ListTable) -> Iterator[Finding]:
    """V01: other values without which a row says too little."""
    fields = [entry for entry in table.kind.required if entry.field not in {"cert_no", "category"}]
    if table.kind.one_of:
        fields.append(table.kind[table.kind.one_of[0]])
    for entry in fields:
        value = pl.col(entry.field)
        blank = table.frame.filter(value.is_null() if entry.type.is_number else value == "")
        for row in blank["row"].to_list():
            yield build_finding("V01.list_value", table.place(entry.field, row))


def _missing_key_fields(table: ListTable, request: ListRequest) -> Iterator[Finding]:
    """SC-25: what the notice asks of every row of a department's list; a missing column is said once."""
    entries = [entry for entry in table.kind.fields if entry.header in request.key_fields]
    for entry in entries:
        if entry.required or entry.field in table.of_sheet:
            continue
        if entry.field not in table.fit.places:
            yield build_finding(
                "V01.list_column",
                table.place(entry.field),
                source=request.key_source,
                columns=enumerate_words(request.key_fields),
            )
            continue
        for row in table.frame.filter(pl.col(entry.field) == "")["row"].to_list():
            yield build_finding("V01.list_field", table.place(entry.field, row), source=request.key_source)


def _repeated(table: ListTable) -> Iterator[Finding]:
    """V07: rows that say the same of the same person; both stay."""
    yield from (finding for _, finding in _say_repeated(table.frame.with_columns(table=0), [table]))


def find_repeated(tables: Sequence[ListTable]) -> list[tuple[int, Finding]]:
    """V07: rows of a file that say the same as a row of an earlier file, by file, when several files make one list."""
    frames = [table.frame.with_columns(table=index) for index, table in enumerate(tables)]
    return list(_say_repeated(pl.concat(frames), tables, across=True)) if len(frames) > 1 else []


def _say_repeated(
    frame: pl.DataFrame, tables: Sequence[ListTable], *, across: bool = False
) -> Iterator[tuple[int, Finding]]:
    kind = tables[0].kind
    present = reduce(and_, [_present(tables[0], name) for name in kind.person])
    earlier = {f"first_{name}": pl.col(name).first().over(list(kind.key)) for name in ("row", "table")}
    later = frame.filter(present).with_columns(**earlier)
    same_file = pl.col("table") == pl.col("first_table")
    later = later.filter(~same_file if across else same_file & (pl.col("row") != pl.col("first_row")))
    subject = "cert_no" if kind.about_persons else kind.person[0]
    for row in later.iter_rows(named=True):
        place = tables[row["table"]].place(subject, row["row"])
        places = _where(tables, row, across=across)
        yield row["table"], build_finding("V07.in_list", place, value=str(row[subject]), places=places)


def _present(table: ListTable, name: str) -> pl.Expr:
    return pl.col(name).is_not_null() if table.kind[name].type.is_number else pl.col(name) != ""


def _two_names(table: ListTable) -> Iterator[Finding]:
    """V10: one number with two names in one table."""
    yield from (finding for _, finding in _say_two_names(table.frame.with_columns(table=0), [table]))


def find_two_names(tables: Sequence[ListTable]) -> list[tuple[int, Finding]]:
    """V10: numbers that bear another name than in an earlier table of the list, by table."""
    frames = [table.frame.with_columns(table=index) for index, table in enumerate(tables)]
    return list(_say_two_names(pl.concat(frames), tables, across=True)) if len(frames) > 1 else []


def _say_two_names(
    frame: pl.DataFrame, tables: Sequence[ListTable], *, across: bool = False
) -> Iterator[tuple[int, Finding]]:
    if not tables[0].kind.about_persons:
        return
    named = frame.filter((pl.col("cert_no") != "") & (pl.col("name") != ""))
    keyed = named.with_columns(key=listed_name_key(pl.col("name")))
    earlier = {f"first_{name}": pl.col(name).first().over("cert_no") for name in ("row", "table", "name", "key")}
    both = keyed.with_columns(**earlier)
    one, other = pl.col("key"), pl.col("first_key")
    both = both.filter(~names_fit(one, other), ~names_fit(other, one))
    both = both.filter(pl.col("table") != pl.col("first_table")) if across else both
    for row in both.unique("cert_no", keep="first", maintain_order=True).iter_rows(named=True):
        place = tables[row["table"]].place("name", row["row"])
        places = _where(tables, row, across=across)
        yield (
            row["table"],
            build_finding("V10.in_list", place, value=row["name"], places=places, other_name=row["first_name"]),
        )


def _where(tables: Sequence[ListTable], row: dict[str, Any], *, across: bool) -> Text:
    """Return where the earlier one of two rows is: of another table also file and sheet."""
    line, first = row_phrase(row["first_row"]), tables[row["first_table"]]
    return Phrases((f"{first.file}「{first.fit.sheet}」", line)) if across else line
