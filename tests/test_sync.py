"""Following a source: what is added, changed, moved, withdrawn, and what is kept."""

import json
import os
from pathlib import Path

import pytest

from corpus import Article, Unreadable
from index import Archive, ArchiveError
from index.sync import plan
from tests.commands import write
from tests.fakes import FakeEncoder

FERRY = "Ferry late\n\nThe ferry was late. Nobody knew why.\n"
MILL = "Mill sold\n\nThe old mill was sold to a baker.\n"
RAIN = "Rain again\n\nIt rained all night long in the valley.\n"


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "ferry.txt").write_text(FERRY)
    (folder / "mill.txt").write_text(MILL)
    return folder


def changes(archive: Archive, *paths: Path) -> list[tuple[str, str]]:
    """What a dry run says would be done; and that nothing is."""
    before = list(archive), archive.overview()
    with plan(archive.truth, paths) as made:
        planned = [(change.what, Path(change.origin or "").name) for change in made.changes]
    assert (list(archive), archive.overview()) == before
    return planned


def titles(archive: Archive) -> list[str]:
    return sorted(article.title for article in archive)


def found(archive: Archive, words: str) -> list[str]:
    return [passage.article.title for passage in archive.search(words, channels=["lexical"])]


def test_a_folder_is_followed(archive: Archive, news: Path, encoder: FakeEncoder) -> None:
    assert changes(archive, news) == [("added", "ferry.txt"), ("added", "mill.txt")]
    report = archive.sync([news])
    ferry, mill = str(news / "ferry.txt"), str(news / "mill.txt")
    assert report.added == [ferry, mill]
    assert changes(archive, news) == []
    assert archive.sync([news]).unchanged == [ferry, mill]
    # By content, not by time.
    os.utime(news / "ferry.txt", (1, 1))
    assert changes(archive, news) == []
    (news / "ferry.txt").write_text(FERRY.replace("Nobody knew why", "A cable broke"))
    (news / "rain.txt").write_text(RAIN)
    (news / "mill.txt").unlink()
    assert changes(archive, news) == [
        ("changed", "ferry.txt"),
        ("added", "rain.txt"),
        ("withdrawn", "mill.txt"),
    ]
    report = archive.sync([news])
    rain = str(news / "rain.txt")
    assert (report.changed, report.added, report.withdrawn) == ([ferry], [rain], [mill])
    assert (report.moved, report.returned, report.kept, report.failed) == ([], [], [], [])
    assert titles(archive) == ["Ferry late", "Rain again"]
    assert found(archive, "mill baker") == []
    assert found(archive, "nobody knew") == []
    assert found(archive, "cable") == ["Ferry late"]
    assert len(encoder.asked) == len(set(encoder.asked)) == 4


def test_what_is_withdrawn_is_kept_as_such_and_may_return(
    archive: Archive, news: Path, encoder: FakeEncoder
) -> None:
    archive.sync([news])
    mill = str(news / "mill.txt")
    (news / "mill.txt").rename(news.parent / "away.txt")
    archive.sync([news])
    assert archive.article(mill) is None
    assert mill not in archive
    withdrawn = archive.article(mill, withdrawn=True)
    assert (withdrawn.withdrawn, withdrawn.title) == (True, "Mill sold")
    assert archive.withdrawn(mill) is not None
    assert archive.overview().withdrawn == 1
    assert archive.sync([news]).withdrawn == []
    (news.parent / "away.txt").rename(news / "mill.txt")
    assert changes(archive, news) == [("returned", "mill.txt")]
    report = archive.sync([news])
    assert (report.returned, report.embedded) == ([mill], 0)
    assert archive.withdrawn(mill) is None
    returned = archive.article(mill)
    assert (returned.withdrawn, returned.version) == (False, 1)
    assert found(archive, "baker") == ["Mill sold"]
    assert len(encoder.asked) == 2


