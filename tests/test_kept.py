"""A link reopens an answer to the letter, tells nothing that is withheld, and is not believed."""

import base64
import json
import re
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Answer, Assistant, Citation, Statement
from assistant.answer import Difference, Outcome
from assistant.page.kept import (
    LONGEST,
    NotReopened,
    Reopened,
    asked_again,
    is_same,
    reopen,
    token,
)
from assistant.page.tokens import hash_of
from corpus import Article
from index import Archive, Filters, Overview, Passage
from tests.fakes import FakeEncoder, FakeReader
from tests.made_articles import cite, on
from tests.test_pointing import INVERSIONS
from tests.test_withheld import Clock

DAY = date(2026, 11, 23)
PUBLISHED = on("2016-08-21")
OPENED = "Mayor Ana Orban opened it on Sunday."
DENIED = "The mayor denied that she had taken money."
ODD = "💬 “Ça ira”, sagte\u00a0Ján\u0301 \u202eלום\u202c 𝒜!"
BRIDGE = Article(
    "https://gazette.example/bridge",
    "Bridge opens",
    f"HOLM, Aug 21 – The bridge was closed in 2007. {OPENED} {DENIED}\n\n{ODD}\n\nA band played.",
    "Gazette",
    PUBLISHED,
)
COPY = replace(BRIDGE, id="copy", source="Wire", text=f"Holm has a bridge. {OPENED} It rained.")
TALKS = Article("talks", "Talks", "Nobody signed. The talks ended at noon. They met.", "Wire")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def archive(tmp_path: Path, clock: Clock) -> Archive:
    archive = Archive.create(tmp_path / "archive", FakeEncoder(), clock)
    archive.add([BRIDGE, COPY, TALKS])
    return archive


def says(*citations: Citation, side: str = "") -> Statement:
    return Statement(citations, 0.75, side)


def answered(*statements: Statement, **known: Any) -> Answer:
    question = "Who opened the bridge?"
    return Answer(question, "answered", 0.75, statements, standalone=question, **known)


def linked(answer: Answer, archive: Archive, **known: Any) -> str:
    made = token(answer, DAY, archive.overview(), **known)
    assert made is not None
    return made


def again(answer: Answer, archive: Archive) -> Reopened:
    return reopen(linked(answer, archive), archive)


@pytest.mark.parametrize("asked", ["Which articles mention Holm?", "What happened in May 2024?"])
def test_a_list_of_articles_stays_one(archive: Archive, asked: str) -> None:
    answer = replace(answered(says(cite(1, BRIDGE, OPENED))), question=asked, standalone=asked)
    reason = "The articles were counted then; ask again for how many there are now."
    assert again(answer, archive).answer.reason == reason
    assert again(answered(*answer.statements), archive).answer.reason == ""


def quotes(answer: Answer) -> list[str]:
    return [citation.quote for citation in answer.citations]


def content(token: str) -> dict[str, Any]:
    packed = token[1:] + "=" * (-len(token[1:]) % 4)
    fields: dict[str, Any] = json.loads(zlib.decompress(base64.urlsafe_b64decode(packed)))
    return fields


def packed(content: object) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return "2" + base64.urlsafe_b64encode(zlib.compress(raw)).decode().rstrip("=")


# --- As it was ---------------------------------------------------------------------------------


def test_answer_is_reopened_to_the_letter(archive: Archive) -> None:
    at = BRIDGE.text.index("Ana Orban")
    on_sunday = BRIDGE.text.index("Sunday")
    answer = answered(
        says(
            cite(
                1,
                BRIDGE,
                OPENED,
                marks=((at, at + 9), (on_sunday, on_sunday + 6)),
                copies=(COPY,),
            )
        ),
        says(cite(2, BRIDGE, ODD)),
        says(cite(3, TALKS, "The talks ended at noon."), side="bridge"),
        hedged=True,
        filters=Filters(date(2016, 8, 1), date(2016, 8, 31), ("Wire", "“Ça”"), ("en",), DAY),
        read=Filters(date(2016, 8, 1), date(2016, 8, 31)),
        differences=(Difference((("Sunday", (1,)), ("noon", (3,)))),),
    )
    reopened = again(answer, archive)
    [first, second, third] = answer.statements
    # "On Sunday" is told its day anew, from the day of the article.
    [dated] = reopened.answer.citations[0].dated
    assert BRIDGE.text[dated.start : dated.end] == "on Sunday"
    assert (dated.first, dated.last) == (date(2016, 8, 21), date(2016, 8, 21))
    first = says(replace(first.citations[0], dated=(dated,)))
    assert reopened.answer == replace(answer, statements=(first, second, third))
    assert (reopened.asked_on, reopened.articles) == (DAY, 3)
    assert (reopened.first, reopened.last) == (date(2016, 8, 21), date(2016, 8, 21))
    # What was read out of the question is read again; the rest is asked with again.
    assert reopened.filters == replace(answer.filters, after=None, before=None)


