"""A link is not believed: whatever it holds, the archive's own sentences are shown, or none."""

import base64
import json
import re
import time
import zlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Citation
from assistant.answer import Difference
from assistant.page.kept import LONGEST, NotReopened, reopen, token
from assistant.page.tokens import hash_of
from corpus import Article
from index import Archive, Overview
from tests.kept_answers import (
    BRIDGE,
    COPY,
    DAY,
    OPENED,
    TALKS,
    again,
    answered,
    archive,
    linked,
    quotes,
    says,
)
from tests.made_articles import cite
from tests.test_pointing import INVERSIONS

__all__ = ["archive"]


def content(token: str) -> dict[str, Any]:
    packed = token[1:] + "=" * (-len(token[1:]) % 4)
    fields: dict[str, Any] = json.loads(zlib.decompress(base64.urlsafe_b64decode(packed)))
    return fields


def packed(content: object) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return "2" + base64.urlsafe_b64encode(zlib.compress(raw)).decode().rstrip("=")


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
        quote = texts[place["article"]][place["start"] : place["end"]]
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
    at %= len(whole)
    given = whole[:at] + chr(ord(whole[at]) ^ by) + whole[at + 1 :]
    try:
        reopened = reopen(given, Shelf(TALKS))
    except NotReopened:
        return
    assert quotes(reopened.answer) == ["Nobody signed."]
