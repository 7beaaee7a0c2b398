"""The library of policy years that tests share: compiled once a process, as the commands do."""

from functools import cache

from canbao_addin.actions.policies import open_library
from canbao_validators.library import Library


@cache
def shared_library() -> Library:
    """The shipped policy years."""
    return open_library()
