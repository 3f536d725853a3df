"""Tables for a terminal."""

from collections.abc import Sequence

Cell = str | int | float


def table(title: str, headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Rows under a title and headings; the first column holds names, the others figures."""
    cells = [["", *headings], *([_written(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip()
        for row in cells
    ]
    return "\n".join([title, *(f"  {line}" for line in lines if line)])


def _written(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:.3f}" if abs(cell) < 10 else f"{cell:.1f}"
    return str(cell)
