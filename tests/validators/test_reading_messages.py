"""The sentences about files, structure and values: complete, and without the full stop that rendering adds."""

import pytest

from canbao_rulebook.messages import load_catalogue

OWN = [message for message in load_catalogue().values() if message.code in {"V39", "V42"}]
KNOWN = {"value", "header", "sheet", "file", "after", "what", "found", "expected", "found_at", "column", "row"}
KNOWN |= {"name", "unit", "other", "last", "count", "rows", "columns", "limit", "names", "code", "absent", "extra"}


@pytest.mark.parametrize("message", OWN, ids=[message.key for message in OWN])
def test_a_message_is_complete(message):
    texts = [message.short, *message.text.values(), *message.fix.values()]
    assert all(text and text[-1] not in "。.；;" for text in texts)
    assert message.placeholders <= KNOWN
