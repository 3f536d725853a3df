"""Factiva: downloads as HTML and RTF, with or without the codes of the fields, and as XML.

The codes are Factiva's own: HD headline, BY author, PD day, SN paper, LA language, LP and TD text,
AN number of the article.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise, takewhile
from typing import Any

from corpus.databases.lines import BREAKS_OFF
from corpus.dates import date_in_line, parse_date
from corpus.drafts import Draft
from corpus.encoding import one_line
from corpus.markup import text_of_tree, words_at, words_of

_NUMBER = r"[A-Z0-9]{4,12}(?:19|20)\d{6}[a-z0-9]{5,12}"
_DOCUMENT = "(?:Do[ck]umento?|文件|文書)"
_MARK = re.compile(
    rf"^[ \t|]{{0,20}}(?:AN[ \t|]{{1,20}})?{_DOCUMENT} {_NUMBER}[ \t|]*$", re.MULTILINE
)
_HAS_CLASS = "contains(concat(' ', @class, ' '), ' article ')"
# Each begins with plain letters, which are found at once: every page is searched for them.
_MARKS_OF_PAGE = [
    re.compile(r"<title>Factiva</title>"),
    re.compile(r"class=[\"']article [a-z]{2,10}Article"),
    re.compile(r"articleParagraph(?<=[a-z].{16})\b"),
]
_END = re.compile(rf"[\s|]*(?:AN[\s|]+)?{_DOCUMENT} ({_NUMBER})[\s|]*")
_CODES = frozenset(
    """AN ART BY CLM CO CR CT CX CY DLN ED ET GC HD IN IPC IPD LA LP MT NGC NS PD PG PUB RE RF SC SE
    SN TD VOL WC""".split()
)
_CODED = re.compile(r"[\s|]*([A-Z]{2,3})(?:[\s|]+|$)(.*)")
_WORDS = re.compile(r"[\d.,\u00a0\u202f ]{1,12}[^\W\d_]{2,12}")
_CODE_OR_PAGE = re.compile(r"[^\W_]{1,12}")
_TIME = re.compile(r"\d{1,2}[:.]\d{2}(?: .{1,10})?")
_BY = re.compile(r"(?:by|par|von|por|di) .", re.IGNORECASE)
_BY_NAME = re.compile(r"(?i:by|par|von|por|di) [^\W\d_a-z]\w*\W+\w")
_BETWEEN_NAMES = re.compile(r"\s*(?:[,;&]|\band\b|\bund\b|\bet\b|\by\b|\be\b)\s+")
_COPYRIGHT = re.compile(r"\(c\)|©|copyright", re.IGNORECASE)


def is_download(text: str) -> bool:
    """Whether a text is a download: an article in it ends with its number."""
    return _MARK.search(text) is not None


def is_page(html: str) -> bool:
    """Whether a web page is a download."""
    return any(mark.search(html) for mark in _MARKS_OF_PAGE)


def drafts_of_page(root: Any) -> Iterator[Draft]:
    """The articles in a download that is a web page."""
    # In downloads without codes an outer element of the same class may be around each article.
    for article in root.xpath(f".//div[{_HAS_CLASS} and not(.//div[{_HAS_CLASS}])]"):
        fields: dict[str, str] = {}
        for row in article.iter("tr"):
            cells = row.findall("td")
            code = words_of(cells[0]) if len(cells) > 1 else ""
            if code in _CODES:
                fields.setdefault(code, text_of_tree(cells[1]))
        yield _draft(fields) if fields else _draft_without_codes(article)


def drafts_of_lines(lines: list[str]) -> Iterator[Draft]:
    """The articles in the lines of a download; each article ends with its number."""
    start = 0
    for at, line in enumerate(lines):
        end = _END.fullmatch(line)
        if end is None:
            continue
        part = [line for line in lines[start:at] if line.strip(" \t|")]
        start = at + 1
        yield replace(_draft_of_part(part), id=end[1])
    # A summary of the search may follow the last article; it has no title.
    if _draft_of_part([line for line in lines[start:] if line.strip(" \t|")]).title:
        yield BREAKS_OFF


def drafts_of_xml(root: Any) -> Iterator[Draft]:
    """The articles in an XML answer of Factiva's service, without namespaces."""
    for article in root.iter("article"):
        dates = article.xpath("publicationDate/dateTime") + article.xpath("publicationDate/date")
        paragraphs = [
            "".join(paragraph.itertext())
            for part in ("leadParagraph", "tailParagraphs")
            for paragraph in article.findall(f"{part}/paragraph")
        ]
        yield Draft(
            text="\n\n".join(paragraphs),
            title=" ".join(map(words_of, article.iterfind("headline/*"))),
            id=words_at(article, "accessionNo"),
            dates=[parse_date(words_of(date), "metadata") for date in dates],
            source=words_at(article, "sourceName"),
            author=words_at(article, "byline"),
            language=words_at(article, "baseLanguage"),
            section=words_at(article, "sectionName"),
        )