def test_real_answer_and_what_is_said_today(archive: Archive) -> None:
    assistant = Assistant(archive, reader=FakeReader())
    answer = assistant.ask("Who opened the bridge in Holm?")
    assert answer.outcome == "answered"
    reopened = again(answer, archive)
    assert [(statement.text, statement.citations) for statement in reopened.answer.statements] == [
        (statement.text, statement.citations) for statement in answer.statements
    ]
    assert is_same(reopened, asked_again(reopened, assistant))
    archive.remove([cited.article.id for cited in answer.citations])
    assert not is_same(reopened, asked_again(reopened, assistant))


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ("nothing found", "The archive had nothing on this."),
        (
            "outside the dates",
            "The archive did not say within the dates and sources that were asked for; "
            "outside them it had articles that were near.",
        ),
        (
            "name never appears",
            "The archive did not say: it never mentioned a name in the question.",
        ),
        (
            "does not say",
            "The archive did not say: the nearest articles did not answer the question.",
        ),
    ],
)
def test_no_answer_is_reopened(archive: Archive, outcome: Outcome, reason: str) -> None:
    near = (Passage(TALKS, 15, 39, 2.0), Passage(TALKS, 0, 14, 1.5), Passage(BRIDGE, 0, 40, 1.0))
    answer = Answer("Who ate?", outcome, 0.1, (), near, "Because.", standalone="Who ate the bridge")
    reopened = again(answer, archive)
    assert reopened.answer.question == "Who ate the bridge"
    assert reopened.answer.outcome == outcome
    assert (reopened.answer.reason, reopened.answer.notes) == (reason, ())
    assert reopened.answer.standalone == "Who ate the bridge"
    assert [(near.article.id, near.start, near.end) for near in reopened.answer.passages] == [
        ("talks", 15, 39),
        (BRIDGE.id, 0, 40),
    ]
    assert is_same(reopened, replace(answer, reason="Another."))
    assert not is_same(reopened, answered(says(cite(1, BRIDGE, OPENED))))


def test_an_article_without_its_dateline(archive: Archive) -> None:
    sentence = says(cite(1, BRIDGE, "The bridge was closed in 2007."))
    whole = says(cite(2, BRIDGE, "HOLM, Aug 21 – The bridge was closed in 2007."))
    assert again(answered(sentence, whole), archive).answer.statements == (sentence, whole)


def test_question_with_half_a_surrogate_pair(archive: Archive) -> None:
    answer = replace(answered(says(cite(1, BRIDGE, OPENED))), standalone="Who\ud800?")
    assert again(answer, archive).answer.question == "Who??"


def test_last_week_is_the_week_before_it_was_asked(archive: Archive) -> None:
    class Asked(Assistant):
        def ask(self, question: str, filters: Any = None, *rest: Any, **known: Any) -> Answer:
            asked.append((question, filters, known.get("read_filters", rest[1:] and rest[1])))
            return super().ask(question, filters, *rest, **known)

    asked: list[Any] = []
    week = Filters(date(2016, 8, 22), date(2016, 8, 29))
    reopened = reopen(
        linked(
            Answer(
                "What ended last week?",
                "does not say",
                0.1,
                filters=replace(week, sources=("Wire",)),
                read=week,
                standalone="What ended last week?",
            ),
            archive,
        ),
        archive,
    )
    reopened = replace(reopened, asked_on=date(2016, 8, 29))
    now = asked_again(reopened, Asked(archive, reader=FakeReader()))
    assert asked == [("What ended  ?", replace(week, sources=("Wire",)), False)]
    assert (now.question, now.read) == ("What ended last week?", week)
    # A month that has a name stays what it is, and is read out of the question again.
    august = Filters(date(2016, 8, 1), date(2016, 8, 31))
    answer = replace(reopened.answer, question="What ended in August 2016?", filters=august)
    asked_again(replace(reopened, answer=answer), Asked(archive, reader=FakeReader()))
    assert asked[1:] == [("What ended in August 2016?", Filters(sources=("Wire",)), True)]


