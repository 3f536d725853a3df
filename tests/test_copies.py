"""Texts that several papers carry: kept, and shown as one source."""

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus.chunking
from corpus import SAMPLE, Article, Published, read_articles
from corpus.dates import parse_date
from index import Archive, Filters, schema
from index.__main__ import _listed
from index.copies import Wording
from index.passage import Channel, Passage, Passages
from index.ranking import SAME_WORDS, diversify, fuse, ranks
from tests.benchmark import copies as benchmark
from tests.fakes import FakeEncoder
from tests.oracles import prose, some_articles

# An archive

START = datetime(2024, 3, 5, tzinfo=UTC)


def article(id: str, text: str, source: str | None, day: int = 0, title: str = "") -> Article:
    published = Published(START + timedelta(days=day), "day", "metadata")
    return Article(id, title or f"Title {id}", text, source, published)


BODY = prose(3, 160)
WIRE = article("wire", " ".join(BODY), "Wire", 0)
SHORT = article("short", " ".join(["Post", "reporter", *BODY[8:90]]), "Post", 1)
LOCAL = article("local", " ".join([*BODY[:120], *prose(4, 40)]), "Times", 1)
SAME = article("same", " ".join(BODY).upper(), "Herald", -1)
OTHER = article("other", " ".join(prose(5, 160)), "Post", 2)


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    monkeypatch.setattr(corpus.chunking, "CHUNK_TOKENS", 40)
    return Archive.create(tmp_path / "archive", FakeEncoder())


def test_copies_are_kept_and_known(archive: Archive) -> None:
    report = archive.add([WIRE, OTHER, SHORT])
    assert report.added == ["wire", "other", "short"]
    assert report.copies == ["short"]
    assert archive.add([LOCAL, SAME]).copies == ["local", "same"]
    assert len(archive) == 5
    assert archive.copies("wire") == [SAME, LOCAL, SHORT]
    assert archive.copies("short") == [SAME, WIRE, LOCAL]
    assert archive.copies("other") == []
    assert archive.copies("nobody") == []
    assert archive.add([WIRE]).copies == []


def test_what_is_gone_joins_nothing(archive: Archive) -> None:
    first = article("first", " ".join(BODY[:100]), "Post")
    last = article("last", " ".join(BODY[60:]), "Times")
    archive.add([first, last])
    assert archive.copies("first") == []
    archive.add([WIRE])
    assert archive.copies("first") == [last, WIRE]
    archive.remove(["wire"])
    assert archive.copies("first") == []
    archive.add([WIRE])
    archive.add([replace(WIRE, withdrawn=True)])
    assert archive.copies("first") == []
    archive.add([WIRE])
    assert archive.copies("first") == [last, WIRE]
    archive.add([replace(WIRE, text=OTHER.text)])
    assert archive.copies("first") == []
    archive.add([first, replace(WIRE, title="Anew", version=2)])
    assert [article.id for article in archive.copies("last")] == ["first", "wire"]