def test_what_moves_keeps_its_history(archive: Archive, news: Path, encoder: FakeEncoder) -> None:
    archive.sync([news])
    newer = FERRY.replace("late.", "very late.")
    (news / "ferry.txt").write_text(newer)
    archive.sync([news])
    (news / "harbour").mkdir()
    (news / "ferry.txt").rename(news / "harbour" / "boat.txt")
    assert changes(archive, news) == [("moved", "boat.txt")]
    report = archive.sync([news])
    old, new = str(news / "ferry.txt"), str(news / "harbour" / "boat.txt")
    assert (report.moved, report.added, report.withdrawn) == ([new], [], [])
    assert (report.chunks, report.embedded) == (0, 0)
    article = archive.article(new)
    assert (article.id, article.origin, article.version) == (new, new, 2)
    assert [article.text for article in archive.history(new)] == [
        FERRY.partition("\n\n")[2].strip()
    ]
    # Its former id still leads to it, until another takes that.
    assert archive.article(old) == article
    (news / "ferry.txt").write_text(RAIN)
    assert archive.sync([news]).added == [old]
    other = archive.article(old)
    assert (other.title, other.version) == ("Rain again", 1)
    assert archive.history(old) == []
    assert archive.article(new) == article


def test_a_withdrawn_article_that_is_found_elsewhere_later(archive: Archive, news: Path) -> None:
    archive.sync([news])
    text = (news / "mill.txt").read_text()
    (news / "mill.txt").unlink()
    archive.sync([news])
    (news / "again.txt").write_text(text)
    report = archive.sync([news])
    again = str(news / "again.txt")
    assert (report.returned, report.embedded) == ([again], 0)
    assert archive.article(str(news / "mill.txt")) == archive.article(again)
    assert found(archive, "baker") == ["Mill sold"]


def test_of_two_copies_one_moves(archive: Archive, news: Path) -> None:
    (news / "copy.txt").write_text(MILL)
    archive.sync([news])
    (news / "copy.txt").rename(news / "other.txt")
    assert archive.sync([news]).moved == [str(news / "other.txt")]
    assert titles(archive) == ["Ferry late", "Mill sold", "Mill sold"]
    (news / "third.txt").write_text(MILL)
    assert archive.sync([news]).added == [str(news / "third.txt")]


ONE = {"id": "1", "title": "One", "text": "The first one."}
TWO = {"id": "2", "title": "Two", "text": "The second one."}


def test_records_with_ids_move_between_files(archive: Archive, news: Path) -> None:
    write(news / "monday.jsonl", ONE, TWO)
    archive.sync([news])
    # Within a file a record may stand anywhere.
    write(news / "monday.jsonl", TWO, ONE)
    assert changes(archive, news) == []
    write(news / "monday.jsonl", TWO)
    write(news / "tuesday.jsonl", ONE)
    assert changes(archive, news) == [("moved", "tuesday.jsonl#1")]
    report = archive.sync([news])
    assert (report.moved, report.embedded) == (["1"], 0)
    article = archive.article("1")
    assert article.origin == f"{news / 'tuesday.jsonl'}#1"
    (news / "tuesday.jsonl").unlink()
    assert archive.sync([news]).withdrawn == ["1"]


def test_only_what_came_from_there_is_withdrawn(
    archive: Archive, news: Path, tmp_path: Path
) -> None:
    other = tmp_path / "newspaper"
    other.mkdir()
    (other / "rain.txt").write_text(RAIN)
    archive.sync([news, other])
    archive.add([Article("memory", "Memory", "An article from nowhere.")])
    archive.add_from([news / "mill.txt"])
    for file in (news / "mill.txt", other / "rain.txt"):
        file.unlink()
    report = archive.sync([news])
    assert report.withdrawn == [str(news / "mill.txt")]
    assert titles(archive) == ["Ferry late", "Memory", "Rain again"]
    assert archive.sync([other], withdraw_many=True).withdrawn == [str(other / "rain.txt")]


