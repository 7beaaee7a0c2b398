"""The county's desk: what its register says about folders, and the merges, lists and results that start from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from canbao_addin.actions.export import export_folder, find_mapping
from canbao_addin.actions.file_names import file_names
from canbao_addin.actions.folders import result_name
from canbao_addin.actions.handed_in import HandedIn
from canbao_addin.actions.merge_by_hand import merge_asking
from canbao_addin.actions.reconcile import reconcile_folder
from canbao_addin.actions.register import find_place, read_register
from canbao_addin.actions.report import Wanted, open_earlier, report_folder
from canbao_addin.texts import CannotRunError
from canbao_county.desk import load_form, parse_day, report_codes
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.problem_list import DECISION_SHEET, REGISTER_SHEET
from canbao_validators.apart import Reading
from canbao_validators.reading.package import OWN_TOTAL_BYTES, open_package
from canbao_validators.reading.unreadable import UnreadableFile
from canbao_validators.reading.workbook import find_workbook_part, read_book_index

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from canbao_addin.actions.export import Exported
    from canbao_addin.actions.handed_in import Progress
    from canbao_addin.actions.merge import MergedFolder
    from canbao_addin.actions.report import Reports
    from canbao_addin.texts import Texts
    from canbao_county.merge.merging import Merge
    from canbao_county.reconcile.model import Reconciled
    from canbao_rulebook.findings import Finding
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.funds import ExportMapping
    from canbao_validators.library import Library


@dataclass(frozen=True)
class CountyDesk:
    """A register, its policy year and what its form 县里设置 says, by field."""

    register: Path
    policy: Policy
    settings: Mapping[str, object]
    texts: Texts

    @property
    def submissions(self) -> Path | None:
        """The folder of what was handed in, None while nobody has named one that is there."""
        path = self._place("submissions")
        return path if path is not None and path.is_dir() else None

    @property
    def lists(self) -> Path:
        """The folder of imported lists, whether it is there or not."""
        return self._place("lists") or self.register.parent / self.texts.say("desk_lists")

    @property
    def results(self) -> Path:
        """The folder that results are written into."""
        return self._place("results") or self.register.parent / self.texts.say("desk_results")

    @property
    def county(self) -> Path | None:
        """The county workbook of the last merge, None while there is none."""
        path = self._place("county")
        return path if path is not None and path.is_file() else None

    @property
    def report_day(self) -> date:
        """The day up to which reports count: the one that the form names, else today. Raises CannotRunError."""
        return self.day or date.today()  # noqa: DTZ011 - the day that the office's calendar shows

    @cached_property
    def has_decisions(self) -> bool:
        """Whether the workbook of the last merge is a county's, in which is decided; a township's is not."""
        if self.county is None:
            return False
        try:
            with open_package(self.county, most=OWN_TOTAL_BYTES) as package:
                index = read_book_index(package, find_workbook_part(package))
        except UnreadableFile:
            return True  # whoever reads it says why it cannot be read
        return DECISION_SHEET in {name for name, _, _ in index.sheets}

    @property
    def round(self) -> int:
        """The number of the screening round that is going on. Raises CannotRunError."""
        text = self.text("round") or "1"
        if not text.isdigit() or not int(text):
            raise CannotRunError("desk_round", label=load_form("settings").labels["round"], text=text)
        return int(text)

    @property
    def day(self) -> date | None:
        """The day that reports and reconciliations are of, None while none is named. Raises CannotRunError."""
        try:
            return parse_day(self.settings.get("day"))
        except ValueError:
            label = load_form("settings").labels["day"]
            raise CannotRunError("desk_day", label=label, text=self.text("day")) from None

    @property
    def mapping(self) -> ExportMapping:
        """The export that is asked for, or the only one that the policy has. Raises CannotRunError."""
        known = self.policy.export
        if not known:
            raise CannotRunError("export_none", policy=self.policy.meta.id)
        name = self.text("export")
        return known[0] if not name and len(known) == 1 else find_mapping(self.policy, name)

    def returns(self, number: int) -> Path:
        """Return the folder of the return lists of a round."""
        return self.results / self.texts.say("desk_returns", number=number)

    def text(self, field: str) -> str:
        """Return a setting as a text."""
        value = self.settings.get(field)
        return f"{value:g}" if isinstance(value, float) else str(value or "").strip()

    def handed_in(self, folder: Path) -> HandedIn:
        """Return a folder with the lists and the decisions that the county holds against it."""
        lists = self.lists if self.lists.is_dir() else None
        return HandedIn(
            folder,
            self.policy,
            Reading(),
            lists,
            self.county if self.has_decisions else None,
            register=self.register,
            results=(self.results, self.lists),
        )

    def _place(self, field: str) -> Path | None:
        text = self.text(field)
        return find_place(text, self.register) if text else None


def open_county(path: Path, library: Library, texts: Texts, action: str, passwords: Sequence[str] = ()) -> CountyDesk:
    """Return the desk of a register as its file stands; ``action`` is what asks for it. Raises CannotRunError."""
    try:
        settings = read_register(path, passwords[-1] if passwords else None).settings
    except CannotRunError as refusal:
        if refusal.key != "output_exists":
            raise
        raise CannotRunError("desk_not_a_register", path=path) from refusal
    named = settings.get("policy") or path.stem.removeprefix(REGISTER_SHEET).strip("_")
    book = library.get(named)
    if book is None:
        raise CannotRunError("desk_no_policy", policy=named, action=action)
    return CountyDesk(path, book.policy, settings, texts)


def merge_desk(
    desk: CountyDesk,
    folder: Path,
    number: int,
    *,
    release: Callable[[Path], None],
    progress: Progress,
    confirm: Callable[[str], bool],
) -> MergedFolder:
    """Merge what was handed in for a round, by the decisions of the county workbook, and carry the register on.

    ``release`` is called with the county workbook before anything is written. Raises CannotRunError.
    """

    def target(merged: Merge) -> Path:
        path = desk.results / f"{result_name(merged)}.xlsx"
        release(path)
        return path

    return merge_asking(
        desk.handed_in(folder),
        target,
        desk.texts,
        confirm,
        returns=desk.returns(number),
        previous=desk.returns(number - 1) if number > 1 else None,
        progress=progress,
    )


def reconcile_desk(
    desk: CountyDesk, folder: Path, target: Path, progress: Progress
) -> tuple[Reconciled, list[Finding]]:
    """Reconcile what was handed in. Raises CannotRunError."""
    day = desk.day
    return reconcile_folder(
        desk.handed_in(folder), target, as_of=None if day is None else to_serial(day), progress=progress
    )


def reconciled_path(desk: CountyDesk) -> Path:
    """Return where the reconciliations are written."""
    return desk.results / f"{_begin(desk)}{desk.texts.say('desk_reconciled')}.xlsx"


def report_desk(desk: CountyDesk, folder: Path, progress: Progress) -> Reports:
    """Make the reports that are asked for. Raises CannotRunError."""
    earlier = find_place(desk.text("previous"), desk.register) if desk.text("previous") else None
    wanted = Wanted(
        as_of=desk.report_day,
        codes=report_codes(desk.text("report")),
        earlier=open_earlier(earlier) if earlier else None,
    )
    return report_folder(desk.handed_in(folder), report_path(desk), wanted, progress)


def report_path(desk: CountyDesk) -> Path:
    """Return the folder of the reports."""
    return desk.results / desk.texts.say("desk_reports")


def export_desk(desk: CountyDesk, folder: Path, progress: Progress) -> tuple[Exported, Path, str]:
    """Export everybody enrolled; return what came of it, the file and its encoding. Raises CannotRunError."""
    mapping = desk.mapping
    encoding = desk.text("encoding") or mapping.encoding
    target = desk.results / f"{_begin(desk)}{file_names([mapping.name])[0]}.csv"
    return export_folder(desk.handed_in(folder), target, mapping, encoding, progress), target, encoding


def _begin(desk: CountyDesk) -> str:
    return f"{desk.policy.meta.county}{desk.policy.meta.policy_year}年度"
