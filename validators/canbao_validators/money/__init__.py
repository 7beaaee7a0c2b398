"""Money in one workbook: cash that agents collected, what they paid into the bank, and the receipts they gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_validators.money.deposits import check_deposits
from canbao_validators.money.holding import check_holding
from canbao_validators.money.matching import check_matching
from canbao_validators.money.same_day import check_same_day
from canbao_validators.money.tickets import check_tickets

if TYPE_CHECKING:
    from canbao_rulebook.findings import Finding
    from canbao_validators.money.ledger import Ledger


def check_money(ledger: Ledger) -> list[Finding]:
    """V28 to V32 over all rows of a workbook, as far as the policy asks for them."""
    checks = (check_deposits, check_holding, check_same_day, check_matching, check_tickets)
    return [finding for check in checks for finding in check(ledger)]
