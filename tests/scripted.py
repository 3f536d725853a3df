"""An assistant that says what a test gave it, and the articles that it quotes."""

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from assistant import Answer, Citation, Statement, Turn
from assistant.answer import DatedWords, Difference
from assistant.language_model import Model
from corpus import Article, Unreadable
from index import ArchiveError, Filters, Overview, Passage, Passages, Report, Version
from index.entities import Entity
from index.finding import Hits, Order
from index.lexical import QueryWord
from index.store import Seen
from index.tagging import Kind
from index.words import words
from tests.fakes import FakeEncoder
from tests.made_articles import on


def article(id: str, title: str, text: str, **known: str | None) -> Article:
    published = on("2016-08-21")
    return Article(
        id,
        title,
        text,
        known.get("source", "Bridge Gazette"),
        published,
        known.get("url", f"https://gazette.example/{id}"),
        language=known.get("language"),
    )


def answered(question: str, *quoted: tuple[Article, str]) -> Answer:
    """An answer of one statement for each quote, which stands in its article once."""
    statements = []
    for marker, (source, quote) in enumerate(quoted, 1):
        start = source.text.index(quote)
        cited = Citation(marker, source, start, start + len(quote))
        statements.append(Statement((cited,), 0.9))
    return Answer(question, "answered", 0.9, tuple(statements))


BRIDGE = article(
    "bridge",
    "Bridge opens after nine years",
    "The bridge was closed in 2007. Mayor Ana Orban opened it on Sunday. A band played.\n\n"
    "It rained.\n\nBuilders from Kest worked on it for nine years. They were not paid until May.",
)
EARLIER = article("bridge", "Bridge to open", "It will be opened soon.")
TALKS = article("talks", "Talks end", "Nobody signed. The talks ended at noon.", source="Wire")

MARKUP = (
    "<script>window.ran = 'script'</script>"
    "<img src=x onerror=\"window.ran = 'image'\">"
    "<img src=http://outside.example/x.png>"
    "<svg onload=\"window.ran = 'svg'\"></svg>"
    "</mark></blockquote></p><h1>Big</h1>"
    " [link](http://outside.example/page) ![image](http://outside.example/y.png)"
    " **bold** `code` # heading [1] [2] $x$ $$y$$ http://outside.example/bare"
    " <a href=\"javascript:window.ran = 'link'\">here</a> {{value}} ${window.ran = 'template'}"
    " &lt;b&gt; \u202eelbisrever\u202c"
)
HOSTILE = article(
    "hostile",
    f"Headline {MARKUP}",
    f"Before {MARKUP}. Quoted {MARKUP}. After {MARKUP}.",
    source=f"Source {MARKUP}",
    url="javascript:window.ran='address'",
)
LONG = article("long", "x" * 5_000, f"{'y' * 3_000} said nothing.", source="z" * 500)
ARABIC = article(
    "arabic", "افتتاح الجسر", "افتتحت العمدة الجسر يوم الأحد. عزفت فرقة.", language="ar"
)

REPORT = Report(
    added=["talks", "bridge"],
    changed=["bridge"],
    withdrawn=["a", "b", "c"],
    unchanged=["d"] * 1_200,
    copies=["talks"],
    failed=[Unreadable("clippings/<b>torn</b>.pdf", "the file is damaged")],
).as_dict()


class Named:
    """Whom every article and the whole archive name."""

    def most(self, articles: Collection[int] | None = None, most: int = 12) -> dict[Kind, Any]:
        return {"person": [Entity("person", "Ada Byrne", 3)], "place": [], "organisation": []}

    def named_in(self, id: str) -> dict[Kind, Any]:
        return self.most()


@dataclass
class Held:
    articles: int = 42
    names: Named = field(default_factory=Named)
    encoder: FakeEncoder = field(default_factory=FakeEncoder)
    written: dict[tuple[str, str], str] = field(default_factory=dict)

    def state(self) -> str:
        return "as it was"

    def newest(self, most: int = 10) -> list[Article]:
        return [TALKS, BRIDGE, HOSTILE][:most]

    def hits(
        self,
        query: str = "",
        filters: Filters | None = None,
        order: Order = "relevance",
        first: int = 0,
        most: int = 20,
        since: Seen | None = None,
        naming: Sequence[tuple[Kind, str]] = (),
    ) -> Hits:
        """All its articles, which are of one day and of many sources."""
        articles = (BRIDGE, TALKS, HOSTILE, LONG, ARABIC)
        found = Passages([Passage(article, 0, len(article.text), 1.0) for article in articles])
        sources = {article.source: 1 for article in articles if article.source}
        asked = [QueryWord(word, 1.0, frozenset({word}), True) for word in words(query)]
        when = date(2016, 8, 21)
        return Hits("every word", 5, found, sources, {"en": 4, "ar": 1}, {"2016-08": 5}, {when: 5},
                    asked)  # fmt: skip

    def article(self, id: str) -> Article | None:
        return next(
            (article for article in (BRIDGE, TALKS, HOSTILE, LONG, ARABIC) if article.id == id),
            None,
        )

    def search(self, query: str, k: int = 10, filters: Filters | None = None) -> list[Passage]:
        return [Passage(BRIDGE, 0, len(BRIDGE.text), 1.0)] if "bridge" in query else []

    def copies(self, id: str) -> list[Article]:
        return [TALKS] if id == "bridge" else []

    def history(self, id: str) -> list[Article]:
        return [version.article for version in self.versions(id) if version.replaced]

    def versions(self, id: str) -> list[Version]:
        if id != "bridge":
            return []
        stored, corrected = (datetime(2016, 8, day, 12, tzinfo=UTC) for day in (20, 22))
        return [Version(EARLIER, stored, corrected), Version(BRIDGE, corrected, None)]

    def came_from(self, article: Article) -> str | None:
        return article.origin

    def papers(self, kind: str) -> dict[str, str]:
        return {name: content for (of, name), content in self.written.items() if of == kind}

    def paper(self, kind: str, name: str) -> str | None:
        return self.written.get((kind, name))

    def change_paper(
        self, kind: str, name: str, change: Callable[[str | None], str | None]
    ) -> None:
        content = change(self.written.pop((kind, name), None))
        if content is not None:
            self.written[kind, name] = content

    def rename_paper(self, kind: str, name: str, new: str) -> bool:
        raise NotImplementedError

    def overview(self) -> Overview:
        first, last = date(2016, 8, 21), date(2026, 5, 4)
        return Overview(
            self.articles,
            99,
            {"Wire": 40, "Gazette": 2},
            first,
            last,
            "fake",
            {"en": 39, "ar": 1},
            [("2016-08", 28), ("2026-05", 8)],
            [("2016", 30), ("2026", 8)],
            3,
            1,
            datetime(2026, 5, 5, 6, 7, tzinfo=UTC),
            REPORT,
        )


