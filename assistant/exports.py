"""An answer in other formats: as text, as Markdown, and as CSL-JSON for reference managers.

The text of articles and questions is data here too. In Markdown every character of it that could
begin markup is escaped, and only an address that ``safe_address`` accepts becomes a link.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Literal
from urllib.parse import quote

from assistant.answer import Answer, Citation
from assistant.spoken import (
    counted,
    safe_address,
    shortened,
    spoken_date,
    spoken_day,
    spoken_period,
)
from assistant.wording import gettext
from corpus import Article, Published
from index import Filters

_MOST_COPIES = 20
# The most characters of a headline, a name or a quote that a reference manager gets.
_LONGEST_FIELD = 4_000

# Every line and page break that an editor may know, and blanks that only fill.
_BLANK = re.compile(r"[ \t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+")
# Overrides, embeddings and isolates of writing direction, whose effect plain text cannot limit.
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Characters that may begin or end markup anywhere: CommonMark, GitHub's, and what note-taking
# programs add (mathematics, footnotes, tags, templates, attributes, comments, emoji).
_MARKUP = re.compile(
    r"[\\`*_\[\]<>&$~|^#{}@]|==|%%|//|:(?=[\w+-]+:)|(?<=www)\.|(?<=\S)\.(?=[^\W\d_]{2,6}\b)",
    re.IGNORECASE,
)
# Markup only at the beginning of a line; the escape comes after the match.
_LINE_START = re.compile(r"\d{1,9}(?=[.)])|(?=[-+=:%])")
_IN_ADDRESS = "%/:?#@!$&'()*+,;=~-._[]"


def as_text(answer: Answer, asked: str = "") -> str:
    """The answer and its numbered quotes, to be pasted anywhere.

    ``asked`` is the sentence that says when the question was asked, see ``asked_when``.
    """
    parts = [_marked(block, line) for block in blocks(answer, asked) if block.kind != "credit"]
    for citation in answer.citations:
        lines = [f"[{citation.marker}] “{line(citation.quote)}”", line(credit_of(citation))]
        lines += [web_address(citation.article)]
        parts.append("\n".join(filter(None, lines)))
    return "\n\n".join(parts) + "\n"


def as_markdown(answer: Answer, asked: str = "") -> str:
    """The answer and its numbered quotes as Markdown, in which no text of an article is markup."""
    parts = [_marked(block, plain) for block in blocks(answer, asked) if block.kind != "credit"]
    parts[0] = f"# {parts[0]}"
    parts += ["## " + gettext("Sources")] if answer.citations else []
    for citation in answer.citations:
        address = web_address(citation.article)
        link = f" <{address}>" if address else ""
        parts.append(f"**\\[{citation.marker}\\]** {plain(credit_of(citation))}{link}")
        parts.append(f"> {plain(citation.quote)}")
    return "\n\n".join(parts) + "\n"


def as_csl(answer: Answer, accessed: date) -> list[dict[str, Any]]:
    """The cited articles as items of CSL-JSON, one for each, with all quotes from it.

    ``accessed`` is the day on which the archive was asked. The fields follow the schema of
    citation-style-language.org; unknown ones are left out.
    """
    cited: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        cited.setdefault(citation.article.id, []).append(citation)
    return [csl_item(citations[0].article, citations, accessed) for citations in cited.values()]


@dataclass(frozen=True, slots=True)
class Form:
    """A format in which an answer can be exported.

    ``write`` gets the answer, the day on which it was asked, and a sentence that says when that was
    and what the archive held. ``summary`` is the help of the command's option.
    """

    write: Callable[[Answer, date, str], str]
    media_type: str
    ending: str
    summary: str


FORMS = {
    "text": Form(
        lambda answer, day, asked: as_text(answer, asked),
        "text/plain", "txt", "print the answer and its quotes as plain text",
    ),
    "markdown": Form(
        lambda answer, day, asked: as_markdown(answer, asked),
        "text/markdown", "md", "print Markdown with the quotes",
    ),
    "csl": Form(
        lambda answer, day, asked: as_json(as_csl(answer, day)),
        "application/vnd.citationstyles.csl+json", "json", "print the sources as CSL-JSON",
    ),
}  # fmt: skip
"""Every format by its name: the option of the command, and the ``form`` of the page's /export."""


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


# --- Plain text --------------------------------------------------------------------------------


