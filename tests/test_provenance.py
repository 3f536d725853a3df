"""Who may say what of an article: its own source, and nobody else."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import Answer, rendering
from assistant.exports import credit as exported_credit
from assistant.page.overview import change_report
from assistant.page.reader import reader
from corpus import Article, read_articles
from index import Archive, ArchiveError
from index.__main__ import main
from index.passage import Passage, credit, describe
from index.sync import plan

CLOSED = "The Marrowby bridge was closed on Monday after an inspector found two cracks in a pier."
OPENED = CLOSED.replace("closed", "opened")
MORE = f"{CLOSED}\n\nNobody knows when it will be mended, said Ada Quill."
OTHER = "Nobody ever saw a crack, and lorries went over it all day long, a driver told us."
ADDRESS = "https://wire.example/bridge"

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A file of records, each of the article ``bridge`` unless it says otherwise."""

    def write(name: str, *records: dict[str, object]) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        usual = {"id": "bridge", "title": "Bridge", "source": "Reuters", "text": CLOSED}
        path.write_text("".join(json.dumps(usual | record) + "\n" for record in records))
        return path

    return write


def dropped(archive: Archive, path: Path) -> None:
    """Let somebody drop a file on the page of the archive."""
    place = archive.folder / "dropped"
    place.mkdir(exist_ok=True)
    (place / path.name).write_bytes(path.read_bytes())
    archive.add_from([place / path.name], by="drop")


def shown(archive: Archive) -> list[tuple[str, str]]:
    return [(article.id, article.text) for article in archive]


def test_withdrawn_by_its_own_source_only(archive: Archive, write: Write) -> None:
    archive.sync([write("papers/a.jsonl", {}).parent])
    kill = write("other/b.jsonl", {"withdrawn": True, "text": "x"})
    for bring in (
        lambda: archive.sync([kill.parent]),
        lambda: archive.add_from([kill]),
        lambda: archive.add_from([kill.parent], by="page"),
        lambda: archive.add_from([kill], by="drop"),
    ):
        report = bring()
        assert (report.withdrawn, report.changed) == ([], [])
        assert [unreadable.origin for unreadable in report.refused] == [f"{kill}#1"]
        assert shown(archive) == [("bridge", CLOSED)]
    assert "bridge is withdrawn; only" in archive.sync([kill.parent]).refused[0].reason
    # Another file of the same root is its own source.
    write("papers/kill.jsonl", {"withdrawn": True})
    report = archive.sync([kill.parent.parent / "papers"])
    assert (report.withdrawn, report.refused) == (["bridge"], [])
    # And what that has withdrawn returns from nowhere else.
    copy = write("other/b.jsonl", {})
    report = archive.sync([copy.parent])
    assert "does not return from here" in report.refused[0].reason
    assert shown(archive) == []
    write("papers/kill.jsonl", {"id": "rain", "text": "It rained."})
    assert archive.sync([kill.parent.parent / "papers"]).returned == ["bridge"]


def test_an_agency_withdraws_its_own_and_no_other(archive: Archive, tmp_path: Path) -> None:
    item = (
        '<newsItem guid="{}" version="{}"><itemMeta><pubStatus qcode="stat:{}"/></itemMeta>'
        "<contentMeta><headline>Bridge</headline></contentMeta><contentSet>"
        '<inlineData contenttype="text/plain">It was closed.</inlineData></contentSet></newsItem>'
    )
    wire, other = tmp_path / "wire", tmp_path / "other"
    wire.mkdir()
    other.mkdir()
    (wire / "1.xml").write_text(item.format("tag:a", 1, "usable"))
    archive.sync([wire])
    (other / "2.xml").write_text(item.format("tag:a", 2, "canceled"))
    assert archive.sync([other]).withdrawn == []
    assert "tag:a" in archive
    (other / "2.xml").rename(wire / "2.xml")
    assert archive.sync([wire]).withdrawn == ["tag:a"]


