"""The benchmark of growth, on what can be counted by hand."""

import json

import pytest

from tests.benchmark.__main__ import main
from tests.benchmark.growth import RandomEncoder, articles


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