def test_nothing_is_left_of_what_is_removed(archive: Archive) -> None:
    archive.add([WIRE, SHORT, SAME, LOCAL])
    archive.remove(["wire", "short", "same", "local"])
    with sqlite3.connect(archive.folder / "archive.sqlite") as connection:
        for table in ("wordings", "worded", "fingerprints", "copies"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    connection.close()


def test_an_embargoed_copy_is_not_named(tmp_path: Path) -> None:
    now = START + timedelta(days=5)
    archive = Archive.create(tmp_path / "archive", FakeEncoder(), lambda: now)
    held = replace(SHORT, embargo=START + timedelta(days=9))
    archive.add([WIRE, held])
    assert archive.copies("wire") == []
    now = START + timedelta(days=9)
    assert archive.copies("wire") == [held]


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_order_in_which_they_came_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """After any adds, new versions and removals, copies are those of an archive built afresh."""
    texts = [
        article(f"a{number}", " ".join(cut), paper)
        for number, (cut, paper) in enumerate(
            [
                (BODY, "Wire"),
                (BODY[:60], "Post"),
                (BODY[50:], "Times"),
                (BODY[:110], "Wire"),
                ([*BODY[40:130], *prose(6, 40)], "Post"),
                (prose(6, 90), "Times"),
                (BODY[100:], None),
            ]
        )
    ]
    folder = tmp_path_factory.mktemp("copies")
    lived = Archive.create(folder / "lived", FakeEncoder())
    held: dict[str, Article] = {}
    for chosen, remove, text in data.draw(
        st.lists(
            st.tuples(st.sampled_from(texts), st.booleans(), st.sampled_from(texts)), max_size=12
        )
    ):
        if remove and held.pop(chosen.id, None):
            lived.remove([chosen.id])
        elif not remove:
            held[chosen.id] = replace(chosen, text=text.text)
            lived.add([held[chosen.id]])
    fresh = Archive.create(folder / "fresh", FakeEncoder())
    fresh.add(data.draw(st.permutations(list(held.values()))))
    for id in held:
        assert [article.id for article in lived.copies(id)] == [
            article.id for article in fresh.copies(id)
        ]


def test_an_archive_of_before(archive: Archive) -> None:
    """Its copies are found when it is opened."""
    archive.add([WIRE, SHORT, OTHER])
    archive.close()
    with sqlite3.connect(archive.folder / "archive.sqlite") as connection:
        for table in ("worded", "fingerprints", "copies", "wordings",
                      "tagged", "mentions", "entities"):  # fmt: skip
            connection.execute(f"DROP TABLE {table}")
        connection.execute("DROP TABLE roots")
        connection.execute("DROP TABLE papers")
        connection.execute("DROP INDEX articles_by_storing")
        for column in ("articles.vouched", "articles.claims", "articles.retracted",
                       "versions.vouched", "versions.claims", "articles.section",
                       "versions.section"):  # fmt: skip
            table, _, name = column.partition(".")
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
        connection.execute("PRAGMA user_version = 2")
    connection.close()
    opened = Archive.open(archive.folder, FakeEncoder())
    assert opened.copies("short") == [WIRE]
    assert opened.copies("other") == []
    assert opened.truth._format() == schema.FORMAT


# A search


def test_ranks_and_fuse() -> None:
    # The text 7 in the articles 1, 2 and 1 again; what is between counts on.
    carriers = {10: (7, 1), 11: (7, 2), 13: (7, 1)}
    assert list(ranks([10, 11, 12, 13, 14], carriers)) == [
        (10, 1), (11, 1), (12, 2), (13, 3), (14, 4),
    ]  # fmt: skip
    fused = fuse({"dense": {10: 1.0, 11: 1.0, 12: 0.5}}, carriers)
    assert fused == pytest.approx({10: 1.0, 11: 1.0, 12: 11 / 12})


def test_copies_are_one_source(archive: Archive) -> None:
    archive.add([WIRE, OTHER, SHORT, SAME])
    passages = archive.search(" ".join(BODY[10:40]), 10)
    first = passages[0]
    assert first.article.id in {"wire", "same", "short"}
    assert {first.article, *first.copies} == {WIRE, SHORT, SAME}
    assert list(first.copies) == [a for a in (SAME, WIRE, SHORT) if a != first.article]
    assert [copy["id"] for copy in first.as_dict()["copies"]] == [a.id for a in first.copies]
    # Of two papers' passages neither says only what the other does.
    shown = [passage for passage in passages if passage.article != OTHER]
    for one, other in permutations(shown, 2):
        if one.article != other.article:
            assert Wording.of(one.text).common(Wording.of(other.text)) < SAME_WORDS
    assert [passage.copies for passage in passages if passage.article == OTHER] == [()] * sum(
        passage.article == OTHER for passage in passages
    )


def test_the_earliest_of_equals_is_shown(archive: Archive) -> None:
    short = [replace(WIRE, id=id, title="One", text=" ".join(BODY[:36])) for id in "cab"]
    day = Published(START - timedelta(days=1), "day", "metadata")
    short[0] = replace(short[0], published=day)
    papers = ["Post", "Times", "Wire"]
    archive.add(
        replace(article, source=paper) for article, paper in zip(short, papers, strict=True)
    )
    [passage] = archive.search(" ".join(BODY[:9]))
    assert [passage.article.id, *(article.id for article in passage.copies)] == ["c", "a", "b"]


def test_what_only_one_copy_has_is_found(archive: Archive) -> None:
    archive.add([WIRE, LOCAL])
    own = " ".join(LOCAL.text.split()[120:])
    passages = archive.search(own)
    assert passages[0].article == LOCAL
    assert passages[0].text in own
    assert passages[0].copies == (WIRE,)


def bulletin(month: str, pence: int, paper: str | None, published: str) -> Article:
    text = f"In {month} a loaf cost {pence} pence in Holm. {' '.join(prose(7, 80))}"
    date = parse_date(published, "metadata")
    return Article(f"{month} {paper}", f"Bread in {month}", text, paper, date)


@pytest.mark.parametrize("papers", [("Post", "Post"), (None, None), ("Post", "Times")])
@pytest.mark.parametrize(
    ("days", "are_copies"),
    [
        (("2024-04-12", "2024-05-10"), False),
        (("2024-04", "2024-05"), False),
        (("2024-04-12", "2024-04-19"), False),
        (("2024-04-12", "2024-04-14"), True),
        (("2024-04-12", "2024"), True),
        (("2024-04-12", ""), True),
    ],
)
def test_issues_of_a_report_with_other_numbers_are_no_copies(
    archive: Archive, papers: tuple[str, str], days: tuple[str, str], are_copies: bool
) -> None:
    march = bulletin("March", 142, papers[0], days[0])
    april = bulletin("April", 149, papers[1], days[1])
    # The same text, cut or not, is a copy long after, too.
    cut = " ".join(march.text.split()[:60])
    late = replace(march, id="late", text=cut, published=parse_date("2025-04-12", "metadata"))
    archive.add([march, april, late])
    others = {march.id, *([april.id] if are_copies else [])}
    assert {article.id for article in archive.copies("late")} == others


@pytest.mark.parametrize("channels", [("lexical",), ("dense", "lexical")])
def test_the_copy_with_the_words_is_shown(archive: Archive, channels: tuple[Channel, ...]) -> None:
    march = bulletin("March", 142, "Post", "2024-04-12")
    corrected = bulletin("March", 149, "Times", "2024-04-13")
    archive.add([march, corrected])
    for words, one, other in (("142 pence", march, corrected), ("149 pence", corrected, march)):
        passage = archive.search(words, channels=channels)[0]
        assert (passage.article, passage.copies) == (one, (other,))


def test_outlets_are_listed(archive: Archive) -> None:
    archive.add([replace(WIRE, text=" ".join(BODY[:36]), title="Talks")])
    archive.add([replace(SHORT, text=" ".join(BODY[:36]), title="<b>Talks")])
    query = " ".join(BODY[:9])
    [passage] = archive.search(query)
    assert "<small>Wire, 2024-03-05 · also Post, 2024-03-06 · " in passage._repr_html_()
    assert _listed(Passages([passage])) == (
        f"1. Talks\n   Wire, 2024-03-05 · wire [0:{len(passage.text)}] {passage.score:.3f}\n"
        f"   also Post, 2024-03-06 · short\n{passage.text}"
    )


def test_filters_hide_copies_too(archive: Archive) -> None:
    archive.add([WIRE, SHORT, SAME])
    query = " ".join(BODY[10:40])
    [*passages] = archive.search(query, filters=Filters(sources=("Post",)))
    assert {passage.article.id for passage in passages} == {"short"}
    assert {passage.copies for passage in passages} == {()}
    then = Filters(as_of=date(2024, 3, 5))
    for passage in archive.search(query, filters=then):
        assert {passage.article, *passage.copies} == {WIRE, SAME}


def test_copies_do_not_crowd_out_others(archive: Archive) -> None:
    text = " ".join(BODY[:36])
    archive.add(article(f"copy{number:03}", text, f"Paper {number}") for number in range(150))
    archive.add(some_articles(12, 30))
    passages = archive.search(text, 10)
    assert len(passages) == 10
    assert passages[0].article.id == "copy000"
    assert [article.id for article in passages[0].copies] == [f"copy{n:03}" for n in range(1, 150)]
    assert {passage.article.source for passage in passages[1:]} <= {
        "Harbour Post",
        "Valley Times",
        None,
    }


def test_diversify_takes_copies_together() -> None:
    def passage(id: str, text: str, score: float) -> Passage:
        return Passage(Article(id, "", text), 0, len(text), score)

    whole = passage("a", " ".join(BODY[:40]), 0.9)
    within = passage("b", " ".join(BODY[4:34]), 0.8)
    across = passage("b", " ".join(BODY[20:60]), 0.5)
    other = passage("c", " ".join(BODY[:40]), 0.4)
    passages = diversify([other, across, within, whole], {"a": 1, "b": 1})
    assert [(passage.article.id, passage.text) for passage in passages] == [
        ("a", whole.text),
        ("c", other.text),
        ("b", across.text),
    ]
    assert [passage.score for passage in passages] == pytest.approx(
        [(0.9 + 0.1) * 0.8, 0.4 * 0.8, (0.5 + 0.1) * 0.8 / 2]
    )


def test_the_sample_has_one_agency_text_in_three_papers(tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "archive", FakeEncoder())
    report = archive.add(read_articles(SAMPLE))
    [first] = [a for a in archive if a.title.startswith("Province promises 18.4 million")]
    carried = [first, *archive.copies(first.id)]
    assert [article.source for article in carried] == [
        "Marrowby Courier", "Saltreath Gazette", "Eskerby Observer",
    ]  # fmt: skip
    # The Eskerby Observer's is read first.
    assert report.copies == [carried[0].id, carried[1].id]
    assert [a.id for a in archive if archive.copies(a.id)] == [
        a.id for a in archive if a in carried
    ]


# The measurement


def test_made_pairs() -> None:
    sample = [article for article in read_articles(SAMPLE) if isinstance(article, Article)]
    pairs = benchmark.made_pairs(sample)
    assert pairs == benchmark.made_pairs(sample)
    assert {pair.kind for pair in pairs} == {
        "same words", "cut", "other first lines", "edited", "all of it", "all of it, in both",
    }  # fmt: skip
    assert {pair.kind for pair in pairs if pair.one == pair.other} == set()
    cut = next(pair for pair in pairs if pair.kind == "cut")
    assert cut.one.startswith(cut.other)
    assert benchmark.found(cut)


def test_measure() -> None:
    sample = [article for article in read_articles(SAMPLE) if isinstance(article, Article)]
    result = benchmark.measure(sample)
    merged = {id for group in result["merged"] for id in group["ids"]}
    assert merged == {article.id for article in sample if "up to 6,000 crowns" in article.text}
    assert result["kinds"]["nearest"]["found"] == len(result["merged"])
    assert result["kinds"]["cut"]["pairs"] == result["kinds"]["cut"]["found"]
    assert result["F1"] == pytest.approx(
        2 * result["precision"] * result["recall"] / (result["precision"] + result["recall"])
    )
