"""帮助 and 关于: the manual, and which versions are at work."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from canbao_addin.buttons.reading import read_open_book
from canbao_addin.buttons.session import Outcome
from canbao_addin.home import own_policies
from canbao_addin.install.manual import write_manual
from canbao_generator.version import software_version
from canbao_rulebook.phrases import enumerate_words
from canbao_rulebook.policy import list_policies
from canbao_validators.checking import check_raw
from canbao_validators.meta import read_meta

if TYPE_CHECKING:
    from canbao_addin.buttons.session import Session


def open_manual(session: Session) -> Outcome:
    """Open the manual in the browser. Raises CannotRunError when it is not installed."""
    session.host.show_file(write_manual())
    return Outcome()


def tell_versions(session: Session) -> Outcome:
    """Say which canbao, which policy year and unit, and whether this template is current."""
    app = session.book.app
    lines = [
        session.say(
            "about_text",
            version=software_version(),
            python=platform.python_version(),
            host=f"{app.engine.name} {app.version}",
        ),
        session.say("about_policies", policies=enumerate_words(sorted({*list_policies(), *own_policies()}))),
    ]
    raw = read_open_book(session.book, session.library)
    filled = check_raw(raw, session.library)
    if not read_meta(raw).values:
        lines.append(session.say("about_no_template"))
    elif filled.book is None or filled.unit is None:
        lines.append(session.say("about_old", reason=filled.reason))
    else:
        meta = filled.book.policy.meta
        lines.append(
            session.say("about_book", unit=filled.unit.name, county=meta.county, year=meta.policy_year, policy=meta.id)
        )
        lines.append(session.say("about_current"))
    return Outcome("\n".join(lines))
