"""Files that anybody may have made are read by another process, and no longer than they may be."""

import json
from pathlib import Path

from corpus import SAMPLE, Article, Unreadable, read_articles
from corpus.apart import Limits, read_apart


def rain(folder: Path) -> str:
    (folder / "rain.txt").write_text("Rain\n\nIt rained.\n")
    return str(folder / "rain.txt")


def records(folder: Path, count: int, *, one: bool = False) -> str:
    path = folder / "many.jsonl"
    texts = ["It rained all day. " * 50] * count
    lines = texts if not one else ["".join(texts)]
    path.write_text("".join(json.dumps({"text": line, "id": "a"}) + "\n" for line in lines))
    return str(path)


def test_what_is_read_apart_is_what_is_read() -> None:
    paths = sorted(str(path) for path in SAMPLE.iterdir() if path.is_file())
    assert list(read_apart(paths)) == [article for path in paths for article in read_articles(path)]
    assert len(list(read_apart([str(SAMPLE)]))) == len(list(read_articles(SAMPLE)))


def test_names_of_fields_and_halves_of_letters(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"story": "It rained \\ud83d.", "id": "a", "embargo": "2150-01-01"}\n{"a": 1}\n'
    )
    fields = {"text": "story"}
    assert list(read_apart([str(path)], fields)) == list(read_articles(path, fields))


def test_what_takes_too_long_is_one_line(tmp_path: Path) -> None:
    slow = records(tmp_path, 30_000)
    limits = Limits(seconds=0, seconds_per_megabyte=0)
    *found, line, last = read_apart([slow, rain(tmp_path)], limits=limits)
    reason = "takes too long to be read; the rest of it was not read"
    assert line == Unreadable(slow, reason)
    assert isinstance(last, Article)
    assert last.title == "Rain"
    assert all(isinstance(article, Article) for article in found)
    assert len(found) < 30_000


def test_what_takes_too_much_memory_is_one_line(tmp_path: Path) -> None:
    large = records(tmp_path, 18_000, one=True)
    found = list(read_apart([large, rain(tmp_path)], limits=Limits(megabytes=250)))
    assert found[0] == Unreadable(large, "takes more than 250 MB of memory to be read")
    assert [article.title for article in found[1:] if isinstance(article, Article)] == ["Rain"]


def test_silence_is_not_waited_for(tmp_path: Path) -> None:
    found = list(read_apart([rain(tmp_path)], limits=Limits(silence=0.001)))
    assert found == [Unreadable(rain(tmp_path), "takes longer than 0 minutes to be read")]


def test_it_ends_with_whoever_reads(tmp_path: Path) -> None:
    reading = read_apart([records(tmp_path, 30_000)])
    assert isinstance(next(reading), Article)
    reading.close()
    assert list(read_apart([])) == []
