"""Sources that give another number or another day for the same thing are shown together."""

from datetime import UTC, datetime
from pathlib import Path

from assistant import Assistant
from corpus import Article
from corpus.article import Published
from index import Archive
from tests.fakes import FakeEncoder, FakeReader


def article(source: str, text: str, day: int = 3) -> Article:
    when = Published(datetime(2021, 3, day, tzinfo=UTC), "day", "page")
    return Article(source, "Fire at the Ostrand mill", text, source=source, published=when)


def values(tmp_path: Path, question: str, *articles: Article) -> list[tuple[str, str]]:
    """What the answer says that the sources differ on: each value with the source quoted for it."""
    archive = Archive.create(tmp_path / "archive", FakeEncoder())
    archive.add(articles)
    answer = Assistant(archive, reader=FakeReader()).ask(question)
    sources = {citation.marker: citation.article.source for citation in answer.citations}
    quotes = {citation.marker: citation.quote for citation in answer.citations}
    for difference in answer.differences:
        for value, markers in difference.values:
            assert all(value in quotes[marker] for marker in markers)
    return [
        (value, sources[marker] or "")
        for difference in answer.differences
        for value, markers in difference.values
        for marker in markers
    ]


QUESTION = "How many people were hurt in the fire at the Ostrand mill?"


def test_two_numbers(tmp_path: Path) -> None:
    assert sorted(values(
        tmp_path,
        QUESTION,
        article("Harbour Post", "Twelve people were hurt in the fire at the Ostrand mill."),
        article("Valley Echo", "In the fire at the Ostrand mill 15 people were hurt."),
    )) == [("15", "Valley Echo"), ("Twelve", "Harbour Post")]  # fmt: skip


def test_one_number_in_two_spellings_is_no_difference(tmp_path: Path) -> None:
    assert not values(
        tmp_path,
        QUESTION,
        article("Harbour Post", "Twelve people were hurt in the fire at the Ostrand mill."),
        article("Valley Echo", "In the fire at the Ostrand mill 12 people were hurt."),
    )


def test_numbers_of_other_things_are_no_difference(tmp_path: Path) -> None:
    assert not values(
        tmp_path,
        QUESTION,
        article("Harbour Post", "Twelve people were hurt in the fire at the Ostrand mill."),
        article(
            "Valley Echo", "The fire at the Ostrand mill where people were hurt took 15 hours."
        ),
    )


def test_one_source_does_not_differ_from_itself(tmp_path: Path) -> None:
    first = article("Harbour Post", "Twelve people were hurt in the fire at the Ostrand mill.")
    second = article("Harbour Post", "In the fire at the Ostrand mill 15 people were hurt.")
    assert not values(tmp_path, QUESTION, first, Article(**{**vars(second), "id": "later"}))


def test_a_later_state_of_things_is_no_difference(tmp_path: Path) -> None:
    assert not values(
        tmp_path,
        QUESTION,
        article("Harbour Post", "Twelve people were hurt in the fire at the Ostrand mill."),
        article("Valley Echo", "In the fire at the Ostrand mill 15 people were hurt.", day=28),
    )


def test_where_two_differ_a_later_count_stands_beside_them(tmp_path: Path) -> None:
    assert sorted(
        values(
            tmp_path,
            QUESTION,
            article("Harbour Post", "Twelve people were hurt in the fire at the Ostrand mill."),
            article("Valley Echo", "In the fire at the Ostrand mill 15 people were hurt."),
            article("Inquirer", "The people hurt in the fire at the Ostrand mill were 14.", day=29),
            # This one agrees with one of them, and that one counts something else.
            article("Late Mail", "In the fire at the Ostrand mill 15 people were hurt.", day=28),
            article("Daily", "In the fire at the Ostrand mill 40 sheep were hurt.", day=27),
        )
    ) == [
        ("14", "Inquirer"),
        ("15", "Late Mail"),
        ("15", "Valley Echo"),
        ("Twelve", "Harbour Post"),
    ]


def test_two_days_one_of_them_a_weekday(tmp_path: Path) -> None:
    # 3 March 2021 was a Wednesday.
    assert sorted(values(
        tmp_path,
        "On which day broke the fire at the Ostrand mill out?",
        article("Harbour Post", "The fire at the Ostrand mill broke out on Monday."),
        article("Valley Echo", "The fire at the Ostrand mill broke out on March 2."),
    )) == [("March 2", "Valley Echo"), ("Monday", "Harbour Post")]  # fmt: skip


def test_a_weekday_and_its_date_are_no_difference(tmp_path: Path) -> None:
    assert not values(
        tmp_path,
        "On which day broke the fire at the Ostrand mill out?",
        article("Harbour Post", "The fire at the Ostrand mill broke out on Tuesday."),
        article("Valley Echo", "The fire at the Ostrand mill broke out on March 2."),
    )