def test_an_embargo_is_changed_by_its_own_source_only(archive: Archive, write: Write) -> None:
    papers = write("papers/a.jsonl", {})
    archive.sync([papers.parent])
    held = write("other/a.jsonl", {"embargo": "2150-01-01"})
    for bring in (lambda: archive.sync([held.parent]), lambda: archive.add_from([held], by="drop")):
        report = bring()
        assert (report.unchanged, report.embargoed) == (["bridge"], [])
        assert len(report.refused) == 1
        assert "bridge" in archive
    write("papers/a.jsonl", {"embargo": "2150-01-01"})
    with plan(archive.truth, [papers.parent]) as made:
        assert [change.what for change in made.changes] == ["embargo"]
    report = archive.sync([papers.parent])
    assert (report.embargoed, bool(report)) == (["bridge"], True)
    assert "1 under another embargo or none, " in str(report)
    assert "bridge" not in archive
    # With a correction it is told as well.
    write("papers/a.jsonl", {"text": MORE})
    report = archive.sync([papers.parent])
    assert (report.changed, report.embargoed) == (["bridge"], ["bridge"])
    assert shown(archive) == [("bridge", MORE)]


def page(outlet: str, text: str) -> str:
    return (
        f'<html><head><title>Bridge</title><link rel="canonical" href="{ADDRESS}">'
        f'<meta property="og:site_name" content="{outlet}"></head><body><article><h1>Bridge</h1>'
        f"<p>{text}</p><p>It rained on the valley for the rest of the week.</p></article></body>"
        "</html>"
    )


@pytest.mark.parametrize("text", [OPENED, OTHER], ids=["a word changed", "other words"])
@pytest.mark.parametrize("by", ["operator", "page", "drop"])
def test_a_page_that_calls_itself_another_outlet_s(
    archive: Archive, tmp_path: Path, text: str, by: str
) -> None:
    for folder, words in (("saved", CLOSED), ("fakes", text)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "bridge.html").write_text(page("Reuters", words))
    archive.sync([tmp_path / "saved"])
    fake = tmp_path / "fakes" / "bridge.html"
    report = archive.add_from([fake], by=by)
    id = f"{ADDRESS} in {fake}"
    assert (report.added, report.changed, report.conflicts) == ([id], [], [id])
    assert [unreadable.origin for unreadable in report.refused] == [str(fake)]
    assert "has another text for https://wire.example/bridge" in report.refused[0].reason
    assert "1 in conflict, 1 statement refused, " in str(report)
    real, claimed = archive.article(ADDRESS), archive.article(id)
    assert (real.version, real.claims, CLOSED in real.text) == (1, None, True)
    assert (claimed.claims, claimed.source, claimed.vouched) == (ADDRESS, "Reuters", "page")
    # The same once more is nothing new, and its own correction is its own.
    assert archive.add_from([fake], by=by).unchanged == [id]
    fake.write_text(page("Reuters", f"{text} So they say."))
    report = archive.add_from([fake], by=by)
    assert (report.changed, report.conflicts) == ([id], [id])
    # Its real source corrects it as ever.
    (tmp_path / "saved" / "bridge.html").write_text(page("Reuters", MORE))
    assert archive.sync([tmp_path / "saved"]).changed == [ADDRESS]


def test_what_says_nothing_else_is_no_conflict(archive: Archive, write: Write) -> None:
    """A summary from a feed and the page that it was made from."""
    archive.sync([write("feed/a.jsonl", {}).parent])
    report = archive.sync([write("pages/a.jsonl", {"text": MORE}).parent])
    assert (report.changed, report.conflicts, report.refused) == ([], [], [])
    assert sorted(text for _, text in shown(archive)) == sorted([CLOSED, MORE])
    # Less than is there, or the same under another headline, adds nothing.
    for less in ({"text": CLOSED[:60]}, {"title": "Another"}):
        report = archive.sync([write("third/a.jsonl", less).parent])
        assert (report.added, report.changed, report.conflicts) == ([], [], [])
    assert len(archive) == 2


