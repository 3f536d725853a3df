"""Whatever a template is filled with is shown as text: every template, filled with hostile values.

Every name in a template is given a value that is markup, that has every attribute, and whose parts
are such values again; whether it counts as true is left to chance. So a template that is written
tomorrow is tried as well, in all its branches.
"""

import random
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from jinja2 import Environment, meta, nodes
from jinja2.runtime import Macro

from assistant import Answer
from assistant.rendering import TEMPLATES
from index.passage import TEMPLATES as OF_INDEX

RUN = "<script>ran()</script><img src=x onerror=ran()>"
MARKUP = f"javascript:ran() </p></title>\"'>{RUN} onclick=ran() {{{{ 7 * 7 }}}} " + "long " * 50
ROUNDS = 12
ADDRESS = f"https://a.example/{MARKUP}"


class Hostile(str):
    """Markup that is a text, a number, a list of two and a thing with every attribute."""

    chance = random.Random()

    def __new__(cls, *_: object, **__: object) -> "Hostile":
        return super().__new__(cls, MARKUP)

    def __getattribute__(self, name: str) -> Any:
        return object.__getattribute__(self, name) if name.startswith("__") else Hostile()

    def __index__(self) -> int:
        return Hostile.chance.randrange(3)

    def __bool__(self) -> bool:
        return Hostile.chance.random() < 0.5

    def __iter__(self) -> Iterator[str]:
        return iter([Hostile(), Hostile()])

    def _made(self, *_: object, **__: object) -> "Hostile":
        return Hostile()

    __call__ = __getitem__ = __add__ = __radd__ = __sub__ = __rsub__ = __lt__ = __gt__ = _made

    def __contains__(self, _: object) -> bool:
        return True


def hostile(environment: Environment) -> Environment:
    """The same templates, in which our own filters give hostile values, too."""
    own = set(environment.filters) - set(Environment().filters)
    other = environment.overlay()
    other.filters = dict(environment.filters) | dict.fromkeys([*own, "format"], Hostile)
    other.filters |= {
        "cut": lambda text, _: str(text),
        "urlencode": lambda text: quote(str(text)),
        "web_address": lambda _: ADDRESS,
        "address": lambda _: (ADDRESS, MARKUP),
        "attributes": lambda _: {"dir": MARKUP, "lang": MARKUP},
    }
    return other


ENVIRONMENTS = [hostile(TEMPLATES), hostile(OF_INDEX)]


def source(environment: Environment, name: str) -> str:
    return environment.loader.get_source(environment, name)[0]


def asked(environment: Environment, name: str) -> set[str]:
    """The names that a template is to be filled with, and those that it includes."""
    tree = environment.parse(source(environment, name))
    included = [include.template.as_const() for include in tree.find_all(nodes.Include)]
    return meta.find_undeclared_variables(tree).union(
        *(asked(environment, template) for template in included)
    )


def filled(environment: Environment, name: str) -> str:
    """A template, and each of its macros by itself, with nothing but hostile values."""
    names = asked(environment, name)
    module = environment.get_template(name).make_module({variable: Hostile() for variable in names})
    parts = [str(module)]
    for macro in vars(module).values():
        if isinstance(macro, Macro):
            caller = {"caller": Hostile()} if macro.caller else {}
            parts.append(macro(*(Hostile() for _ in macro.arguments), **caller))
    return "".join(parts)


class Elements(HTMLParser):
    """The elements of some HTML, and their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def test_every_environment_escapes() -> None:
    assert TEMPLATES.autoescape
    assert OF_INDEX.autoescape


@pytest.mark.parametrize(
    ("environment", "name"),
    [(environment, name) for environment in ENVIRONMENTS for name in environment.list_templates()],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_hostile_values_stay_text(environment: Environment, name: str) -> None:
    assert not re.search(r"\|\s*safe\b|autoescape|Markup", source(environment, name))
    for seed in range(ROUNDS):
        Hostile.chance.seed(seed)
        html = filled(environment, name)
        found = Elements(html)
        assert RUN not in html
        assert "img" not in found.tags
        # Scripts are our own files, and none stands in a page.
        assert html.count("<script") == html.count('<script defer src="page/')
        assert not [name for name, _ in found.attributes if name.startswith("on")]
        addresses = [value for name, value in found.attributes if name in {"href", "src", "action"}]
        assert not [address for address in addresses if address.strip().startswith("javascript")]
        assert "49" not in html


@pytest.mark.parametrize(
    ("standalone", "note"),
    [
        ("Who opened the bridge? And when?", "Read together with: Who opened the bridge?"),
        ("When did the bridge open?", "Read as: When did the bridge open?"),
    ],
)
def test_how_a_question_was_read(standalone: str, note: str) -> None:
    answer = Answer("And when?", "answered", 1.0, standalone=standalone)
    html = str(TEMPLATES.get_template("article.html").module.read_as(answer))
    assert re.sub("<[^>]+>", "", html) == note