def test_what_was_added_from_the_folder_is_followed(
    archive: Archive, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(news.parent)
    report = archive.add_from(["news"])
    assert report.added == [str(news / "ferry.txt"), str(news / "mill.txt")]
    (news / "mill.txt").unlink()
    assert archive.add_from([news]).withdrawn == []
    assert titles(archive) == ["Ferry late", "Mill sold"]
    assert archive.sync([news]).withdrawn == [str(news / "mill.txt")]


@pytest.mark.parametrize("broken", ["", "\x00\x01binary"], ids=["empty", "binary"])
def test_what_cannot_be_read_any_more_is_kept(archive: Archive, news: Path, broken: str) -> None:
    archive.sync([news])
    (news / "mill.txt").write_text(broken)
    report = archive.sync([news])
    mill = str(news / "mill.txt")
    assert (report.withdrawn, report.kept) == ([], [mill])
    assert [unreadable.origin for unreadable in report.failed] == [mill]
    assert titles(archive) == ["Ferry late", "Mill sold"]


@pytest.mark.parametrize(
    "name",
    [b"Issue #12/feed.csv", b"No.#2/feed.csv", b"Issue #12.csv", b"caf\xe9.csv", b"caf\xe9/a.csv"],
)
def test_what_is_kept_whatever_the_name_of_its_file(
    archive: Archive, news: Path, monkeypatch: pytest.MonkeyPatch, name: bytes
) -> None:
    # Read again in order to be stored.
    monkeypatch.setattr("index.sightings._MOST_KEPT", 0)
    file = Path(os.fsdecode(os.fsencode(news) + b"/" + name))
    file.parent.mkdir(exist_ok=True)
    table = "title,text\nRain,It rained all night.\nSnow,It snowed all day.\n"
    file.write_text(table)
    rows = [id for id in archive.sync([news]).added if id[-2:] in ("#1", "#2")]
    assert len(rows) == 2
    file.write_bytes(b"\x00\x01binary")
    report = archive.sync([news])
    assert (report.withdrawn, sorted(report.kept)) == ([], rows)
    file.write_text(table)
    assert {*rows} <= {*archive.sync([news]).unchanged}
    file.unlink()
    assert archive.sync([news]).withdrawn == rows


def test_a_text_in_a_folder_with_a_number_is_no_row(archive: Archive, news: Path) -> None:
    folder = news / "Desk #3"
    folder.mkdir()
    (folder / "1.txt").write_text(RAIN)
    archive.sync([news])
    (folder / "1.txt").unlink()
    (folder / "2.txt").write_text("Rain again\n\nSunshine all day long, says the institute.\n")
    report = archive.sync([news])
    assert (report.added, report.withdrawn) == ([f"{folder}/2.txt"], [f"{folder}/1.txt"])


def test_a_folder_whose_name_goes_on_with_a_number_is_another(archive: Archive, news: Path) -> None:
    other = news.parent / "news#2"
    other.mkdir()
    (other / "rain.txt").write_text(RAIN)
    assert len(archive.sync([news, other]).added) == 3
    assert archive.sync([news]).withdrawn == []
    assert len(archive.overview().roots) == 2


def test_of_two_syncs_at_once_one_adds(archive: Archive, news: Path, encoder: FakeEncoder) -> None:
    def other_sync(_: object) -> None:
        encoder.before_encoding = None
        with Archive.open(archive.address, FakeEncoder()) as other:
            assert len(other.sync([news]).added) == 2

    encoder.before_encoding = other_sync
    report = archive.sync([news])
    assert (report.added, len(report.unchanged), len(archive)) == ([], 2, 2)


def test_what_cannot_be_read_has_not_moved_to_its_copy(archive: Archive, news: Path) -> None:
    archive.sync([news])
    ferry, copy = news / "ferry.txt", news / "copy.txt"
    copy.write_text(FERRY)
    ferry.write_text("")
    report = archive.sync([news])
    assert (report.added, report.moved, report.kept) == ([str(copy)], [], [str(ferry)])
    ferry.write_text(FERRY)
    assert str(ferry) in archive.sync([news]).unchanged


def test_a_file_of_which_some_cannot_be_read_keeps_all(archive: Archive, news: Path) -> None:
    write(news / "days.jsonl", ONE, TWO)
    archive.sync([news])
    (news / "days.jsonl").write_text(json.dumps(ONE) + "\n{broken\n")
    report = archive.sync([news])
    assert (report.kept, report.withdrawn) == (["2"], [])
    write(news / "days.jsonl", ONE)
    assert archive.sync([news]).withdrawn == ["2"]


NEXIS = """Boats stay\nDale Gazette\nMay 1{0}, 2015 Monday\nLength: 9 words\nBody

The {0} boats stayed in the harbour.\n\nLoad-Date: May 12, 2015\n\nEnd of Document\n\n"""
POST = """<item><link>https://a.example/{0}</link><wp:status>publish</wp:status>
<content:encoded>The {0} boats stayed in the harbour.</content:encoded></item>"""
WXR = (
    '<rss xmlns:content="c" xmlns:wp="http://wordpress.org/export/1.2/"><channel>{}</channel></rss>'
)


@pytest.mark.parametrize(
    ("name", "content", "cut_at"),
    [
        ("a.txt", NEXIS.format(1) + NEXIS.format(2), "The 2"),
        ("a.xml", WXR.format(POST.format(1) + POST.format(2)), "</content:encoded></item></"),
    ],
)
def test_a_download_that_breaks_off_keeps_all(
    archive: Archive, news: Path, name: str, content: str, cut_at: str
) -> None:
    (news / name).write_text(content)
    assert len(archive.sync([news]).added) == 4
    (news / name).write_text(content.partition(cut_at)[0])
    report = archive.sync([news])
    assert (len(report.kept), len(report.unchanged), report.withdrawn) == (1, 3, [])


def test_a_path_that_does_not_exist(archive: Archive, news: Path) -> None:
    archive.sync([news])
    (news / "rain.txt").write_text(RAIN)
    with pytest.raises(ArchiveError) as caught:
        archive.sync([news, news.parent / "nowhere"])
    assert str(caught.value) == f"{news.parent / 'nowhere'} does not exist; nothing was changed."
    assert titles(archive) == ["Ferry late", "Mill sold"]


def test_a_change_of_what_is_passed_over_is_none(archive: Archive, news: Path) -> None:
    page = "<title>Council votes</title><h1>Council votes</h1><p>The council voted again.</p>"
    (news / "Council.html").write_text(page)
    (news / "n.db").touch()
    archive.sync([news])
    names = "Council_files/ad.html", ".hidden/a.txt", "n.db-wal", "Other_files/ad.html"
    for name in names:
        (news / name).parent.mkdir(exist_ok=True)
        (news / name).write_text(page.replace("Council", "Buy this"))
    report = archive.sync([news / name for name in names], within=[news])
    assert (report.added, report.failed) == ([f"{news}/Other_files/ad.html"], [])
    # A folder that is named itself is read.
    assert archive.sync([news / names[1]], within=[news, news / ".hidden"]).added
    # The page of its parts comes later.
    (news / "Other.html").write_text(page)
    assert archive.sync([news / names[3]], within=[news]).withdrawn == [f"{news}/{names[3]}"]


def test_as_many_as_half_are_withdrawn_each_time(archive: Archive, news: Path) -> None:
    for number in range(30):
        (news / f"{number}.txt").write_text(f"Number {number}\n\nThis is number {number}.\n")
    archive.sync([news])
    files = sorted(news.iterdir())
    for gone in (files[:16], files[16:24], files[24:28]):
        for file in gone:
            file.unlink()
        assert len(archive.sync([news]).withdrawn) == len(gone)
    assert len(archive) == 4


def test_more_than_half_of_many_is_not_withdrawn_unasked(archive: Archive, news: Path) -> None:
    write(news / "all.jsonl", *({"id": str(n), "text": f"This is number {n}."} for n in range(19)))
    archive.sync([news])
    for file in news.iterdir():
        file.unlink()
    (news / "rain.txt").write_text(RAIN)
    with pytest.raises(ArchiveError) as caught:
        archive.sync([news])
    assert str(caught.value) == (
        "21 of 21 articles are not there any more, and nothing was changed: look whether the "
        "folder is the right one, and complete; if it is, run the command again with "
        "--withdraw-many."
    )
    assert len(archive) == 21
    report = archive.sync([news], withdraw_many=True)
    assert len(report.withdrawn) == 21
    assert titles(archive) == ["Rain again"]


@pytest.mark.parametrize("within", [False, True])
def test_an_empty_folder_keeps_what_came_from_it(
    archive: Archive, news: Path, within: bool
) -> None:
    """As where a disk is not mounted."""
    archive.sync([news])
    files = list(news.iterdir())
    for file in files:
        file.unlink()
    (news / "lost+found").mkdir()
    report = archive.sync(files, within=[news]) if within else archive.sync()
    assert (len(report.kept), report.withdrawn) == (2, [])
    assert [str(unreadable) for unreadable in report.failed] == [
        f"{news}: is a folder with no files in it; what came from it is kept. If it is empty for "
        f"good: dateline sync {news} --withdraw-many --archive {archive.address}"
    ]
    assert len(archive.sync([news], withdraw_many=True).withdrawn) == 2


@pytest.mark.parametrize("root", ["", "ferry.txt"])
def test_a_root_that_is_gone_keeps_what_came_from_it(
    archive: Archive, news: Path, root: str
) -> None:
    """Also where only what changed is read, as watch does."""
    place = news / root
    count = len(archive.sync([place]).added)
    place.rename(news.parent / "away.txt")
    report = archive.sync([place], within=[place])
    assert (len(report.kept), report.withdrawn) == (count, [])
    assert report.failed == archive.sync().failed
    assert [failure.origin for failure in report.failed] == [str(place)]
    moved = archive.sync([news.parent / "away.txt", place], within=[place, news.parent])
    assert (len(moved.moved), moved.kept, moved.failed) == (count, [], [])


def test_what_moves_out_of_a_folder_until_it_is_empty(archive: Archive, news: Path) -> None:
    archive.sync([news])
    (news.parent / "new").mkdir()
    for file in list(news.iterdir()):
        file.rename(news.parent / "new" / file.name)
    report = archive.sync([news, news.parent / "new"])
    assert (len(report.moved), report.kept, report.added) == (2, [], [])


def test_a_source_that_withdraws(archive: Archive, encoder: FakeEncoder) -> None:
    """Agencies kill what they have sent."""
    article = Article("a", "Fire", "A fire broke out at the mill.", origin="wire/1.xml")
    other = Article("b", "Rain", "It rained.", origin="wire/2.xml", withdrawn=True)
    archive.add([article])
    killed = Article("a", "KILL", "Kill the fire.", origin="wire/3.xml", withdrawn=True)
    report = archive.add([killed, other])
    assert (report.withdrawn, report.added) == (["a"], [])
    assert archive.search("fire") == []
    assert archive.article("a") is None
    # What was last said of it stays what it was.
    last = archive.article("a", withdrawn=True)
    assert last.title == "Fire"
    assert "b" not in archive


def test_one_id_twice(archive: Archive, news: Path) -> None:
    """The last is kept, and is no other version each time."""
    write(
        news / "a.jsonl",
        {"id": "1", "title": "First", "text": "The first text."},
        {"id": "1", "title": "Last", "text": "The last text."},
    )
    report = archive.sync([news / "a.jsonl"])
    assert (report.added, titles(archive)) == (["1"], ["Last"])
    place = str(news / "a.jsonl")
    clash = Unreadable(f"{place}#2", f"has the same id, 1, as {place}#1; the last is kept")
    assert report.failed == [clash]
    report = archive.sync([news / "a.jsonl"])
    assert (report.unchanged, report.changed, report.failed) == (["1"], [], [clash])
    assert archive.history("1") == []


def test_a_record_without_a_text_keeps_the_article_of_its_id_only(
    archive: Archive, news: Path
) -> None:
    table = news / "t.csv"
    table.write_text("id,title,text\na,Rain,It rained.\nb,Snow,It snowed.\nc,Hail,It hailed.\n")
    assert archive.sync([table]).added == ["a", "b", "c"]
    table.write_text("id,title,text\nb,Snow,\nc,Hail,It hailed.\n")
    report = archive.sync([table])
    assert (report.withdrawn, report.kept, report.unchanged) == (["a"], ["b"], ["c"])
    # What states no id may be any of them.
    table.write_text("id,title,text\n,Snow,\nd,Fog,A fog came up the valley.\n")
    report = archive.sync([table])
    assert (report.added, report.withdrawn, report.kept) == (["d"], [], ["b", "c"])


def test_a_file_that_is_a_record_without_a_text_keeps_its_article(
    archive: Archive, news: Path
) -> None:
    record = news / "one.json"
    write(record, {"title": "Rain", "text": "It rained all night."})
    assert archive.sync([record]).added == [str(record)]
    write(record, {"id": "rain", "title": "Rain"})
    report = archive.sync([record])
    assert (report.withdrawn, report.kept) == ([], [str(record)])


def test_more_than_is_kept_in_memory(
    archive: Archive, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.sightings._MOST_KEPT", 40)
    (news / "rain.txt").write_text(RAIN)
    report = archive.sync([news])
    assert len(report.added) == 3
    assert titles(archive) == ["Ferry late", "Mill sold", "Rain again"]
    assert report.embedded == 3