def test_a_conflict_ends_with_the_other_article(archive: Archive, write: Write) -> None:
    first, second = write("papers/a.jsonl", {}), write("others/a.jsonl", {"text": OTHER})
    archive.sync([first.parent, second.parent])
    first.unlink()
    archive.remove(["bridge"])
    assert archive.sync([second.parent]).moved == ["bridge"]
    [bridge] = archive
    assert (bridge.id, bridge.text, bridge.claims) == ("bridge", OTHER, None)


@pytest.mark.parametrize("text", [OPENED, MORE])
@pytest.mark.parametrize("was_beside", [False, True])
def test_what_moves_to_another_root_and_is_corrected_is_followed_at_once(
    archive: Archive, write: Write, text: str, was_beside: bool
) -> None:
    old = write("a/x.jsonl", {})
    write("a/y.jsonl", {"id": "ferry"})
    new = write("b/x.jsonl", {"id": "rain"})
    archive.sync([old.parent, new.parent])
    if was_beside:
        write("b/x.jsonl", {"text": text})
        archive.sync()
        assert len(archive) == 3
    old.unlink()
    # As long as nothing is left of the other folder, it may only not be mounted.
    (old.parent / "y.jsonl").rename(old.parent.parent / "y.jsonl")
    write("b/x.jsonl", {"text": text})
    archive.sync()
    assert ("bridge", CLOSED) in shown(archive)
    write("a/y.jsonl", {"id": "ferry"})
    report = archive.sync()
    assert (report.changed, report.conflicts) == (["bridge"], [])
    assert shown(archive) == [("bridge", text), ("ferry", CLOSED)]
    assert len(archive.history("bridge")) == 1
    report = archive.sync()
    assert (report.unchanged, bool(report)) == (["ferry", "bridge"], False)


def test_the_same_from_two_roots_goes_on_with_the_other(archive: Archive, write: Write) -> None:
    first, second = write("papers/a.jsonl", {}), write("others/a.jsonl", {})
    archive.sync([first.parent, second.parent])
    assert len(archive) == 1
    first.unlink()
    report = archive.sync([first.parent, second.parent])
    assert (report.moved, report.withdrawn) == (["bridge"], [])
    second.unlink()
    assert archive.sync([second.parent], withdraw_many=True).withdrawn == ["bridge"]


def test_what_is_dropped_again_under_its_name(archive: Archive, write: Write) -> None:
    """Is a newer version of what was dropped, but hides and withdraws nothing."""
    dropped(archive, write("a.jsonl", {}))
    dropped(archive, write("a.jsonl", {"text": MORE, "embargo": "2150-01-01"}))
    assert shown(archive) == [("bridge", MORE)]
    dropped(archive, write("a.jsonl", {"withdrawn": True}))
    assert shown(archive) == [("bridge", MORE)]
    # Under another name it is another's.
    dropped(archive, write("b.jsonl", {"text": OTHER}))
    assert [text for _, text in shown(archive)] == [MORE, OTHER]
    [article] = [article for article in archive if article.text == OTHER]
    assert article.claims == "bridge"


def test_what_vanished_is_shown_again_when_somebody_drops_it(
    archive: Archive, write: Write
) -> None:
    papers = write("papers/a.jsonl", {})
    archive.sync([papers.parent])
    papers.unlink()
    archive.sync([papers.parent], withdraw_many=True)
    assert shown(archive) == []
    dropped(archive, write("a.jsonl", {}))
    # But not as the article of its source, with the history of that.
    [article] = archive
    assert (article.id, article.text, article.claims) == (
        f"bridge in {archive.folder / 'dropped' / 'a.jsonl'}#1",
        CLOSED,
        None,
    )


