"""The base of all blocks of a policy file."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A block of the policy file: frozen, and no key that is not declared."""

    model_config = ConfigDict(frozen=True, extra="forbid")
