"""Numbers in a text: written in words, with currencies, with thousands and millions."""

import re

from corpus.encoding import without_halves

_PERCENT = re.compile(r"(?<!\s)\s*(?:%|\bper\s?cent\b)", re.IGNORECASE)
_CURRENCIES = {"$": "dollars", "£": "pounds", "€": "euros"}
_MONEY = re.compile(
    r"(?:US|A|C)?([$£€])\s?(\d[\d.,]*\d|\d)(\s?(?:k|m|bn|thousand|million|billion)\b)?"
)
_LARGE = re.compile(r"(\b(?:hundred|thousand|million|billion)s\b)", re.IGNORECASE)
# Numbers are not longer, and a number does not begin within a longer one.
_SCALED = re.compile(
    r"(?<!\d)(\d[\d.,]{0,30}\d|\d)\s?(1000000000|1000000|1000|(?:k|m|bn)(?=\s(?:dollars|pounds|euros)))\b"
)
# text2num needs quadratic time where number follows number; no sentence is this long.
_STRETCH = re.compile(r".{1,2000}(?!\S)|.{1,2000}", re.DOTALL)
GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
"""The commas between thousands."""


def in_digits(text: str) -> str:
    """The text with spelled-out numbers as digits, and each number as one number."""
    from text_to_num import alpha2digit

    text = without_halves(text)
    text = _PERCENT.sub("%", text)
    text = _MONEY.sub(lambda match: f"{match[2]}{match[3] or ''} {_CURRENCIES[match[1]]}", text)
    # The plural "hundreds" does not mean 100.
    pieces = _LARGE.split(text)
    pieces[::2] = [
        "".join(alpha2digit(stretch, "en", 0) for stretch in _STRETCH.findall(piece))
        for piece in pieces[::2]
    ]
    return _SCALED.sub(_times, "".join(pieces))


def _times(match: re.Match[str]) -> str:
    scale = {"k": 1e3, "m": 1e6, "bn": 1e9}.get(match[2]) or float(match[2])
    return f"{value(match[1]) * scale:.15g}"


def value(digits: str) -> float:
    """The value of digits: 5,000 is five thousand, 1,5 and 1.5 are one and a half."""
    ungrouped = GROUPED.sub("", digits)
    parts = re.split(r"[.,]", ungrouped)
    return float(f"{''.join(parts[:-1]) or 0}.{parts[-1]}") if len(parts) > 1 else float(ungrouped)