@pytest.mark.parametrize(
    ("name", "content", "source", "vouched"),
    [
        ("a.jsonl", '{"text": "It rained.", "source": "Post"}', "Post", "record"),
        ("a.jsonl", '{"text": "It rained.", "url": "http://post.example/a"}', "post.example",
         "address"),
        ("a.html", page("Post", CLOSED), "Post", "page"),
        ("a.rss", "<rss><channel><title>Post</title><item><title>a</title><description>It rained."
         "</description></item></channel></rss>", "Post", "feed"),
        ("a.eml", "From: Post <a@post.example>\nSubject: Rain\n\nIt rained.\n", "Post", "sender"),
        ("a.txt", "Rain\n\n21 Aug 2016 – BasNews – QAMISHLO — It rained all day long.", "BasNews",
         "dateline"),
        ("a.txt", "Rain\n\nIt rained.", None, None),
    ],
)  # fmt: skip
def test_how_a_source_is_known_is_kept(
    archive: Archive, tmp_path: Path, name: str, content: str, source: str, vouched: str
) -> None:
    (tmp_path / name).write_text(content)
    [found] = read_articles(tmp_path / name)
    assert isinstance(found, Article)
    assert (found.source, found.vouched) == (source, vouched)
    archive.add_from([tmp_path / name])
    assert [(article.source, article.vouched) for article in archive] == [(source, vouched)]


def test_a_conflict_is_marked_wherever_it_is_quoted() -> None:
    claimed = Article("b in x", "Bridge", OPENED, "Reuters", vouched="page", claims="b")
    real = Article("b", "Bridge", CLOSED, "Reuters", vouched="page")
    for quoted in (
        lambda article: rendering.nearest(
            Answer("?", "does not say", 0, (), (Passage(article, 0, 20, 1.0),))
        ),
        lambda article: reader(article, came_from="papers/a.html"),
        exported_credit,
        credit,
    ):
        assert "another text" in quoted(claimed)
        assert "another text" not in quoted(real)
    assert describe(claimed)["claims"] == "b"
    assert "claims" not in describe(real)
    shown = reader(real, came_from="papers/<a>.html")
    assert "papers/&lt;a&gt;.html" in shown
    assert "Its source is known by what its page says." in shown


def test_what_was_refused_is_in_the_report_on_the_page(archive: Archive, write: Write) -> None:
    archive.sync([write("papers/a.jsonl", {}).parent])
    report = archive.add_from([write("b.jsonl", {"text": OTHER})], by="drop")
    html = change_report(report.as_dict())
    assert "1 with another text than an article from elsewhere has" in html
    assert "has another text for bridge than the archive; it stands beside it" in html
    # Reports of earlier programs know of none of this.
    early = {k: v for k, v in report.as_dict().items() if k not in {"refused", "conflicts"}}
    assert "elsewhere" not in change_report(early)


# Roots


NOISE = "Market noise\n\n12 May 2024 – Vale Echo – VALEHAM — Nan Obi, the police chief, said there had been {} complaints about the night market.\n"  # noqa: E501
CHOIR = "Choir sings\n\n13 May 2024 – Vale Echo – VALEHAM — Sixty singers came to the cathedral.\n"


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "night.txt").write_text(NOISE.format(14))
    (folder / "choir.txt").write_text(CHOIR)
    return folder


def complaints(archive: Archive) -> list[str]:
    return [passage.text[-40:-26] for passage in archive.search("complaints", channels=["lexical"])]


def test_a_folder_that_has_another_name_now(archive: Archive, papers: Path) -> None:
    archive.sync([papers])
    clippings = papers.rename(papers.with_name("clippings"))
    report = archive.sync([clippings])
    assert sorted(report.moved) == [str(clippings / "choir.txt"), str(clippings / "night.txt")]
    assert (report.added, report.withdrawn, report.embedded, len(archive)) == ([], [], 0, 2)
    assert [root.place for root in archive.overview().roots] == [str(clippings)]
    # Their old ids still lead to them.
    night = archive.article(str(papers / "night.txt"))
    assert night.id == str(clippings / "night.txt")
    (clippings / "night.txt").write_text(NOISE.format(19))
    assert archive.sync([clippings]).changed == [night.id]
    assert [passage.text.count(" 19 ") for passage in archive.search("complaints", 1)] == [1]
    assert not any(" 14 " in passage.text for passage in archive.search("complaints", 10))
    assert [article.version for article in archive.history(night.id)] == [1]
    (clippings / "night.txt").unlink()
    assert archive.sync([clippings]).withdrawn == [night.id]
    assert [article.title for article in archive] == ["Choir sings"]
    with pytest.raises(ArchiveError, match=r"papers does not exist; nothing was changed\.$"):
        archive.sync([papers])


