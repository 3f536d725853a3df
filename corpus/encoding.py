"""Turns bytes into clean text: finds their encoding, and mends damage.

Everything else stays as it is, because articles are quoted letter for letter: curly quotes,
no-break spaces, ligatures, and composed or decomposed letters.
"""

import codecs
import re
import unicodedata
from html import entities

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Text declared as on the left is nearly always in the superset on the right, as browsers assume.
_SUPERSETS = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030",
    "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs",
}  # fmt: skip
_LATIN_ENCODINGS = ["cp1252", "cp1250", "cp1254", "cp1257"]
_OTHER_ENCODINGS = [
    "cp1251", "koi8_r", "koi8_u", "iso8859_5", "cp866", "cp1253", "cp1255", "cp1256", "cp874",
    "cp932", "euc_jp", "gb18030", "big5", "cp949",
]  # fmt: skip
_GUESSED_FROM = 100_000
"""Bytes from which an encoding is guessed."""

_HIGH_BYTES = re.compile(rb"[\x80-\xff]+")
# š, ž, ł, ą, ľ, ś, ź, ż inside a word, and capitals. They are frequent in Central European
# languages; in cp1252 these bytes are the same but rare letters, or signs that no word contains.
_CENTRAL_EUROPEAN = re.compile(rb"[\x8a\x8e\x9a\x9e\x9c\x9f]|[A-Za-z\x80-\xff][\xb3\xb9\xbe\xbf]")
_HUNGARIAN = re.compile(rb"[\xf5\xfb]")
_WESTERN = re.compile(rb"[\xe0\xe3\xe8\xea\xe5\xe6\xf1]")

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff\u00ad\u200b]")
# Control characters except soft hyphens, form feeds and the like, which papers use; C1 controls.
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_C1_CONTROLS = re.compile(r"[\x80-\x9f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]+")
_ESCAPED_BYTES = re.compile(r"[\udc80-\udcff]+")
_LINE_BREAKS = ("\r\n", "\r", "\u2028", "\x0b", "\x0c")
_BLANK_LINES = re.compile(r"\n{3,}")
# Mojibake is at least two characters outside ASCII in a row (the second may have become a
# space), or a C1 control. This search is quick; the decision whether it is mojibake is slow.
_MAYBE_MOJIBAKE = re.compile(r"[^\x00-\x7f][^\x00-\x7f]|[\xc0-\xf4] |[\x80-\x9f]")
_ENTITY = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));")


FAILURES = (
    ValueError, LookupError, TypeError, AttributeError, AssertionError, ArithmeticError,
    RecursionError, NotImplementedError,
)  # fmt: skip
"""What parsers raise, beside their own errors, on malformed files."""


class NotReadable(Exception):  # noqa: N818 — it is a finding, not a failure
    """The reason why a file or a record is not an article: one plain sentence for people."""


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of ``data``; ``declared`` is the encoding that a page declares.

    The encoding is that of a byte order mark, or UTF-8 if the data is valid in it, or the declared
    one, or a guess, in this order. Raises NotReadable if ``data`` is no text.
    """
    name = encoding_of(data, declared)
    text = data.decode(name, "surrogateescape" if name.startswith("utf-8") else "replace")
    text = mend_bytes(text)
    refuse_binary(text)
    return text


def encoding_of(data: bytes, declared: str | None = None) -> str:
    """Python's name of the encoding of ``data``, which may be just the beginning of a file."""
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return name
    declared_name = _known_encoding(declared)
    if b"\x1b" in data and declared_name is not None and declared_name.startswith("iso2022"):
        return declared_name
    if b"\0" in data[:1000]:
        # UTF-16 without a byte order mark: in ASCII characters one byte of each pair is zero.
        even, odd = data[:1000:2].count(0), data[1:1000:2].count(0)
        if min(even, odd) * 10 < max(even, odd) and max(even, odd) * 4 > len(data[:1000:2]):
            return "utf-16-le" if odd > even else "utf-16-be"
    if _is_mostly_utf8(data):
        return "utf-8"
    return declared_name or _guess(data[:_GUESSED_FROM])


def mend_bytes(text: str) -> str:
    """Decode the bytes that were invalid and that ``surrogateescape`` preserved in the text."""

    def decoded(match: re.Match[str]) -> str:
        escaped = bytes(ord(character) - 0xDC00 for character in match.group())
        return escaped.decode("cp1252", "replace")

    try:
        # Nearly all texts have none, and to encode them is quicker than to search them.
        text.encode()
    except UnicodeEncodeError:
        return _ESCAPED_BYTES.sub(decoded, text)
    return text


def refuse_binary(text: str) -> None:
    """Raise NotReadable if ``text`` has more control characters than real texts have."""
    beginning = text[:20_000]
    if len(_BINARY.findall(beginning)) * 20 > len(beginning):
        raise NotReadable("is a binary file, not text")