def test_answer_from_other_days_says_so(archive: Archive) -> None:
    answer = answered(says(cite(1, BRIDGE, OPENED)))
    answer = replace(answer, question="Who opened it in May 2020?", standalone="")
    assert again(answer, archive).answer.notes == (
        "Nothing that was published in the time asked about answered this; other articles did.",
    )
    limited = replace(answer, filters=Filters(after=date(2016, 1, 1)))
    assert again(limited, archive).answer.notes == ()
    unread = reopen(linked(answer, archive, read_filters=False), archive)
    assert (unread.answer.notes, unread.read_filters) == ((), False)


def test_answer_that_is_too_long_for_a_link(archive: Archive) -> None:
    """Of many copies twenty are kept, and none of those that do not fit."""

    def quoted(copies: int, longest: int) -> Answer:
        ids = (Random(number).randbytes(400).hex() for number in range(copies))
        some = tuple(replace(COPY, id=id[:longest]) for id in ids)
        archive.add(some)
        return answered(says(cite(1, BRIDGE, OPENED, copies=some)))

    for copies, longest, left in ((25, 20, 20), (20, 800, 0)):
        answer = quoted(copies, longest)
        [cited] = again(answer, archive).answer.citations
        assert cited.quote == OPENED
        assert cited.copies == answer.citations[0].copies[:left]
    sources = Filters(sources=tuple(Random(number).randbytes(32).hex() for number in range(200)))
    assert token(replace(answer, filters=sources), DAY, archive.overview()) is None


# --- What changed since ------------------------------------------------------------------------


def test_corrected_article_is_quoted_as_it_was(archive: Archive) -> None:
    answer = answered(says(cite(1, BRIDGE, OPENED)), says(cite(2, BRIDGE, DENIED)))
    made = linked(answer, archive)
    archive.add([replace(BRIDGE, text=f"{DENIED} The bridge stays closed.")])
    reopened = reopen(made, archive)
    assert quotes(reopened.answer) == [OPENED, DENIED]
    assert [citation.article.version for citation in reopened.answer.citations] == [1, 1]
    assert reopened.answer.notes == (
        "The article of [1], [2] has been changed since: the words of [1] no longer stand in it.",
    )
    archive.add([replace(BRIDGE, title="Bridge opened")])
    assert reopen(made, archive).answer.notes == (
        "The article of [1], [2] has been changed since; the quoted words still stand in it.",
    )


def test_archive_that_was_made_anew(archive: Archive, tmp_path: Path) -> None:
    """Versions are counted anew there, so the words are looked for in all of them."""
    archive.add([replace(BRIDGE, text=f"It is news. {OPENED}")])
    newest = archive.article(BRIDGE.id)
    assert newest is not None
    made = linked(answered(says(cite(1, newest, OPENED))), archive)
    other = Archive.create(tmp_path / "other", FakeEncoder())
    other.add([replace(BRIDGE, text=f"It is news. {OPENED}")])
    [cited] = reopen(made, other).answer.citations
    assert (cited.quote, cited.article.version) == (OPENED, 1)
    other.remove([BRIDGE.id])
    other.add([BRIDGE])
    assert reopen(made, other).answer.citations == ()


def test_other_words_in_the_same_place(archive: Archive, tmp_path: Path) -> None:
    """Another archive has them there in a version of the same number."""
    made = linked(answered(says(cite(1, TALKS, "Nobody signed."))), archive)
    other = Archive.create(tmp_path / "other", FakeEncoder())
    other.add([replace(TALKS, text=TALKS.text.replace("Nobody", "Andrej"))])
    assert reopen(made, other).answer.statements == ()
    other.add([TALKS])
    [cited] = reopen(made, other).answer.citations
    assert (cited.quote, cited.article.version) == ("Nobody signed.", 2)


SOON = timedelta(days=1)


