"""Unifies spellings of one word that differ between papers, script by script.

Tantivy has stemmers for Arabic, Greek and Russian. This module does what they do not: it unifies
letters that have two codes, and removes the few fixed particles that are attached to names.
"""

import unicodedata

import regex

# A Persian keyboard has other codes for k and y than an Arabic one, and the line that stretches a
# word is no letter. An h before a zero-width non-joiner is the e of Kurdish.
_ONE_LETTER = str.maketrans({
    "ک": "ك", "ی": "ي", "ى": "ي", "ې": "ي", "ہ": "ه", "ھ": "ه", "ـ": None,
})  # fmt: skip
_KURDISH_E = "ه\u200c"
_ARABIC = regex.compile(r"\p{Arabic}")
# "And", "in", "as" and "so" before the article, and "to" with it.
_ARTICLE = regex.compile(r"\bو?(?:[بكف]?ال|لل)(?=\w{3})")
# The plural of words that end in ة, and of many others.
_PLURAL = regex.compile(r"(?<=\w{3})ات\b")
# The endings of a Sorani noun, which is recognised by letters that Arabic and Persian lack: one,
# the or several; of; our, your, their; in or from.
_SORANI = regex.compile(
    r"\b(?=\w*[ێۆڵڕڤە])(\w{3,}?)(?:ێك|[ەه]?يەك|[ەه]?كان|[ەه]?ك[ەه]|ان|[ەه])?ي?(?:مان|تان|يان)?"
    r"(?:دا|[ەه]?و[ەه])?\b"
)

# Some papers write a nasal before a consonant of its own class as a letter, others as a dot:
# हिन्दी, हिंदी. The Unicode blocks of these scripts have the same letters at the same offsets.
_DOTTED = {"Devanagari": 0x0900, "Gujarati": 0x0A80, "Telugu": 0x0C00, "Kannada": 0x0C80}
_CLASSES = ((0x15, 0x19), (0x1A, 0x1E), (0x1F, 0x23), (0x24, 0x28), (0x2A, 0x2E))
_INDIC = regex.compile("|".join(rf"\p{{{script}}}" for script in _DOTTED))
_NASAL = [
    (
        regex.compile(
            "|".join(
                f"{chr(block + nasal)}{chr(block + 0x4D)}"
                f"(?=[{chr(block + first)}-{chr(block + nasal - 1)}])"
                for first, nasal in _CLASSES
            )
            + f"|{chr(block + 0x01)}"
        ),
        chr(block + 0x02),
    )
    for block in _DOTTED.values()
]
# The dot below marks a sound of another language, and is often omitted; but it is not omitted
# with two letters of Hindi's own.
_DOT_BELOW = regex.compile("(?<![डढ])[\u093c\u0abc\u0c3c\u0cbc]")

_DIGIT = regex.compile(r"(?![0-9])\p{Nd}")
# Invisible characters that show where a word may be broken, or how its letters join.
_UNSEEN = regex.compile("[\u00ad\u200d\u2060\ufeff]|(?<!\\p{Arabic})\u200c")

# The endings that Turkish, and Kurdish in Latin letters, attach to a name after an apostrophe:
# several; of a compound; of, to, in, from, with, without; is, was. Their vowels agree with those
# before them, and have already lost their marks.
_APOSTROPHE = regex.compile(
    r"(?<=[^\W_]{2})['’ʼ](?=[a-z])"
    r"(?:l[ae]r)?(?:s?[iu](?=n))?"
    r"(?:n?[iu]n|[yn]?[iu]|[yn]?[ae]|n?[dt][ae](?:n|ki(?:l[ae]r)?)?|y?l[ae]|s[iu]z|l[iu]k?"
    r"|[iu]?nc[iu])?(?:[dt][iu]r|y?d[iu]|y?m[iu]s)?(?<=[a-z])\b(?!['’ʼ])"
)


def one_spelling(text: str) -> str:
    """A text in one uniform spelling; it comes in small letters and without optional marks."""
    text = _APOSTROPHE.sub("", text)
    if text.isascii():
        return text
    text = _DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)
    if _ARABIC.search(text):
        text = text.replace(_KURDISH_E, "ە").translate(_ONE_LETTER)
        text = _PLURAL.sub("ة", _ARTICLE.sub("", text))
        text = _SORANI.sub(r"\1", text)
    text = _UNSEEN.sub("", text)
    if _INDIC.search(text):
        text = _DOT_BELOW.sub("", text)
        for nasal, dot in _NASAL:
            text = nasal.sub(dot, text)
    return text
