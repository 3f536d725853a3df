"""What the code's own imports say: nothing imports from its right, and no two files each other."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ORDER = ("corpus", "index", "assistant", "app", "dateline")
"""The rooms from left to right; each imports from itself and from those before it."""


def files() -> Iterator[tuple[str, Path]]:
    """Every module of the program by its name."""
    for room in ORDER:
        for path in [ROOT / f"{room}.py", *sorted((ROOT / room).rglob("*.py"))]:
            if path.exists():
                parts = path.relative_to(ROOT).with_suffix("").parts
                yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


MODULES = dict(files())


def named(path: Path) -> Iterator[tuple[str, list[str]]]:
    """What a file imports, at once or later: the module, and the names that it takes from it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, []) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, [alias.name for alias in node.names]


def imported(path: Path) -> Iterator[str]:
    """The program's own modules that a file imports, at once or later.

    ``from index import Archive`` imports the package, ``from index import schema`` the module.
    """
    for module, names in named(path):
        inner = [f"{module}.{name}" for name in names] or [module]
        yield from (
            name if name in MODULES else module
            for name in inner
            if name in MODULES or module in MODULES
        )


@pytest.mark.parametrize("module", MODULES)
def test_nothing_imports_from_its_right(module: str) -> None:
    room = ORDER.index(module.partition(".")[0])
    rooms = {name.partition(".")[0] for name in imported(MODULES[module])}
    assert all(ORDER.index(other) <= room for other in rooms), rooms


def test_no_two_files_import_each_other() -> None:
    """Neither at once nor over others, nor later, when a function runs, nor for types alone.

    A package and its own modules count as one: it hands on what they have.
    """
    graph: dict[str, set[str]] = {}
    for module, path in MODULES.items():
        for name in imported(path):
            inside = module.startswith(f"{name}.") or name.startswith(f"{module}.")
            if name != module and not inside:
                graph.setdefault(module, set()).add(name)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_every_package_that_is_imported_is_declared() -> None:
    """As a dependency, or as an extra if it is only imported where it is used."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    declared = {
        _plain(each)
        for each in [
            *project["dependencies"],
            *extras["mcp"],
            *extras["postgresql"],
            *extras["train"],
            "dateline",
        ]
    }
    providers = packages_distributions()
    missing = {
        name: MODULES[module].relative_to(ROOT).as_posix()
        for module, path in MODULES.items()
        for name in {imported.partition(".")[0] for imported, _ in named(path)}
        if name not in sys.stdlib_module_names
        and name not in ORDER
        and not declared.intersection(map(_plain, providers.get(name, [name])))
    }
    assert missing == {}


def _plain(requirement: str) -> str:
    """The name of a distribution, as PyPI compares names."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=\[ ;]", requirement)[0]).lower()
