"""The ribbon tab 参保 as data: the one list of buttons that Excel, LibreOffice and the manual are made from."""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from canbao_rulebook.yaml_text import read_data


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Button(_Strict):
    """One button. ``id`` is the action it runs; ``image`` the name of one of Office's own icons."""

    id: str
    label: str
    size: Literal["large", "normal"]
    image: str
    screentip: str
    supertip: str

    @property
    def callback(self) -> str:
        """The name of the button's VBA procedure, e.g. ``OnLoadReturns``."""
        return "On" + "".join(word.capitalize() for word in self.id.split("_"))


class Group(_Strict):
    """Buttons that stand together under a label."""

    id: str
    label: str
    buttons: tuple[Button, ...]


class Tab(_Strict):
    """The ribbon tab."""

    id: str
    label: str


class Ribbon(_Strict):
    """The tab with its groups, from left to right."""

    tab: Tab
    groups: tuple[Group, ...]

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All buttons, from left to right."""
        return tuple(button for group in self.groups for button in group.buttons)


@cache
def load_ribbon() -> Ribbon:
    """Return the ribbon as it is shipped."""
    return Ribbon.model_validate(read_data("ribbon/ribbon.yaml"))