def asked_when(day: date, articles: int, first: date | None, last: date | None) -> str:
    """A sentence that says when an archive was asked and what it held then."""
    held = counted(articles, "article")
    held += f", {spoken_period(first, last)}" if first and last else ""
    return gettext(
        "Asked on %(day)s, when the archive held %(held)s.", day=spoken_day(day), held=held
    )


def limits(filters: Filters) -> list[tuple[Filters, str]]:
    """The limits of a search, one by one, each as its own filter and in a few words."""
    parts = []
    dates = Filters(filters.after, filters.before)
    if filters.after and filters.before:
        parts.append((dates, spoken_period(filters.after, filters.before)))
    elif filters.after:
        parts.append((dates, gettext("since %(day)s", day=spoken_day(filters.after))))
    elif filters.before:
        parts.append((dates, gettext("until %(day)s", day=spoken_day(filters.before))))
    if filters.as_of:
        words = gettext("as known on %(day)s", day=spoken_day(filters.as_of))
        parts.append((Filters(as_of=filters.as_of), words))
    parts += [(Filters(sources=(source,)), source) for source in filters.sources]
    parts += [(Filters(languages=(language,)), language) for language in filters.languages]
    if filters.articles:
        words = counted(len(filters.articles), "chosen article")
        parts.append((Filters(articles=filters.articles), words))
    return parts


def circumstances(answer: Answer, asked: str = "") -> Iterator[str]:
    """When the question was asked, how it was read, and which articles were searched."""
    if asked:
        yield asked
    if answer.whole != answer.question:
        yield gettext("Read as: %(question)s", question=answer.whole)
    if answer.searched:
        yield searched(answer)
    if parts := limits(answer.filters):
        yield gettext("Limited to %(limits)s.", limits=", ".join(words for _, words in parts))


def searched(answer: Answer) -> str:
    """A sentence that says what a language model searched for beside the question."""
    texts = ", ".join(f"“{text}”" for text in answer.searched)
    return gettext("Also searched for: %(texts)s.", texts=texts)


def remarks(answer: Answer) -> Iterator[str]:
    """What a reader has to know beside the sentences of an answer."""
    for name, spellings in answer.matched:
        yield gettext(
            "%(name)s was matched as %(spellings)s.", name=name, spellings=", ".join(spellings)
        )
    yield from doubts(answer)
    yield from answer.notes


def doubts(answer: Answer) -> Iterator[str]:
    """The reasons to doubt an answer."""
    if answer.hedged and answer.statements:
        yield gettext("The archive supports this weakly; check it in the sources.")
    for difference in answer.differences:
        sides = "; ".join(
            value + "".join(f" [{marker}]" for marker in markers)
            for value, markers in difference.values
        )
        yield gettext("The sources differ: %(sides)s.", sides=sides)


def credit(article: Article) -> str:
    """Headline, source and date of an article, and its version if that is not the first."""
    parts = [article.title.strip() or gettext("Without a headline")]
    parts += [article.source] if article.source else []
    if article.published:
        parts.append(spoken_date(article.published))
        if article.published.how == "file time":
            parts.append(gettext("dated by its file"))
    else:
        parts.append(gettext("date unknown"))
    if article.version > 1:
        parts.append(gettext("version %(num)s", num=article.version))
    parts += [gettext("another source has another text of it")] if article.claims else []
    return " · ".join(parts)


def carriers(citations: Sequence[Citation]) -> str:
    """Which other articles carry the same text as the quotes; empty if none does."""
    copies = list({copy.id: copy for citation in citations for copy in citation.copies}.values())
    if not copies:
        return ""
    outlets = ", ".join(copy.source or copy.title for copy in copies[:_MOST_COPIES])
    if (more := len(copies) - _MOST_COPIES) > 0:
        outlets = gettext("%(some)s and %(num)s more", some=outlets, num=more)
    return gettext("the same text in %(outlets)s", outlets=outlets)


def web_address(article: Article) -> str:
    """The article's web address without characters that could end it; empty if it has none."""
    safe = safe_address(article.url)
    if safe is None:
        return ""
    return "".join(
        sign if sign.isalnum() or sign in _IN_ADDRESS else quote(sign, safe="", errors="replace")
        for sign in safe[0]
    )


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of an answer or a dossier; that of a quote or a credit has its ``article``.

    ``markers`` are those of the quoted sentence.
    """

    kind: Literal["heading", "quote", "credit", "remark", "note"]
    text: str
    article: Article | None = None
    markers: str = ""

    @property
    def address(self) -> str:
        """The web address of a credit's article, or ""."""
        return web_address(self.article) if self.article else ""


