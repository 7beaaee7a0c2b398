"""Which tests are dear is measured, and the list names tests that are there."""

from pathlib import Path

from support.dear import FILE, find_dear

ROOT = Path(__file__).parents[2]


def test_the_mean_over_parameters_counts() -> None:
    lines = [
        '["a.py::cheap", 0.4]', '["a.py::dear", 1.4]', '["a.py::one_of_many[x]", 1.5]', '["a.py::one_of_many[y]", 0.1]',
        '["a.py::one_of_many[z[1]]", 0.2]', '["b.py::both[1]", 1.2]', '["b.py::both[2]", 0.3]',
    ]  # fmt: skip
    assert find_dear(lines) == ["a.py::dear", "b.py::both"]


def test_every_dear_test_exists() -> None:
    """The quick check would run a renamed test; `make dear` writes the list anew."""
    named = [name.split("::") for name in FILE.read_text(encoding="utf-8").split()]
    assert [name for name in named if f"def {name[-1]}(" not in (ROOT / name[0]).read_text(encoding="utf-8")] == []
    assert len(named) > 100
