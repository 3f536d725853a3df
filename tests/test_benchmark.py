"""The benchmark, as a whole, on a tiny archive."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant import Answer, Citation, Statement
from corpus import Article
from index import Archive
from tests.benchmark import answers, pointing, tutorial
from tests.benchmark.__main__ import main
from tests.benchmark.questions import Question, read_questions
from tests.benchmark.search import BareLookUps
from tests.benchmark.tutorial import Tutorial
from tests.fakes import FakeEncoder
from tests.made_articles import on
from tests.pointed import Scripted

# Questions


def test_an_unreadable_question_is_named(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(json.dumps(RECORDS[0]) + '\n{"question": "What?"}\n')
    with pytest.raises(
        ValueError, match=r"questions\.jsonl:2 is no question: KeyError\('answer'\)"
    ):
        read_questions(file)


# The whole

PUBLISHED = on("2024-01-01")
ARTICLES = [
    Article(id, id.title(), text, published=PUBLISHED)
    for id, text in (
        ("ferry", "Walrus blocked northern ferry beside Quillon harbour."),
        ("mill", "Thunder burned Ostrand mill before breakfast Saturday."),
        ("again", "Thunder burned Ostrand mill before breakfast Saturday, sisters wept."),
        ("choir", "Kettle choir visited Valmoret museum."),
        ("goats", "Seventeen goats occupied Dunmere library."),
        ("tax", "Council lowered dog tax."),
    )
]
RECORDS: list[dict[str, Any]] = [
    # First in either channel, second in either, only linked to what shares no word with it.
    {"question": ARTICLES[0].text, "answer": "walrus", "linked": ["ferry"], "bearing": ["ferry"]},
    {"question": ARTICLES[1].text, "answer": "sisters", "linked": ["again"], "bearing": ["mill"]},
    {"question": ARTICLES[4].text, "answer": "goats", "linked": ["tax"], "bearing": ["goats"]},
    {"question": ARTICLES[3].text, "answer": "choir", "linked": [], "bearing": ["choir"]},
]
for _number, _record in enumerate(RECORDS, start=1):
    _record["date"] = f"2024-01-0{_number}"


@pytest.fixture
def files(tmp_path: Path, fake_models: None, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The articles and questions as files; what is loaded as an encoder or reader is a fake."""
    monkeypatch.setattr("index.encoder.Encoder", FakeEncoder)
    monkeypatch.setattr(tutorial, "plain_encoder", lambda: FakeEncoder().encode)
    articles, questions = tmp_path / "articles.jsonl", tmp_path / "questions.jsonl"
    lines = [
        json.dumps({"id": a.id, "title": a.title, "text": a.text, "date": str(a.published)})
        for a in ARTICLES
    ]
    articles.write_text("\n".join(lines) + "\n")
    questions.write_text("".join(json.dumps(record) + "\n" for record in RECORDS))
    return [str(articles), str(questions)]


@pytest.fixture
def archive(archive: Archive) -> Archive:
    archive.add(ARTICLES)
    return archive


def _dense_rank(question: str, id: str) -> int:
    encoder = FakeEncoder()
    cosines = encoder.encode([a.text for a in ARTICLES]) @ encoder.encode_question(question)
    by_cosine = [ARTICLES[at].id for at in np.argsort(-cosines)]
    return by_cosine.index(id) + 1


def _row(*ranks: int | None) -> dict[str, float]:
    count = len(ranks)
    found = [rank for rank in ranks if rank is not None]
    return {
        "questions": count,
        "hit@1": found.count(1) / count,
        "hit@5": sum(rank <= 5 for rank in found) / count,
        "hit@10": len(found) / count,
        "MRR@10": pytest.approx(sum(1 / rank for rank in found) / count),
    }


