"""An assistant that says what a test gave it, and the articles that it quotes."""

import atexit
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from assistant import Answer, Citation, Statement, Turn
from assistant.answer import DatedWords, Difference
from assistant.language_model import Model
from corpus import Article, Unreadable
from index import Archive, ArchiveError, Filters, Overview, Passage, Passages, Report
from tests.fakes import Clock, FakeEncoder, FakeTagger
from tests.made_articles import on, quoting


def article(id: str, title: str, text: str, **known: Any) -> Article:
    published = on("2016-08-21")
    return Article(
        id,
        title,
        text,
        known.get("source", "Bridge Gazette"),
        published,
        known.get("url", f"https://gazette.example/{id}"),
        language=known.get("language"),
        version=known.get("version", 1),
    )


BRIDGE = article(
    "bridge",
    "Bridge opens after nine years",
    "The bridge was closed in 2007. Mayor Ana Orban opened it on Sunday. A band played.\n\n"
    "It rained.\n\nBuilders from Kest worked on it for nine years. They were not paid until May.",
    version=2,
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


class Held(Archive):
    """A real archive of the articles above, which says that it holds more of two sources.

    Only what is asked about the bridge is near anything in it.
    """

    articles = 42

    def search(self, query: str, *limits: Any, **more: Any) -> Passages:
        found = super().search(query, *limits, **more)
        return found if "bridge" in query else Passages()

    def copies(self, id: str) -> list[Article]:
        return [TALKS] if id == "bridge" else []

    def overview(self) -> Overview:
        return replace(
            super().overview(),
            articles=self.articles,
            sources={"Wire": 40, "Gazette": 2},
            languages={"en": 39, "ar": 1},
            last=date(2026, 5, 4),
            report=REPORT,
        )


@cache
def held(articles: int = 42) -> Held:
    """The same archive for all who ask for so many articles."""
    clock = Clock()
    clock.now = datetime(2016, 8, 20, 12, tzinfo=UTC)
    folder = Path(mkdtemp()) / "archive"
    atexit.register(shutil.rmtree, folder.parent, ignore_errors=True)
    archive = Held.create(folder, FakeEncoder(), clock)
    archive.add([EARLIER])
    clock.now += timedelta(days=2)
    archive.add([BRIDGE, TALKS, HOSTILE, LONG, ARABIC])
    archive.names.find(FakeTagger({"Ana Orban": "person"}))
    archive.articles = articles
    return archive


@dataclass
class Scripted:
    """Says what it was given, and "does not say" with BRIDGE and TALKS as nearest to the rest."""

    answers: list[Answer] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)
    held: int = 42
    goes_on: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)
    filters: list[Filters] = field(default_factory=list)
    histories: list[tuple[str, ...]] = field(default_factory=list)
    typed: list[bool] = field(default_factory=list)
    model: Model | None = None

    @property
    def archive(self) -> Held:
        return held(self.held)

    def chosen_by(self, model: Model) -> "Scripted":
        return replace(self, model=model)

    def suggest_questions(self, count: int, go_on: Callable[[], bool]) -> list[str]:
        return self.suggestions[:count]

    def stream(self, question: str, *limits: Any, **more: Any) -> Iterator[Answer]:
        if question == "chosen":
            yield quoting("chosen", (BRIDGE, OPENED), (BRIDGE, BUILT))
            self.goes_on.wait(20)
        yield self.ask(question, *limits, **more)

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
            return replace(quoting(question, (TALKS, ENDED)), filters=read, read=read)
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
        quoting("Who opened the bridge?", (BRIDGE, OPENED), (BRIDGE, BUILT), (TALKS, ENDED)),
        quoting("When did the talks end?", (TALKS, ENDED)),
        quoting("slow", (TALKS, ENDED)),
        replace(
            quoting("chosen", (TALKS, ENDED)),
            notes=("The sentences were chosen by tiny.",),
            searched=("end of <b>talks</b>",),
        ),
        quoting("<b>hostile</b> **q**", (HOSTILE, f"Quoted {MARKUP}.")),
        quoting("long", (LONG, LONG.text)),
        REMARKED,
        quoting("dated", (BRIDGE, OPENED), (TALKS, ENDED)),
        quoting("من افتتح الجسر؟", (ARABIC, "افتتحت العمدة الجسر يوم الأحد.")),
    ],
    ["Who opened the bridge?", "<img src=x onerror=\"window.ran = 'suggestion'\"> why?"],
)
