"""Ways to pay: those of every county (lists.yaml) and a policy year's own, by code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbao_rulebook.vocabulary import load_lists

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from canbao_rulebook.policy.model import Policy

CASH = "agent_cash"  # the receipt of agents: a channel that gives it is cash


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to pay. ``receipt`` is which of the policy's receipts it gives, "" for none; ``deducts``: a bank pays."""

    label: str
    receipt: str = ""
    deducts: bool = False
    family_account: bool = False


def load_channels(policy: Policy) -> Mapping[str, Channel]:
    """Return all channels that a policy file may name, by code; its own ones stand over those of every county."""
    common = {code: Channel(**entry) for code, entry in load_lists()["channels"].items()}
    own = policy.collection.own_channels.items()
    return common | {
        code: Channel(entry.label, entry.receipt or "", entry.deducts, entry.family_account) for code, entry in own
    }


def channel_label(policy: Policy, code: str) -> str:
    """Return the label of a channel, as drop-downs show it. KeyError for an unknown code."""
    return load_channels(policy)[code].label


def channel_labels(policy: Policy, codes: Iterable[str]) -> list[str]:
    """Return the labels of channels in their order. KeyError for an unknown code."""
    channels = load_channels(policy)
    return [channels[code].label for code in codes]


def cash_labels(policy: Policy) -> list[str]:
    """Return the labels of the channels by which an agent takes cash."""
    return [channel.label for channel in load_channels(policy).values() if channel.receipt == CASH]


def family_labels(policy: Policy) -> list[str]:
    """Return the labels of the channels by which a relative's medical account pays."""
    return [channel.label for channel in load_channels(policy).values() if channel.family_account]


def deduction_labels(policy: Policy) -> list[str]:
    """Return the labels of the channels by which a bank deducts the money."""
    return [channel.label for channel in load_channels(policy).values() if channel.deducts]