def test_records_with_ids_of_a_folder_that_has_another_name(archive: Archive, write: Write) -> None:
    papers = write("papers/a.jsonl", {}).parent
    archive.sync([papers])
    clippings = papers.rename(papers.with_name("clippings"))
    assert archive.sync([clippings]).moved == ["bridge"]
    write("clippings/a.jsonl", {"text": OPENED})
    report = archive.sync([clippings])
    assert (report.changed, report.conflicts) == (["bridge"], [])


def test_what_is_copied_has_not_moved(archive: Archive, papers: Path) -> None:
    archive.sync([papers])
    copy = papers.with_name("copy")
    copy.mkdir()
    (copy / "night.txt").write_bytes((papers / "night.txt").read_bytes())
    assert archive.sync([copy]).added == [str(copy / "night.txt")]
    assert len(archive) == 3


def test_what_is_followed_is_listed_and_followed_without_naming_it(
    archive: Archive, papers: Path, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    story = write("stories/a.jsonl", {"text": None, "story": CLOSED})
    archive.sync([papers])
    archive.sync([story], {"text": "story"})
    archive.add_from([write("added/a.jsonl", {"id": "added", "text": OTHER})])
    folder = str(archive.folder)
    assert main(["status", "--archive", folder]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"follows {papers} (there, 2 articles)" in lines
    assert f"follows {story} (there, 1 article)" in lines
    assert not any("added" in line for line in lines)
    (papers / "night.txt").write_text(NOISE.format(19))
    write("stories/a.jsonl", {"text": None, "story": MORE})
    report = archive.sync()
    assert sorted(report.changed) == sorted([str(papers / "night.txt"), "bridge"])
    gone = papers.rename(papers.with_name("gone"))
    write("stories/a.jsonl", {"text": None, "story": CLOSED})
    report = archive.sync()
    assert report.changed == ["bridge"]
    assert [unreadable.origin for unreadable in report.failed] == [str(papers)]
    assert f"dateline forget {papers} --archive {folder}" in report.failed[0].reason
    assert main(["status", "--archive", folder]) == 0
    assert f"follows {papers} (missing, 2 articles)" in capsys.readouterr().out
    assert gone.is_dir()


def test_a_root_is_forgotten(
    archive: Archive, papers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "rain.txt").write_text("Rain\n\nIt rained.\n")
    archive.sync([papers, other])
    papers.rename(tmp_path / "gone")
    folder = str(archive.folder)
    assert main(["forget", str(papers), "--archive", folder]) == 0
    assert "2 withdrawn" in capsys.readouterr().out
    assert [article.title for article in archive] == ["Rain"]
    assert [root.place for root in archive.overview().roots] == [str(other)]
    assert archive.sync().failed == []
    assert main(["forget", str(papers), "--archive", folder]) == 2
    message = f"error: Nothing came from {papers}; the archive follows {other}.\n"
    assert capsys.readouterr().err == message
    # Elsewhere they are found again, with their history.
    assert len(archive.sync([tmp_path / "gone"]).returned) == 2


def test_nothing_is_followed_yet(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sync", "--archive", str(archive.folder)]) == 2
    assert capsys.readouterr().err.startswith("error: The archive follows nothing yet: name ")


def test_where_an_article_came_from_as_a_reader_is_told(
    archive: Archive, papers: Path, write: Write
) -> None:
    archive.sync([papers])
    archive.add_from([write("a.jsonl", {})])
    origins = sorted(str(archive.came_from(article)) for article in archive)
    assert origins == ["a.jsonl#1", "papers/choir.txt", "papers/night.txt"]
