"""The lines of downloads, which are broken at the width of a page in older ones."""

from corpus.drafts import Draft

BREAKS_OFF = Draft(text="", empty="breaks off: the end of its last article is missing")
"""Stands for what follows the last whole article of a download."""

_WRAPPED_AT = 100
"""Characters; where some line is longer, none was broken at the width of a page."""

_SHORT = 50
"""Characters; a line that ends before was not broken at a width."""


def blocks_of(lines: list[str]) -> list[str]:
    """The paragraphs of a text, those whose lines were broken at a width put together again.

    A blank line stands between paragraphs, or none does where each is one line.
    """
    stripped = [line.strip() for line in lines]
    if any(len(line) > _WRAPPED_AT for line in stripped):
        return [line for line in stripped if line]
    blocks: list[str] = []
    current = ""
    for line in stripped:
        if not line:
            blocks += [current] if current else []
            current = ""
        elif not current:
            current = line
        else:
            last = len(current) - current.rfind("\n") - 1
            current += ("\n" if last < _SHORT else " ") + line
    return [*blocks, current] if current else blocks