@dataclass
class Scripted:
    """Says what it was given, and "does not say" with BRIDGE and TALKS as nearest to the rest."""

    answers: list[Answer] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)
    archive: Held = field(default_factory=Held)
    goes_on: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)
    filters: list[Filters] = field(default_factory=list)
    histories: list[tuple[str, ...]] = field(default_factory=list)
    typed: list[bool] = field(default_factory=list)
    model: Model | None = None

    def chosen_by(self, model: Model) -> "Scripted":
        return replace(self, model=model)

    def suggest_questions(self, count: int, go_on: Callable[[], bool]) -> list[str]:
        return self.suggestions[:count]

    def stream(
        self,
        question: str,
        filters: Filters | None = None,
        history: Sequence[Turn] = (),
        read_filters: bool = True,
        *,
        as_typed: bool = False,
    ) -> Iterator[Answer]:
        if question == "chosen":
            yield answered("chosen", (BRIDGE, OPENED), (BRIDGE, BUILT))
            self.goes_on.wait(20)
        yield self.ask(question, filters, history, read_filters, as_typed=as_typed)

    def ask(
        self,
        question: str,
        filters: Filters | None = None,
        history: Sequence[Turn] = (),
        read_filters: bool = True,
        *,
        as_typed: bool = False,
    ) -> Answer:
        self.asked.append(question)
        self.typed.append(as_typed)
        self.filters.append(filters or Filters())
        self.histories.append(tuple(turn.question for turn in history))
        if question == "dated" and read_filters:
            read = Filters(after=date(2016, 8, 1), before=date(2016, 8, 31))
            return replace(answered(question, (TALKS, ENDED)), filters=read, read=read)
        if question == "slow":
            self.goes_on.wait(20)
        if question == "broken archive":
            raise ArchiveError("The archive is <gone>: restore it.")
        if question == "fault":
            raise ZeroDivisionError
        for answer in self.answers:
            if answer.question == question:
                return replace(answer, filters=filters or Filters())
        passages = [
            Passage(BRIDGE, 31, 67, 3.0),
            Passage(BRIDGE, 0, 30, 2.0),
            Passage(TALKS, 0, 14, 1.0),
        ]
        reason = "The archive does not say: the nearest articles do not answer the question."
        return Answer(question, "does not say", 0.1, (), tuple(passages), reason)


OPENED = "Mayor Ana Orban opened it on Sunday."
BUILT = "Builders from Kest worked on it for nine years."
ENDED = "The talks ended at noon."
REMARKED = Answer(
    "And the band?",
    "answered",
    0.4,
    (
        Statement(
            (
                Citation(
                    1,
                    BRIDGE,
                    31,
                    67,
                    marks=((37, 46), (60, 66)),
                    dated=(DatedWords(57, 66, date(2016, 8, 21), date(2016, 8, 21)),),
                    copies=(TALKS,),
                ),
            ),
            0.4,
        ),
        Statement((Citation(2, TALKS, 15, 39),), 0.4),
    ),
    hedged=True,
    standalone="Who of the band opened the <b>bridge</b>?",
    matched=(("Orbán", ("Orban",)),),
    differences=(Difference((("at <noon>", (2,)), ("on Sunday", (1,)))),),
    notes=("The language model <failed>.",),
)
SCRIPT = Scripted(
    [
        answered("Who opened the bridge?", (BRIDGE, OPENED), (BRIDGE, BUILT), (TALKS, ENDED)),
        answered("When did the talks end?", (TALKS, ENDED)),
        answered("slow", (TALKS, ENDED)),
        replace(
            answered("chosen", (TALKS, ENDED)),
            notes=("The sentences were chosen by tiny.",),
            searched=("end of <b>talks</b>",),
        ),
        answered("<b>hostile</b> **q**", (HOSTILE, f"Quoted {MARKUP}.")),
        answered("long", (LONG, LONG.text)),
        REMARKED,
        answered("dated", (BRIDGE, OPENED), (TALKS, ENDED)),
        answered("من افتتح الجسر؟", (ARABIC, "افتتحت العمدة الجسر يوم الأحد.")),
    ],
    ["Who opened the bridge?", "<img src=x onerror=\"window.ran = 'suggestion'\"> why?"],
)
