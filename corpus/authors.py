"""The names of authors as records, tables and databases write them, in the order of a byline."""

import ast
import re

_NONE = frozenset(
    ["", "nan", "none", "null", "n/a", "na", "-", "--", "<na>", "[]", "{}", "unknown"]
)
_LONGEST_LIST = 5_000
_SURNAME_FIRST = re.compile(r"([^,;|]{1,60}),\s*([^,;|\d]{1,60})")
_BY = re.compile(r"^by:?\s+", re.IGNORECASE)


def is_nothing(value: str) -> bool:
    """Whether a cell says, in a program's words, that nothing is known: ``nan``, ``NULL``."""
    return value.strip().lower() in _NONE


def given_first(names: str) -> str:
    """``Ann Example, Bob Sample`` of ``Example, Ann; Sample, Bob``, as databases list them."""
    turned = []
    for each in re.split(r"[;|\n]", names):
        name = _BY.sub("", each.strip())
        match = _SURNAME_FIRST.fullmatch(name)
        turned.append(f"{match[2].strip()} {match[1].strip()}" if match else name)
    return ", ".join(filter(None, turned))


def unlisted(value: str) -> list[str] | None:
    """The strings of a list that Python or JSON has written, ``['Ann', 'Bob']``; else None."""
    value = value.strip()
    if not (value.startswith("[") and value.endswith("]") and len(value) < _LONGEST_LIST):
        return None
    try:
        listed = ast.literal_eval(value)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else None
