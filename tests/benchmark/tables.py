"""Tables for a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any


def tables(result: Mapping[str, Any], title: str = "") -> list[str]:
    """What was measured, however deep: figures by their names, and rows of figures as tables."""
    figures = {
        name: value for name, value in result.items() if not isinstance(value, Mapping | list)
    }
    rows = {name: value for name, value in result.items() if isinstance(value, Mapping)}
    made = [table(title, [""], list(figures.items()))] if figures else []
    if any(isinstance(value, Mapping | list) for row in rows.values() for value in row.values()):
        for name, row in rows.items():
            made += tables(row, f"{title}: {name}" if title else name)
    elif rows:
        headings = list(dict.fromkeys(heading for row in rows.values() for heading in row))
        cells = [
            [name, *(row.get(heading, "") for heading in headings)] for name, row in rows.items()
        ]
        made.append(table(title, headings, cells))
    for name, value in result.items():
        if isinstance(value, list):
            made.append("\n  ".join([name, *map(str, value)]))
    return made


def table(title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows under a title and headings; the first column holds names, the others figures."""
    cells = [["", *headings], *([_written(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip()
        for row in cells
    ]
    return "\n".join([title, *(f"  {line}" for line in lines if line)])


def _written(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:.3f}" if abs(cell) < 10 else f"{cell:.1f}"
    return str(cell)