def blocks(answer: Answer, asked: str = "") -> Iterator[Block]:
    """The paragraphs of an answer: its question, its sentences, their credits and its remarks."""
    yield Block("heading", answer.question)
    for remark in circumstances(answer, asked):
        yield Block("remark", remark)
    if answer.reason:
        yield Block("remark", answer.reason)
    side = ""
    for statement in answer.statements:
        if statement.side and statement.side != side:
            yield Block("remark", f"{statement.side}:")
        side = statement.side
        markers = " ".join(f"[{cited.marker}]" for cited in statement.citations)
        yield Block("quote", statement.text, statement.citations[0].article, markers)
        for cited in statement.citations:
            yield Block("credit", f"[{cited.marker}] {credit_of(cited)}", cited.article)
    for remark in remarks(answer):
        yield Block("remark", remark)


def _marked(block: Block, write: Callable[[str], str]) -> str:
    """A block in one line with its markers; ``write`` escapes both."""
    return f"{write(block.text)} {write(block.markers)}".rstrip()


def credit_of(citation: Citation) -> str:
    """The credit of a quote's article, the days of its relative dates, and the other carriers."""
    text = citation.article.text
    days = [
        f"“{text[dated.start : dated.end]}”: {spoken_period(dated.first, dated.last)}"
        for dated in citation.dated
    ]
    return " · ".join(filter(None, [credit(citation.article), *days, carriers([citation])]))


def line(text: str) -> str:
    """The text in one line, without characters that would change the text around it."""
    return _CONTROL.sub("\ufffd", _BLANK.sub(" ", _DIRECTIONS.sub("", text))).strip(" ")


def plain(text: str) -> str:
    """The text in one line of Markdown that displays exactly this text."""
    escaped = _MARKUP.sub(lambda match: "".join(f"\\{sign}" for sign in match[0]), line(text))
    start = _LINE_START.match(escaped)
    return f"{escaped[: start.end()]}\\{escaped[start.end() :]}" if start else escaped


# --- CSL-JSON ----------------------------------------------------------------------------------


def csl_item(article: Article, citations: Sequence[Citation], accessed: date) -> dict[str, Any]:
    """One article as an item of CSL-JSON, with the quotes from it, if there are any.

    A citation whose marker is 0 is written without a number.
    """
    author = _field(article.author)
    fields: dict[str, Any] = {
        "id": _key(article),
        "type": "article-newspaper",
        "title": _field(article.title),
        "container-title": _field(article.source),
        "section": _field(article.section),
        "author": [{"literal": author}] if author else None,
        "issued": _issued(article.published),
        "URL": web_address(article),
        "language": _field(article.language),
        "accessed": {"date-parts": [[accessed.year, accessed.month, accessed.day]]},
        "note": _note(article, citations),
    }
    return {name: value for name, value in fields.items() if value}


def _key(article: Article) -> str:
    """A key that distinguishes the article from others: its address, or else a hash.

    The ids of articles from files are paths on this computer, which concern nobody else.
    """
    if safe_address(article.id):
        return article.id
    return sha256(article.id.encode(errors="replace")).hexdigest()[:16]


def _field(text: str | None) -> str:
    return shortened(line(text or ""), _LONGEST_FIELD)


def _issued(published: Published | None) -> dict[str, Any] | None:
    """A date in CSL-JSON, as exact as it is known."""
    if published is None:
        return None
    day = published.day
    parts = [day.year, day.month, day.day][: {"year": 1, "month": 2}.get(published.precision, 3)]
    circa = {"circa": True} if published.how == "file time" else {}
    return {"date-parts": [parts]} | circa


def _note(article: Article, citations: Sequence[Citation]) -> str:
    """The quotes, and what their reader has to know."""
    parts = [
        f"{f'[{citation.marker}] ' if citation.marker else ''}“{_field(citation.quote)}”"
        for citation in citations
    ]
    details = [gettext("version %(num)s", num=article.version)] if article.version > 1 else []
    details += [_field(copies)] if (copies := carriers(citations)) else []
    return " ".join([*parts, *([f"({'; '.join(details)})"] if details else [])])