@pytest.mark.parametrize(
    "withhold",
    [
        pytest.param(lambda a, now: a.add([replace(BRIDGE, withdrawn=True)]), id="withdrawn"),
        pytest.param(lambda a, now: a.add([replace(BRIDGE, embargo=now + SOON)]), id="embargoed"),
        pytest.param(lambda a, now: a.remove([BRIDGE.id]), id="removed"),
        pytest.param(
            lambda a, now: (
                a.add([replace(BRIDGE, text="Other.")]),
                a.add([replace(BRIDGE, text="Other.", withdrawn=True)]),
            ),
            id="corrected, then withdrawn",
        ),
    ],
)
def test_withheld_article_is_told_by_no_link(
    archive: Archive, clock: Clock, withhold: Callable[[Archive, datetime], object]
) -> None:
    both = answered(
        says(cite(1, BRIDGE, OPENED), cite(2, COPY, OPENED)),
        says(cite(3, BRIDGE, DENIED)),
        differences=(Difference((("Sunday", (1, 2)), ("money", (3,)))),),
    )
    alone = answered(says(cite(1, BRIDGE, DENIED)), says(cite(2, BRIDGE, OPENED)))
    near = Answer("Who?", "does not say", 0.1, (), (Passage(BRIDGE, 0, 40, 1.0),))
    copied = answered(says(cite(1, COPY, OPENED, copies=(BRIDGE,))))
    made = [linked(answer, archive) for answer in (both, alone, near, copied)]
    withhold(archive, clock())
    first, second, third, fourth = (reopen(link, archive) for link in made)
    # What another article proves in the same words still stands.
    assert [
        (citation.marker, citation.article.id, citation.quote)
        for citation in first.answer.citations
    ] == [(2, "copy", OPENED)]
    assert first.answer.differences == ()
    assert first.answer.notes == (
        "One sentence is left out: withdrawn since, or not in this archive.",
    )
    assert second.answer.statements == ()
    assert second.answer.outcome == "nothing found"
    assert second.answer.reason == "Nothing of this answer can be shown any more."
    assert second.answer.notes == (
        "2 sentences are left out: withdrawn since, or not in this archive.",
    )
    assert third.answer.passages == ()
    assert fourth.answer.citations[0].copies == ()
    for reopened in (first, second, third, fourth):
        assert BRIDGE.id not in repr(reopened)
        assert "denied" not in repr(reopened)
    # Today's answer is compared with all that was said, not with what is left of it.
    assert not is_same(second, replace(alone, statements=()))
    assert is_same(second, alone)


class Shelf:
    """An archive of some articles, each in one version, that counts what is asked of it."""

    def __init__(self, *articles: Article) -> None:
        self.articles = {article.id: article for article in articles}
        self.asked = 0

    def article(self, id: str) -> Article | None:
        self.asked += 1
        return self.articles.get(id)

    def history(self, id: str) -> list[Article]:
        self.asked += 1
        return []


OVERVIEW = Overview(1, 1, {}, None, None, "fake")


# --- What anybody may have made ----------------------------------------------------------------


def test_part_of_a_sentence_is_no_proof(archive: Archive) -> None:
    part = "she had taken money."
    reopened = again(answered(says(cite(1, BRIDGE, part))), archive)
    assert reopened.answer.statements == ()
    assert part not in repr(reopened)
    assert reopened.answer.notes == (
        "One sentence is left out: the archive does not bear out what the link says.",
    )


def test_proofs_that_prove_something_else(archive: Archive) -> None:
    """A quote beside the sentence's own must be the same words."""
    answer = answered(says(cite(1, BRIDGE, OPENED), cite(2, TALKS, "Nobody signed.")))
    assert quotes(again(answer, archive).answer) == [OPENED]


def test_copies_that_are_none(archive: Archive) -> None:
    answer = answered(says(cite(1, BRIDGE, OPENED, copies=(TALKS, COPY, BRIDGE, COPY))))
    [cited] = again(answer, archive).answer.citations
    assert cited.copies == (COPY,)


def test_marks_outside_of_the_quote(archive: Archive) -> None:
    known = content(linked(answered(says(cite(1, BRIDGE, OPENED))), archive))
    known["citations"][0]["marks"] = [[0, 5], [3, 10_000], [9, 9], [12, 2]]
    [cited] = reopen(packed(known), archive).answer.citations
    assert cited.marks == ((cited.start, cited.start + 5),)