def test_the_whole_of_search(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*files, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    last = _dense_rank(RECORDS[2]["question"], "tax")
    assert [_dense_rank(RECORDS[1]["question"], id) for id in ("mill", "again")] == [1, 2]
    assert last > 1
    assert result["quality"] == {
        "linked": {
            "dense": _row(1, 2, last),
            "lexical": _row(1, 2, None),
            "fused": _row(1, 2, last),
            "fused, asked on its day": _row(1, 2, last),
            "tutorial recipe": _row(1, 2, last),
        },
        "bearing": dict.fromkeys(result["quality"]["linked"], _row(1, 1, 1, 1)),
    }
    indexing = result["indexing"]
    assert (indexing["articles"], indexing["chunks"]) == (6, 6)
    assert indexing["chunks a second"] == pytest.approx(6 / indexing["seconds"])
    assert 0 < indexing["least ratio"] <= indexing["ratio"] <= indexing["greatest ratio"]
    latency = result["latency"]
    for measured in ("bare look-ups", "search", "answer"):
        assert 0 < latency[measured]["p50"] <= latency[measured]["p95"]
    medians = {name: latency[name]["p50"] for name in ("bare look-ups", "search", "answer")}
    assert latency["search to bare look-ups"] == medians["search"] / medians["bare look-ups"]
    assert latency["answer to search"] == medians["answer"] / medians["search"]
    assert result["encoder"]["least speed-up"] <= result["encoder"]["speed-up"]


def test_a_built_archive_is_taken(
    files: list[str], archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(archive.folder)
    assert main([*files, "--archive", folder, "--no-tutorial"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["quality:", "linked"] in lines
    assert ["lexical", "3", "0.333", "0.667", "0.667", "0.500"] in lines
    assert main([*files, "--archive", folder, "--no-tutorial", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert set(result) == {"quality", "latency", "peak memory in MiB"}
    assert "tutorial recipe" not in result["quality"]["linked"]


def test_the_whole_of_answers(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["answers", *files, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    for day in ("on its day", "on no day"):
        asked = result[day]
        assert asked["answers"]["linked questions"] == 3
        assert asked["answers"]["evidence found"] == 1.0
        assert asked["quotes"]["all"] > 0
        assert asked["quotes"]["verbatim"] == 1.0
        assert asked["knowing when not"]["linked"]["questions"] == 3
        assert asked["knowing when not"]["all"]["questions"] == 4


def test_an_archive_of_other_articles_is_an_error(
    files: list[str], archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    archive.remove(["tax"])
    assert main([*files, "--archive", str(archive.folder)]) == 2
    assert capsys.readouterr().err == (
        f"error: {archive.folder} lacks 1 of the articles that answer the questions, such as tax\n"
    )


def test_without_articles_nothing_is_known_of_them(archive: Archive) -> None:
    encoder = FakeEncoder()
    with answers.without(archive, encoder, ["ferry", "mill"]) as lacking:
        assert [article.id for article in lacking] == ["again", "choir", "goats", "tax"]
        passages = lacking.search(ARTICLES[1].text, 10)
        assert passages[0].article.id == "again"
        assert {"ferry", "mill"}.isdisjoint(passage.article.id for passage in passages)
        [word] = lacking.query_words("walrus")
        assert not word.known
        assert lacking.query_words("thunder")[0].known
    assert len(archive) == 6
    assert archive.query_words("walrus")[0].known
    assert not lacking.folder.exists()


def test_an_answer_with_a_false_quote_is_not_verbatim(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Article("ferry", "Ferry", "A walrus did nothing of the kind, it says here.")

    def ask(*_: object, **__: object) -> Answer:
        citation = Citation(1, other, 0, 10)
        return Answer("", "answered", 1.0, (Statement((citation,), 1.0),))

    monkeypatch.setattr(answers.Assistant, "ask", ask)
    question = Question("What?", "yes", date(2024, 1, 1), frozenset(), frozenset())
    assert answers.ask_all(archive, [question], False)[0].verbatim == (False,)


def test_bare_look_ups_find_the_same(archive: Archive) -> None:
    archive.search("warm")
    bare = BareLookUps(archive, FakeEncoder())
    nearest, sharing = bare.search(ARTICLES[1].text, 3)
    rankings = archive.rankings(ARTICLES[1].text, 3)
    assert [number + 1 for number in nearest] == list(rankings["dense"])
    assert sharing == list(rankings["lexical"])


def test_the_tutorials_pieces_overlap() -> None:
    encoder = FakeEncoder()
    long = Article("long", "Long", "Nobody counted the gulls on the pier. " * 60)
    made = Tutorial([*ARTICLES, long], encoder.encode)
    pieces = [text for text in encoder.asked if text.startswith("Nobody")]
    assert all(800 <= len(piece) <= 1000 for piece in pieces[:-1])
    assert pieces[1].startswith("Nobody counted the gulls on the pier.")
    assert sum(map(len, pieces)) > len(long.text)
    assert made.search(ARTICLES[3].text)[:1] == ["choir"]


# What a language model chooses


def test_what_a_model_chooses_is_compared_with_what_was_found(tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "archive", FakeEncoder())
    text = "Ana Orban opened the bridge in Holm. A band played until noon."
    archive.add([Article("bridge", "Bridge opens", text, "Post")])
    file = tmp_path / "asked.jsonl"
    right = {
        "question": "Who opened the bridge in Holm?",
        "history": [],
        "pattern": "band",
        "sentences": [{"article": "bridge", "start": 37, "end": 62}],
        "answerable": True,
    }
    absent = {"question": "Who is Quintus Vale?", "history": [], "answerable": False}
    lines = [json.dumps(record) for record in (right, absent, absent)]
    file.write_text("\n".join(lines), encoding="utf-8")
    asked = pointing.read_asked(file, 2)
    assert [question.question for question in asked] == [right["question"], absent["question"]]
    result = pointing.measure(archive, asked, Scripted(['{"groups": [{"sentences": [2]}]}']))
    rows = [result["as found"], result["chosen by scripted"]]
    assert [row["right first"] for row in rows] == [0.0, 1.0]
    assert [row["refused, not told"] for row in rows] == [1.0, 1.0]
    assert (result["asked"], result["failed"]) == (1, 0)
    file.write_text('{"question": 1}', encoding="utf-8")
    with pytest.raises(ValueError, match="is no question"):
        pointing.read_asked(file, 2)
