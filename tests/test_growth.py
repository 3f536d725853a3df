"""The benchmarks of growth and of kills, on what can be counted by hand."""

import json
from collections import Counter
from pathlib import Path

import pytest

from corpus import Article, read_articles
from tests.benchmark.__main__ import main
from tests.benchmark.growth import RandomEncoder, articles
from tests.benchmark.kills import Source
from tests.oracles import some_articles


def test_growth(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["growth", "--sizes", "12", "5", "--rounds", "2", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["added"], printed["rounds"]) == (10, 2)
    # Of 300 words, in chunks of at most 180.
    assert {size: row["chunks"] for size, row in printed["sizes"].items()} == {"12": 24, "5": 10}
    for row in printed["sizes"].values():
        times = row["search right after articles came"]
        assert 0 < times["least"] <= times["median"] <= times["most"]


def test_made_up_articles_are_the_same_every_time() -> None:
    first, again = list(articles(3)), list(articles(3))
    assert first == again
    assert len({article.text for article in [*first, *articles(3, seed=1)]}) == 6
    vectors = RandomEncoder().encode([first[0].text, again[0].text, first[1].text])
    assert (vectors[0] == vectors[1]).all()
    assert vectors[0] @ vectors[0] == pytest.approx(1)
    assert abs(vectors[0] @ vectors[2]) < 0.5


def test_a_source_that_changes(tmp_path: Path) -> None:
    made = some_articles(100, 30)
    source = Source(tmp_path, made, seed=1)

    def read() -> dict[str, Article]:
        return {
            article.id: article
            for article in read_articles(tmp_path)
            if isinstance(article, Article)
        }

    def is_as_read() -> bool:
        texts = {id: article.text for id, article in read().items()}
        return texts == {id: article.text for id, article in source.articles.items()}

    before = read()
    assert is_as_read()
    source.change()
    assert is_as_read()
    after = read()
    kinds = Counter(
        "corrected" if after[id].text != article.text else
        "moved" if after[id].origin != article.origin else "same"
        for id, article in before.items() if id in after
    )  # fmt: skip
    assert len(before) - len(after) == 5
    assert kinds["corrected"] == 9
    source.change()
    assert is_as_read()
    # What was taken away is back, and others are gone: a twentieth of what there was.
    assert before.keys() - after.keys() <= read().keys()
    assert len(read()) == 96
