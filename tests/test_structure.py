"""What the code's own imports say: nothing imports from its right, and no two files each other."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
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


@cache
def nodes(path: Path) -> list[ast.AST]:
    """All that a file is made of."""
    return [*ast.walk(ast.parse(path.read_text()))]


def named(path: Path) -> Iterator[tuple[str, list[str]]]:
    """What a file imports, at once or later: the module, and the names that it takes from it."""
    for node in nodes(path):
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


def room(module: str) -> str:
    return module.partition(".")[0]


def test_nothing_imports_from_its_right() -> None:
    upward = [
        f"{module} imports {name}"
        for module, path in MODULES.items()
        for name in imported(path)
        if ORDER.index(room(name)) > ORDER.index(room(module))
    ]
    assert upward == []


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
        _plain(requirement)
        for requirement in [
            *project["dependencies"],
            *extras["mcp"],
            *extras["names"],
            *extras["parquet"],
            *extras["postgresql"],
            *extras["ray"],
            *extras["train"],
            "dateline",
        ]
    }
    providers = packages_distributions()
    missing = {
        name: MODULES[module].relative_to(ROOT).as_posix()
        for module, path in MODULES.items()
        for name in {room(imported) for imported, _ in named(path)}
        if name not in {*sys.stdlib_module_names, "compression"}  # new in Python 3.14
        and name not in ORDER
        and not declared.intersection(map(_plain, providers.get(name, [name])))
    }
    assert missing == {}


def _plain(requirement: str) -> str:
    """The name of a distribution, as PyPI compares names."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=\[ ;]", requirement)[0]).lower()


TAGS = """a article aside b blockquote body br button code dd details dialog div dl dt em footer
    form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input label li link main mark meta nav
    ol option p pre progress script section select small span strong style sub summary sup svg table
    tbody td textarea th thead time title tr u ul""".split()
MARKUP = re.compile(rf"</?(?:{'|'.join(TAGS)})(?:[\s/>]|$)|<!doctype", re.IGNORECASE)
"""A tag, or the beginning of one that goes on in another text."""


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Every text in a file but the documentation, with its line; of an f-string what is fixed."""
    documentation = {id(node.value) for node in nodes(path) if isinstance(node, ast.Expr)}
    for node in nodes(path):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in documentation:
            yield node.lineno, node.value


def test_markup_is_written_in_templates_only() -> None:
    """The room ``corpus`` reads markup; the others would only write it."""
    written = [
        f"{module}, line {line}: {text}"
        for module, path in MODULES.items()
        if room(module) != "corpus"
        for line, text in texts(path)
        if MARKUP.search(text)
    ]
    assert written == []


def test_markup_is_known_when_it_is_seen() -> None:
    for text in ("<p>", "</p>", '<a href="', "<br/>", "<!doctype html>", '<p class="note">'):
        assert MARKUP.search(text), text
    for text in ("> ", "a < b and c > d", "<", "<3", "1 <2> ", "</think>", r"\g<letter>"):
        assert not MARKUP.search(text), text
