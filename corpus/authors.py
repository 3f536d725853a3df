"""Turns the names of authors in records, tables and databases into the form of a byline."""

import ast
import json
import re
from contextlib import suppress
from typing import Any

_NOTHING = frozenset(
    ["", "nan", "NaN", "NAN", "None", "NONE", "null", "Null", "NULL", "n/a", "N/A", "<NA>",
     "NaT", "-", "--", "\\N", "[]", "{}", "[Removed]", "[removed]", "[deleted]"]
)  # fmt: skip
_LOGINS = frozenset("admin administrator author editor root user webmaster".split())
_LONGEST_LIST = 5_000
# "Von Neumann" is a name, so "Von" means "by" only if two more names follow.
BY = re.compile(
    r"^(?:(?i:by):?|(?:Von|VON|Par|PAR|Por|POR|Door|DOOR)(?=\s[^\W\d_a-z][\w.'’-]*\s[^\W\d_a-z]))\s+"
)
_SURNAME_FIRST = re.compile(r"([^,;|]{1,60}),\s*([^,;|\d]{1,60})")
_ID = re.compile(r"\d+(?:\.0)?|(?=[^\d]*\d)[0-9a-fA-F]{8}[0-9a-fA-F-]*")
_GIVEN_NAME = ("given", "givenName", "firstname", "first_name", "firstName", "first")
_FAMILY_NAME = ("family", "familyName", "lastname", "last_name", "lastName", "last")
_NAMES = ("name", "literal", "display_name", "displayName", "full_name", "fullName", "original",
          "label", "title", "#text", "$t", "_", "value", "@value", "text", "node", "data",
          "attributes")  # fmt: skip
_DEEPEST = 5


def is_login(name: str) -> bool:
    """Whether a name is a login of a role, such as ``admin``, and no person's name."""
    return name.strip().casefold() in _LOGINS


def is_nothing(value: str) -> bool:
    """Whether a cell is empty, or has a program's word for an empty value: ``nan``, ``NULL``."""
    return value.strip() in _NOTHING


def names_of(value: Any, depth: int = 0) -> str:
    """The names in a field for authors, separated by commas; blank if there are none.

    An object gives its given and family name, or its name. A number is the id of a database row,
    not a name.
    """
    if isinstance(value, list) and depth < _DEEPEST:
        return ", ".join(filter(None, (names_of(author, depth + 1) for author in value)))
    if isinstance(value, dict) and depth < _DEEPEST:
        given, family = (
            next((str(value[key]) for key in keys if isinstance(value.get(key), str)), "")
            for keys in (_GIVEN_NAME, _FAMILY_NAME)
        )
        if family.strip():
            return f"{given.strip()} {family.strip()}".strip()
        return next((name for key in _NAMES if (name := names_of(value.get(key), depth + 1))), "")
    if not isinstance(value, str):
        return ""
    value = value.strip()
    if value.startswith("{") and len(value) < _LONGEST_LIST:
        with suppress(ValueError, RecursionError):
            return names_of(json.loads(value), depth + 1)
    if (listed := unlisted(value)) is not None:
        return names_of(listed, depth + 1)
    return "" if is_nothing(value) or _ID.fullmatch(value) else value


def given_first(names: str) -> str:
    """``Ann Example, Bob Sample`` for ``Example, Ann; Sample, Bob``, as databases list them."""
    turned = []
    for written in re.split(r"[;|\n]", names):
        name = BY.sub("", written.strip())
        match = _SURNAME_FIRST.fullmatch(name)
        turned.append(f"{match[2].strip()} {match[1].strip()}" if match else name)
    return ", ".join(filter(None, turned))


def unlisted(value: str) -> list[str] | None:
    """The strings in a list written by Python or JSON, such as ``['Ann', 'Bob']``; else None."""
    value = value.strip()
    if not (value.startswith("[") and value.endswith("]") and len(value) < _LONGEST_LIST):
        return None
    try:
        listed = ast.literal_eval(value)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return listed if all(isinstance(item, str) for item in listed) else None