def test_differences_that_do_not_stand(archive: Archive) -> None:
    answer = answered(
        says(cite(1, BRIDGE, OPENED)),
        says(cite(2, TALKS, "The talks ended at noon.")),
        differences=(
            Difference((("Sunday", (1,)), ("midnight", (2,)))),
            Difference((("Sunday", (1,)), ("Sunday", (1,)))),
        ),
    )
    assert again(answer, archive).answer.differences == ()
    alone = replace(answer, differences=(Difference((("Sunday", (1,)),)),))
    known = content(linked(alone, archive))
    known["differences"] = [[{"start": 0, "end": 9_000, "cited": [0]},
                             {"start": 90, "end": 95, "cited": [1]}]]  # fmt: skip
    assert reopen(packed(known), archive).answer.differences == ()


def test_spellings_are_found_anew(archive: Archive) -> None:
    answer = answered(says(cite(1, BRIDGE, OPENED)), matched=(("Kestrel", ("Orban",)),))
    answer = replace(answer, question="Who is Orbán?", standalone="Who is Orbaan?")
    assert again(answer, archive).answer.matched == (("Orbaan", ("Orban",)),)
    assert again(replace(answer, standalone="Who is Kestrel?"), archive).answer.matched == ()


@pytest.mark.parametrize("pair", INVERSIONS.splitlines())
def test_a_forged_link_shows_nothing_forged(pair: str) -> None:
    """Whatever a link says: in any field that takes words, or by part of a sentence."""
    truth, lie = pair.split(" | ")
    article = Article("a", "A", f"{truth} It rained.")
    made = token(answered(says(Citation(1, article, 0, len(truth)))), DAY, OVERVIEW)
    assert made is not None
    shelf = Shelf(article)
    for field in ("text", "statements", "notes", "reason", "matched", "standalone"):
        with pytest.raises(NotReopened):
            reopen(packed(content(made) | {field: lie}), shelf)
    with pytest.raises(NotReopened):
        reopen(packed(content(made) | {"statements": [{"cited": [0], "text": lie}]}), shelf)
    words = [match.span() for match in re.finditer(r"[\w.]+", truth)]
    for at, (start, _) in enumerate(words):
        for _, end in words[at:]:
            part = answered(says(Citation(1, article, start, end)))
            forged = token(part, DAY, OVERVIEW)
            assert forged is not None
            shown = reopen(forged, shelf).answer.statements
            assert {statement.text for statement in shown} <= {truth}


def test_whatever_a_link_holds_opening_it_is_cheap() -> None:
    """As many places as a link can hold, in articles that are long and end no sentence."""
    texts = [f"{number} " + "word, " * 40_000 for number in range(50)]
    shelf = Shelf(*(Article(f"{number}", "", text) for number, text in enumerate(texts)))
    places = [
        {"article": at % 40, "version": 2, "start": at * 7, "end": at * 7 + 4_000, "hash": "x"}
        for at in range(32)
    ]
    for place in places:
        quote = texts[place["article"]][place["start"] : place["end"]]  # type: ignore[misc, call-overload]
        place["hash"] = hash_of(quote)
    known = WHOLE | {
        "ids": [f"{number}" for number in range(40)],
        "citations": places,
        "statements": [{"cited": [at]} for at in range(32)],
        "nearest": places[:3],
    }
    reopen(packed(known), shelf)
    shelf.asked = 0
    took = []
    for _ in range(5):
        begun = time.process_time()
        assert reopen(packed(known), shelf).answer.statements == ()
        took.append(time.process_time() - begun)
    assert min(took) < 0.05
    assert shelf.asked <= 5 * (40 + 6)
    # More than that is no link.
    for more in ({"citations": places * 2}, {"ids": [f"{number}" for number in range(41)]}):
        with pytest.raises(NotReopened):
            reopen(packed(known | more), shelf)
    for place in places:
        place["end"] += 1
    with pytest.raises(NotReopened):
        reopen(packed(known | {"citations": places}), shelf)


