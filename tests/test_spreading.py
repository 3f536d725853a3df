"""Articles that are stored first and embedded later, by this process or by others."""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

import index.ingest
from assistant.page.site import ALONE
from assistant.rendering import fill
from dateline import main
from index import Archive, ArchiveError
from index.spreading import Processes, RayActors, Workers, _load, spread
from tests import forked
from tests.fakes import FakeEncoder, NotingEncoder
from tests.made_articles import FERRY, MILL
from tests.oracles import ARTICLES, EDITED, some_articles
from tests.test_kills import kill_at

pytestmark = pytest.mark.usefixtures("small_chunks")


def embedded(folder: Path) -> list[str]:
    """All texts that were embedded, in whichever process."""
    return sorted(
        line for file in folder.glob("*.embedded") for line in file.read_text().splitlines()
    )


def passages(archive: Archive) -> list[tuple[str, int, int, float]]:
    found = archive.search("walrus in the harbour garden", 200)
    return [(p.article.id, p.start, p.end, p.score) for p in found]


@pytest.fixture(autouse=True)
def in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    begin_with_the_first(monkeypatch)


def begin_with_the_first(patch: pytest.MonkeyPatch) -> None:
    """Let embedding begin with the first article in this process, not anywhere."""
    patch.setattr("index.store.articles.randbelow", lambda _: 0)


def test_what_is_stored_without_vectors_is_searched_when_it_has_them(place: str) -> None:
    encoder = FakeEncoder()
    with Archive.create(place, encoder) as archive:
        archive.add([FERRY, MILL])
        searched = passages(archive)
        archive.add([*ARTICLES, replace(MILL, text="The mill was sold to a walrus.")], embed=False)
        # The new version is not searched yet, and the old one not any more.
        assert {id for id, *_ in passages(archive)} == {FERRY.id} < {id for id, *_ in searched}
        assert archive.overview().waiting == len(ARTICLES) + 1 == len(archive) - 1
        shown = fill("masthead.html", overview=archive.overview(), here="ask", site=ALONE)
        assert "13 articles not searched yet" in shown
        archive.add([*EDITED, replace(ARTICLES[1], withdrawn=True)], embed=False)
        assert archive.overview().waiting == len(ARTICLES)
        before = len(encoder.asked)
        report = archive.embed()
        assert report.embedded == len(encoder.asked) - before > 0
        assert archive.overview().waiting == 0
        assert archive.overview().chunks == report.chunks + 1
        assert passages(archive)[0][0] in (EDITED[0].id, MILL.id)
        assert archive.embed().embedded == 0
        again = passages(archive)
        archive.rebuild()
        assert sorted(passages(archive)) == sorted(again)


def test_embedded_later_is_as_embedded_at_once(tmp_path: Path) -> None:
    with (
        Archive.create(tmp_path / "once", FakeEncoder()) as once,
        Archive.create(tmp_path / "later", FakeEncoder()) as later,
    ):
        once.add(ARTICLES)
        later.add(ARTICLES, embed=False)
        assert passages(later) == []
        later.embed()
        assert passages(later) == passages(once) != []


def test_hosts_begin_with_different_articles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.create(tmp_path / "archive", FakeEncoder()) as archive:
        assert list(archive.truth.without_chunks()) == []
        archive.add([replace(FERRY, id=f"a{n}", text=f"Ferry {n}.") for n in range(5)], embed=False)
        for start in range(6):
            monkeypatch.setattr("index.store.articles.randbelow", start.__mod__)
            ids = [article.id for article in archive.truth.without_chunks()]
            assert ids == [f"a{(n + start) % 5}" for n in range(5)]


def embed_until_killed(folder: Path, notes: Path, place: str, nth: int) -> None:
    begin_with_the_first(pytest.MonkeyPatch())
    kill_at("index.store.Store", place, nth)
    index.ingest.BATCH_CHARACTERS = 400
    index.ingest.EMBEDDED_AT_ONCE = 2
    Archive.open(folder, NotingEncoder(notes)).embed()


@pytest.mark.parametrize(("place", "nth"), [("add_vectors", 1), ("add_vectors", 4), ("place", 2)])
def test_killed_and_begun_again_it_embeds_no_text_twice(
    tmp_path: Path, place: str, nth: int
) -> None:
    folder = tmp_path / "archive"
    with Archive.create(folder, NotingEncoder(tmp_path)) as archive:
        archive.add(ARTICLES, embed=False)
        assert forked.run(embed_until_killed, folder, tmp_path, place, nth) == -signal.SIGKILL
        archive.embed()
        assert archive.overview().waiting == 0
        texts = {repr(p.text) for p in archive.search("walrus", 200)}
    # Two were on their way when it was killed before they were kept.
    assert len(embedded(tmp_path)) - len(texts) == (2 if place == "add_vectors" else 0)
    assert set(embedded(tmp_path)) == texts