def clean(text: str) -> str:
    """The text as it is stored; cleaning it again changes nothing.

    Mends mojibake and surrogates, removes control characters other than line feed and tab,
    invisible hyphens and blanks at the ends of lines, and reduces several blank lines to one.
    """
    # Text that was damaged twice needs a second round. Nearly all texts need none; the limit is for
    # texts that were made to need many.
    for _ in range(10):
        before, text = text, _clean_once(text)
        if text == before:
            break
    return text


def without_controls(text: str) -> str:
    """The text without control characters and halves of surrogate pairs, which parsers refuse."""
    return _CONTROLS.sub("", text if text.isascii() else _SURROGATES.sub(_pair_up, text))


def without_halves(text: str) -> str:
    """The text with ``?`` for halves of surrogate pairs, which are no characters.

    Terminals, scripts, JSON and servers may send them; they cannot be written as UTF-8.
    """
    return text.encode(errors="replace").decode()


def one_line(text: str) -> str:
    """The text with each run of white space as one space."""
    return " ".join(text.split())


def clean_line(text: str) -> str:
    """``clean`` for a single line, such as a title."""
    line = one_line(text)
    # Joined lines may contain new mojibake.
    for _ in range(10):
        before, line = line, one_line(clean(line))
        if line == before:
            break
    return line


def decode_utf_8(data: bytes) -> str:
    """The text of bytes in UTF-8; those that are not valid are taken for Windows-1252."""
    return mend_bytes(data.decode("utf-8", "surrogateescape"))


def readable(name: str) -> str:
    """A file's name as text that can be stored; a name may be invalid in every encoding."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def caseless(name: str) -> str:
    """A name as names are compared: without case, and with each accented letter composed."""
    return unicodedata.normalize("NFC", name.casefold())


def decode_entities(text: str) -> str:
    """Replace HTML entities by their characters, once: ``&amp;lt;`` becomes ``&lt;``.

    Entities without their semicolon stay as they are.
    """
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name is not None:
        return entities.html5.get(name + ";", match.group())
    number = int(decimal) if decimal is not None else int(hexadecimal, 16)
    if 0x80 <= number <= 0x9F:
        return bytes([number]).decode("cp1252", "ignore")
    return chr(number) if number <= 0x10FFFF else match.group()


def _clean_once(text: str) -> str:
    text = text.replace("\u2029", "\n\n")
    for line_break in _LINE_BREAKS:
        text = text.replace(line_break, "\n")
    text = without_controls(text)
    lines = text.split("\n")
    if not text.isascii():
        lines = [line if line.isascii() else _mend_line(line) for line in lines]
    text = "\n".join(map(str.rstrip, lines))
    return _BLANK_LINES.sub("\n\n", text).strip()


def _mend_line(line: str) -> str:
    if not _MAYBE_MOJIBAKE.search(line):
        return line
    import ftfy

    # Only ftfy's repair of encodings is used: its other repairs may take a real no-break space for
    # part of mojibake.
    mended = ftfy.fix_encoding(line) if ftfy.badness.is_bad(line) else line
    return _C1_CONTROLS.sub("", ftfy.fixes.fix_c1_controls(mended))


def _pair_up(match: re.Match[str]) -> str:
    return match.group().encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _known_encoding(declared: str | None) -> str | None:
    if not declared:
        return None
    try:
        name = codecs.lookup(declared.strip()).name
        "".encode(name)
    except (LookupError, ValueError):
        return None
    # Data that is declared as UTF-8 or UTF-16, but failed the tests for them, is neither.
    return None if name.startswith("utf") else _SUPERSETS.get(name, name)


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether ``data`` is UTF-8 with at most a few stray bytes of another encoding."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=False)
    except UnicodeDecodeError:
        decoded = data.decode("utf-8", "surrogateescape")
        stray = sum(len(run) for run in _ESCAPED_BYTES.findall(decoded))
        outside_ascii = sum(not character.isascii() for character in decoded)
        return stray * 5 < outside_ascii - stray
    return True


def _guess(data: bytes) -> str:
    """The likeliest encoding of bytes that are not UTF-8; cp1252 if no other is likelier."""
    from charset_normalizer import from_bytes

    runs = _HIGH_BYTES.findall(data)
    # In Latin scripts, letters outside ASCII are isolated; in others, whole words are outside it.
    in_words = sum(len(run) for run in runs if len(run) >= 3)
    latin = in_words * 3 < sum(map(len, runs))
    candidates = _LATIN_ENCODINGS if latin else _OTHER_ENCODINGS
    best = from_bytes(data, cp_isolation=candidates).best()
    if best is None:
        return "cp1252"
    if best.encoding == "cp1250" and not (
        _CENTRAL_EUROPEAN.search(data) or (_HUNGARIAN.search(data) and not _WESTERN.search(data))
    ):
        return "cp1252"
    return best.encoding