WHOLE = {
    "question": "Who?",
    "asked_on": "2026-11-23",
    "outcome": "answered",
    "articles": 3,
    "support": 0.5,
    "ids": ["talks"],
    "citations": [{"article": 0, "version": 1, "start": 0, "end": 14, "hash": "x"}],
    "statements": [{"cited": [0]}],
}


@pytest.mark.parametrize(
    "changed",
    [
        {"question": ""},
        {"question": "?!"},
        {"question": "a" * 1_001},
        {"question": 7},
        {"asked_on": "0001-01-01"},
        {"asked_on": "9999-12-31"},
        {"asked_on": 1},
        {"outcome": "certain"},
        {"outcome": "does not say"},
        {"support": 2},
        {"support": "1"},
        {"articles": -1},
        {"articles": 10**30},
        {"articles": True},
        {"unknown": 1},
        {"ids": []},
        {"statements": []},
        {"statements": [{"cited": [1]}]},
        {"statements": [{"cited": [-1]}]},
        {"statements": [{"cited": []}]},
        {"statements": [{"cited": [0], "text": "It rained."}]},
        {"statements": [{"cited": [0]}] * 33},
        {"citations": [{"article": 1, "version": 1, "start": 0, "end": 14, "hash": "x"}]},
        {"citations": [{"article": 0, "version": 1, "start": 14, "end": 14, "hash": "x"}]},
        {"citations": [{"article": 0, "version": 1, "start": -5, "end": 14, "hash": "x"}]},
        {"differences": [[{"start": 0, "end": 4, "cited": [4]}]]},
        {"sources": "Wire"},
    ],
)
def test_content_that_is_none(archive: Archive, changed: dict[str, Any]) -> None:
    reopen(packed(WHOLE), archive)
    with pytest.raises(NotReopened):
        reopen(packed(WHOLE | changed), archive)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "2",
        "1" + packed(WHOLE)[1:],
        packed(WHOLE)[:-3],
        packed(WHOLE) + "AAAA",
        packed(WHOLE).replace("-", "+") + "é",
        "2" + base64.urlsafe_b64encode(json.dumps(WHOLE).encode()).decode(),
        packed(b""),
        packed(b"["),
        packed(b"[" * 60_000),
        packed(b"1" * 60_000),
        packed(b"\xff\xfe"),
        packed(b'{"question": "\\ud800 a"}'),
        packed(b"NaN"),
        packed(b" " * 1_000_000 + json.dumps(WHOLE).encode()),
        packed(json.dumps(WHOLE).encode() + b" " * 1_000_000),
        "2" + "A" * LONGEST,
        "\ud800",
    ],
)
def test_what_is_no_token(archive: Archive, given: str) -> None:
    with pytest.raises(NotReopened) as refused:
        reopen(given, archive)
    assert str(refused.value) == (
        "This is no link to an answer, or only a part of one: copy the whole link again."
    )


class Empty:
    """An archive without articles, which is asked for whatever a link names."""

    def article(self, id: str) -> Article | None:
        return None

    def history(self, id: str) -> list[Article]:
        raise AssertionError


NUMBERS = st.integers(-2, 2**40)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=10,
)


@given(
    st.text() | st.binary().map(lambda content: "2" + base64.urlsafe_b64encode(content).decode())
)
def test_any_text_is_refused_in_one_sentence(given: str) -> None:
    with pytest.raises(NotReopened):
        reopen(given, Empty())


@given(
    st.dictionaries(st.sampled_from([*WHOLE, "marks", "nearest", "differences", "read"]), VALUES)
)
def test_any_content_is_refused_or_shows_nothing(changed: dict[str, Any]) -> None:
    try:
        reopened = reopen(packed(WHOLE | changed), Empty())
    except NotReopened:
        return
    assert reopened.answer.statements == reopened.answer.passages == ()


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_a_changed_character_changes_no_quote(at: int, by: int) -> None:
    """What is torn or tampered with is refused, or shows whole sentences of the archive."""
    whole = token(answered(says(cite(1, TALKS, "Nobody signed."))), DAY, OVERVIEW)
    assert whole is not None
    at %= len(whole)
    given = whole[:at] + chr(ord(whole[at]) ^ by) + whole[at + 1 :]
    try:
        reopened = reopen(given, Shelf(TALKS))
    except NotReopened:
        return
    assert quotes(reopened.answer) == ["Nobody signed."]
