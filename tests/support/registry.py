"""A Windows registry that is only a model in memory."""

from canbao_addin.install.registry import Value

OFFICE = r"Software\Microsoft\Office"


class FakeRegistry:
    """A registry in memory; names of keys and values are found whatever their case, as Windows has it."""

    def __init__(self, versions: tuple[str, ...] = ("16.0",)) -> None:
        self.keys: dict[str, dict[str, Value]] = {}
        for version in versions:
            self.write(rf"{OFFICE}\{version}\Excel\Options", "Font", "宋体,11")
        self.write(rf"{OFFICE}\Common", "UserName", "someone")

    def subkeys(self, key: str) -> list[str]:
        prefix = key.casefold() + "\\"
        below = (name[len(prefix) :] for name in self.keys if name.casefold().startswith(prefix))
        return list(dict.fromkeys(name.partition("\\")[0] for name in below))

    def values(self, key: str) -> dict[str, Value]:
        return dict(self.keys.get(key, {}))

    def write(self, key: str, name: str, value: Value) -> None:
        values = self.keys.setdefault(key, {})
        same = next((known for known in values if known.casefold() == name.casefold()), name)
        values[same] = value

    def remove_value(self, key: str, name: str) -> None:
        values = self.keys.get(key, {})
        for known in [known for known in values if known.casefold() == name.casefold()]:
            del values[known]

    def remove_key(self, key: str) -> None:
        assert not self.subkeys(key), "Windows refuses this"
        self.keys.pop(key, None)

    def openings(self, version: str = "16.0") -> dict[str, Value]:
        """What Excel opens at its start."""
        values = self.values(rf"{OFFICE}\{version}\Excel\Options")
        return {name: value for name, value in values.items() if name.upper().startswith("OPEN")}