def embed_elsewhere(folder: Path, notes: Path, begin: Callable[..., Workers]) -> None:
    """In a process of its own: what Ray has begun with, and what it leaves, stays there."""
    begin_with_the_first(pytest.MonkeyPatch())
    os.environ.pop("RAY_ADDRESS", None)
    index.ingest.EMBEDDED_AT_ONCE = 4
    with (
        Archive.open(folder, FakeEncoder()) as archive,
        begin(partial(NotingEncoder, notes)) as workers,
    ):
        archive.embed(workers)


@pytest.mark.slow
@pytest.mark.parametrize(
    "begin", [partial(Processes, count=2), partial(RayActors, "ray", count=2)], ids=["here", "ray"]
)
def test_a_killed_worker_is_replaced_and_nothing_lost_or_doubled(
    tmp_path: Path, begin: Callable[..., Workers]
) -> None:
    articles = [*some_articles(30, 60), *EDITED]
    with (
        Archive.create(tmp_path / "once", FakeEncoder()) as once,
        Archive.create(tmp_path / "later", FakeEncoder()) as later,
    ):
        once.add(articles)
        later.add(articles, embed=False)
        (tmp_path / "death").touch()
        assert forked.run(embed_elsewhere, tmp_path / "later", tmp_path, begin) == 0
        assert not (tmp_path / "death").exists()
        assert later.overview().waiting == 0
        assert sorted(passages(later)) == sorted(passages(once))
        texts = {repr(passage.text) for passage in once.search("walrus", 200)}
    assert set(embedded(tmp_path)) == texts
    # Again only what the killed one had, and what others had when the first of them was killed.
    assert len(embedded(tmp_path)) <= len(texts) + 3 * 4
    assert len(list(tmp_path.glob("*.embedded"))) >= 2


def test_workers_that_are_killed_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.ingest.EMBEDDED_AT_ONCE", 1)
    for number in range(3):
        (tmp_path / f"death{number}").touch()
    with Archive.create(tmp_path / "archive", FakeEncoder()) as archive:
        archive.add([FERRY, *EDITED], embed=False)
        with (
            Processes(partial(NotingEncoder, tmp_path), 1) as workers,
            pytest.raises(ArchiveError, match=r"end again and again.*fewer --workers"),
        ):
            archive.embed(workers)
        assert archive.overview().waiting == 2
        encoder = FakeEncoder()
    with Archive.open(tmp_path / "archive", encoder) as archive:
        archive.embed()
        assert encoder.asked == [EDITED[0].text]
        assert archive.overview().waiting == 0


@pytest.mark.slow
def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, archive = tmp_path / "news.txt", str(tmp_path / "archive")
    source.write_text("The ferry\n\nThe ferry Brannock was sold to a museum.")
    assert main(["add", str(source), "--archive", archive, "--embed-later"]) == 0
    sentence = (
        "1 of 1 articles are not searched yet: "
        f"dateline embed --archive {archive} lets them be found.\n"
    )
    assert capsys.readouterr().err == sentence
    assert main(["search", "ferry", "--archive", archive]) == 0
    assert capsys.readouterr() == ("No passage was found.\n", sentence)
    assert main(["embed", "--archive", archive, "--on", "moon"]) == 2
    assert capsys.readouterr().err == (
        "error: 'moon' is no place to embed: name processes, ray, or a cluster as "
        "ray://host:10001\n"
    )
    assert main(["embed", "--archive", archive, "--workers", "1"]) == 0
    assert capsys.readouterr().out.startswith("1 chunk, 1 embedded, in ")
    assert main(["search", "ferry", "--archive", archive]) == 0
    shown = capsys.readouterr()
    assert "The ferry Brannock was sold to a museum." in shown.out
    assert shown.err == ""


def test_no_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ArchiveError, match=r"pip install 'dateline\[ray\]'"):
        spread("ray", FakeEncoder())


def look_for_a_cluster() -> None:
    with pytest.raises(ArchiveError, match=r"Ray at ray://127\.0\.0\.1:9 cannot be reached"):
        spread("ray://127.0.0.1:9", FakeEncoder())


@pytest.mark.slow
def test_a_cluster_that_is_not_there() -> None:
    assert forked.run(look_for_a_cluster) == 0


def test_workers_with_other_weights() -> None:
    with pytest.raises(ArchiveError, match="has other weights of the encoder all-MiniLM-L6-v2"):
        _load("all-MiniLM-L6-v2", "another")
