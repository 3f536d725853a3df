"""Numbers in a text: written in words, with currencies, with thousands and millions."""

import re

from corpus.encoding import without_halves

_PERCENT = re.compile(r"(?<!\s)\s*(?:%|\bper\s?cent\b)", re.IGNORECASE)
_CURRENCIES = {"$": "dollars", "£": "pounds", "€": "euros"}
_MONEY = re.compile(
    r"(?:US|A|C)?([$£€])\s?(\d[\d.,]*\d|\d)(\s?(?:k|m|bn|thousand|million|billion)\b)?"
)
_SCALE = r"(?:hundred|thousand|million|billion)"
_VAGUE = rf"(?:few|several|many|some|couple(?:\s+of)?)(?:\s+{_SCALE}\b){{1,3}}"
_LARGE = re.compile(rf"(\b(?:(?:ten|{_SCALE})s|{_VAGUE})\b)", re.IGNORECASE)
_PART = re.compile(
    rf"\b(half|a\s+quarter|three\s+quarters)(?:\s+of)?\s+(?:an?|one)\s+(?={_SCALE}\b)",
    re.IGNORECASE,
)
_PARTS = {"half": "0.5", "a quarter": "0.25", "three quarters": "0.75"}
_AND_A_HALF = re.compile(r"(?<=\d)\sand\sa\shalf(?=\s1000)")
# Numbers are not longer, and a number does not begin within a longer one.
_SCALED = re.compile(
    r"(?<!\d)(\d[\d.,]{0,30}\d|\d)\s?(1000000000|1000000|1000|(?:k|m|bn)(?=\s(?:dollars|pounds|euros)))\b"
)
# text2num needs quadratic time where number follows number; no sentence is this long.
_STRETCH = re.compile(r".{1,2000}(?!\S)|.{1,2000}", re.DOTALL)
GROUPED = re.compile(r"(?<=\d),(?=(?:\d\d,){0,5}\d{3}(?!\d))")
"""The commas between thousands: 500,000, or 5,00,000 as in India."""


def in_digits(text: str) -> str:
    """The text with spelled-out numbers as digits, and each number as one number."""
    from text_to_num import alpha2digit

    text = without_halves(text)
    text = _PERCENT.sub("%", text)
    text = _MONEY.sub(lambda match: f"{match[2]}{match[3] or ''} {_CURRENCIES[match[1]]}", text)
    text = _PART.sub(lambda match: f"{_PARTS[' '.join(match[1].lower().split())]} ", text)
    # "Hundreds" and "a few hundred" do not mean 100.
    pieces = _LARGE.split(text)
    pieces[::2] = [
        "".join(alpha2digit(stretch, "en", 0) for stretch in _STRETCH.findall(piece))
        for piece in pieces[::2]
    ]
    return _SCALED.sub(_times, _AND_A_HALF.sub(".5", "".join(pieces)))


def _times(match: re.Match[str]) -> str:
    scale = {"k": 1e3, "m": 1e6, "bn": 1e9}.get(match[2]) or float(match[2])
    return f"{value(match[1]) * scale:.15g}"


def value(digits: str) -> float:
    """The value of digits: 5,000 is five thousand, 1,5 and 1.5 are one and a half."""
    ungrouped = GROUPED.sub("", digits)
    parts = re.split(r"[.,]", ungrouped)
    return float(f"{''.join(parts[:-1]) or 0}.{parts[-1]}") if len(parts) > 1 else float(ungrouped)
