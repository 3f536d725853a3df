"""Lines of downloads; in older downloads they are broken at the width of a page."""

from corpus.drafts import Draft

BREAKS_OFF = Draft(text="", empty="breaks off: the end of its last article is missing")
"""Stands for the text after the last complete article of a download."""

_WRAPPED_AT = 100
"""Characters; if a line is longer, no line was broken at the width of a page."""

_SHORT = 50
"""Characters; a shorter line was not broken at a width."""


def blocks_of(lines: list[str]) -> list[str]:
    """The paragraphs of a text, with lines joined that were broken at a width.

    Blank lines separate paragraphs, unless each paragraph is a single line.
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


def joined_lines(lines: list[str]) -> list[str]:
    """The paragraphs of a text whose lines are broken at the width of a page, without blank lines.

    A paragraph begins with an indented line; if no line is indented, after a sentence that ends
    before the width.
    """
    paragraphs: list[list[str]] = []
    width = max(map(len, lines))
    is_indented = any(line[:1].isspace() and line.strip() for line in lines[1:])
    last = ""
    for line in lines:
        words = line.split()
        if words:
            # The word would have fitted into the line before, which ends a sentence.
            fits = len(last) + len(words[0]) < width and last.rstrip("\"')”’")[-1:] in {*".!?"}
            if not last or (line[:1].isspace() if is_indented else fits):
                paragraphs.append([])
            paragraphs[-1] += words
        last = line.rstrip()
    return [" ".join(words) for words in paragraphs]