def _fields(lines: list[str]) -> dict[str, str]:
    fields: dict[str, list[str]] = {}
    code = ""
    for line in lines:
        match = _CODED.fullmatch(line)
        if match is not None and match[1] in _CODES and match[1] not in fields:
            code = match[1]
            fields[code] = [match[2].strip(" \t|")]
        elif code:
            fields[code].append(line.strip(" \t|"))
    return {code: "\n\n".join(paragraphs) for code, paragraphs in fields.items()}


def _draft_of_part(lines: list[str]) -> Draft:
    fields = _fields(lines)
    return _draft(fields) if "HD" in fields else _draft_of_plain(lines)


def _draft(fields: dict[str, str]) -> Draft:
    return Draft(
        text="\n\n".join(fields[code] for code in ("LP", "TD") if fields.get(code)),
        title=one_line(fields.get("HD", "")),
        id=re.sub(rf"^{_DOCUMENT}", "", fields.get("AN", "")).strip() or None,
        dates=[date_in_line(fields.get("PD", ""))],
        source=fields.get("SN"),
        author=fields.get("BY"),
        language=fields.get("LA"),
        section=fields.get("SE"),
    )


def _draft_without_codes(article: Any) -> Draft:
    """An article whose fields are recognised by their order: words, day, time, paper."""
    headline = next(iter(article.xpath(".//*[@id='hd' or contains(@class, 'Headline')]")), None)
    paragraphs = article.xpath(".//p[contains(@class, 'articleParagraph')]")
    number = next(filter(None, map(_END.fullmatch, article.itertext())), None)
    # Only lines below the headline are searched for the day: a headline may name a day, too.
    path = "ancestor-or-self::div[1]/{}-sibling::div"
    above, below = (
        [] if headline is None else headline.xpath(path.format(side))
        for side in ("preceding", "following")
    )
    lines = [" ".join(division.itertext()).strip() for division in below]
    return Draft(
        text="\n\n".join(text_of_tree(paragraph) for paragraph in paragraphs),
        title=words_of(headline),
        id=number[1] if number else None,
        author=words_at(article, ".//div[@class='author']"),
        section=words_of(above[-1]) if above else None,
        **_day_and_paper(lines),
    )


def _draft_of_plain(lines: list[str]) -> Draft:
    lines = [line.strip(" \t|") for line in lines]
    words = next(
        (at for at, line in enumerate(lines[:-1])
         if _WORDS.fullmatch(line) and date_in_line(lines[at + 1])), None
    )  # fmt: skip
    if words is None:
        return Draft(text="")
    above = lines[:words]
    # Above are a section, the headline and an author; only the headline is always present.
    author = above.pop() if len(above) > 1 and _is_byline(above[-1], len(above) > 2) else None
    begins = next(
        (at + 1 for at, line in enumerate(lines) if at > words and _COPYRIGHT.match(line)),
        0,
    )
    if not begins:
        codes = takewhile(_CODE_OR_PAGE.fullmatch, lines[words + 4 :])
        begins = words + 4 + len(list(codes))
    return Draft(
        text="\n\n".join(lines[begins:]),
        title=above[-1] if above else None,
        author=author,
        section=above[0] if len(above) == 2 else None,
        **_day_and_paper(lines[words:begins]),
    )


def _day_and_paper(lines: list[str]) -> dict[str, Any]:
    for at, line in enumerate(lines):
        published = date_in_line(line)
        if published is not None:
            below = [line for line in lines[at + 1 :] if line and not _TIME.fullmatch(line)]
            # The language is in the line above the copyright.
            languages = (line for line, after in pairwise(below) if _COPYRIGHT.match(after))
            paper = below[0] if below else None
            return {"dates": [published], "source": paper, "language": next(languages, None)}
    return {}


def _is_byline(line: str, has_section: bool) -> bool:
    """Whether a line above the number of words is a byline, and not a headline in capitals."""
    if _BY.match(line):
        return len(line.split()) < 7 or _BY_NAME.match(line) is not None
    names = [name.split() for name in _BETWEEN_NAMES.split(line)]
    most = 4 if has_section or len(names) > 1 else 3
    return all(
        2 <= len(words) <= most and all(word[0].isupper() for word in words) for words in names
    )
