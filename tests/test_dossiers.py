"""Dossiers: what is pinned and kept, shown in the archive's own words."""

from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from assistant.page.dossier_entries import Entry, entries, quote, whole
from assistant.page.dossier_files import as_csl
from assistant.page.dossiers import (
    MOST_ITEMS,
    Answered,
    Dossiers,
    Item,
    NotPinned,
    Pinned,
    Quote,
    Whole,
    written,
)
from assistant.page.tokens import hash_of
from index import Archive
from tests.pinned import (
    BRIDGE,
    DAY,
    OPENED,
    TALKS,
    answered,
    archive,
    client,
    dossiers,
    names,
    words,
)

__all__ = ["archive", "dossiers"]


def shown(archive: Archive, *pinned: Pinned) -> list[Entry]:
    return entries(archive, [Item("0" * 16, one) for one in pinned])


# --- What is pinned ------------------------------------------------------------------------------


def test_a_quote_is_shown_verbatim_from_its_place(archive: Archive) -> None:
    pinned = quote(BRIDGE, BRIDGE.text.index(" A band"), BRIDGE.text.index("It rained"))
    [entry] = shown(archive, pinned)
    assert entry.citation.quote == "A band 🎺🎺 played."
    assert BRIDGE.text[pinned.start : pinned.end] == entry.citation.quote
    assert (entry.problem, entry.since) == ("", "")


def test_a_row_is_found_at_another_place_of_its_table(archive: Archive, tmp_path: Path) -> None:
    table = tmp_path / "news.csv"

    def write(*rows: str) -> None:
        table.write_text("title,text\n" + "".join(f"{row.split()[1]},{row}\n" for row in rows))
        archive.sync([table])

    mill, ferry, late = (
        "The mill of Kest was sold to a baker on Monday. He bakes.",
        "The ferry was late again and nobody knew why.",
        "The mayor was elected for the third time in Holm.",
    )
    write(mill, ferry)
    pinned = archive.article(f"{table}#1")
    assert pinned is not None
    items = [Item("0" * 16, words(pinned, "He bakes.")), Item("1" * 16, whole(pinned))]

    def told() -> list[tuple[str, str, str]]:
        found = entries(archive, items)
        return [(one.article.text if one.article else "", one.problem, one.since) for one in found]

    assert told() == [(mill, "", "")] * 2
    write(late, mill, ferry)
    assert told() == [(mill, "", "")] * 2
    # Corrected there, and moved again.
    write(late, mill.replace("He bakes.", "She bakes."), ferry)
    write(ferry, late, mill.replace("He bakes.", "She bakes."))
    changed = "The article has been changed since"
    assert told() == [
        (mill, "", f"{changed}; these words no longer stand in it."),
        (mill, "", f"{changed}."),
    ]
    # What is at its place when it is gone is not what was pinned.
    write(ferry, late)
    assert told() == [(ferry, "The archive has other words at this place.", "")] * 2


@pytest.mark.parametrize(
    ("start", "end"), [(0, 0), (5, 3), (-3, 8), (0, 99), (42, 43), (10**8, 10**8 + 1)]
)
def test_what_is_no_place_of_an_article_is_not_pinned(start: int, end: int) -> None:
    with pytest.raises(NotPinned, match=r"^There are no words at this place of the article\.$"):
        quote(BRIDGE, start, end)


def test_a_quote_has_a_longest() -> None:
    long = replace(TALKS, text="x" * 4_001)
    assert quote(long, 0, 4_000).end == 4_000
    with pytest.raises(NotPinned, match="at most 4,000 characters"):
        quote(long, 0, 4_001)


def test_corrected_withdrawn_and_removed_articles(archive: Archive) -> None:
    opened, rained = words(BRIDGE, OPENED), words(BRIDGE, "It rained on Holm.")
    talks = words(TALKS, "The talks in Kest ended at noon.")
    all_pinned = (opened, rained, Whole("bridge", 1), talks, answered(archive))
    archive.add([replace(BRIDGE, text="Nobody opened it. It rained on Holm.")])
    archive.remove(["talks"])
    one, other, article, gone, answer = shown(archive, *all_pinned)
    assert one.citation
    assert one.citation.quote == OPENED
    assert one.since == ("The article has been changed since; these words no longer stand in it.")
    assert other.since == "The article has been changed since; the words still stand in it."
    assert (article.article, article.since) == (BRIDGE, "The article has been changed since.")
    assert gone == Entry(gone.item, problem="Withdrawn since, or not in this archive.")
    assert answer.citations[0].quote == OPENED
    archive.remove(["bridge"])
    entries_now = shown(archive, *all_pinned)
    assert [entry.citations for entry in entries_now] == [()] * 5
    assert "Nothing of this answer can be shown" in client_page(archive, *all_pinned)
    assert "Orban" not in client_page(archive, *all_pinned)
    # Deleted and added again, its versions are counted anew.
    archive.add([replace(BRIDGE, text="Nobody opened it.")])
    [again] = shown(archive, whole(BRIDGE))
    assert again.since == "The article has been changed since."


def client_page(archive: Archive, *pinned: Pinned) -> str:
    Dossiers(archive).delete("Page")
    Dossiers(archive).pin("Page", pinned)
    return str(client(archive).get("/dossier?name=Page").text)


@pytest.mark.parametrize(
    "forged",
    [
        Quote("bridge", 1, 6, 15, hash_of("Eva Lind stole")),
        Quote("bridge", 1, 0, 9_000, hash_of(BRIDGE.text)),
        Quote("bridge", 7, 9_000, 9_001, hash_of("")),
        Quote("bridge", 1, 8, 2, hash_of("")),
    ],
)
def test_forged_places_show_nothing(archive: Archive, forged: Quote) -> None:
    [entry] = shown(archive, forged)
    assert entry == Entry(entry.item, BRIDGE, problem="The archive has other words at this place.")
    assert as_csl([entry], DAY) == []
    made = Answered(f"{answered(archive).answer[:-4]}AAAA")
    assert shown(archive, made)[0].problem.startswith("This is no link to an answer")


# --- What is kept --------------------------------------------------------------------------------


def test_notes_and_order(dossiers: Dossiers) -> None:
    opened, whole = words(BRIDGE, OPENED), Whole("talks", 1)
    first = dossiers.pin(" The \n bridge ", [opened, whole], " Ask\r\nher. ")
    last = dossiers.pin("The bridge", [], "By itself.")
    dossier = dossiers.open("The bridge")
    assert [(item.pinned, item.note) for item in dossier.items] == [
        (opened, "Ask\nher."), (whole, ""), (None, "By itself.")
    ]  # fmt: skip

    def order() -> list[str]:
        return [item.note for item in dossiers.open("The bridge").items]

    dossiers.move("The bridge", last, -1)
    assert order() == ["Ask\nher.", "By itself.", ""]
    dossiers.move("The bridge", first, 1)
    dossiers.move("The bridge", last, -1)
    assert order() == ["By itself.", "Ask\nher.", ""]
    dossiers.write("The bridge", first, "Asked.", dossier.items[0].stamp)
    # In another tab stands what was there before; where nobody changes it, it undoes nothing.
    dossiers.write("The bridge", first, "Ask\nher.", dossier.items[0].stamp)
    dossiers.remove("The bridge", last)
    assert order() == ["Asked.", ""]
    with pytest.raises(NotPinned, match="not in the dossier any more"):
        dossiers.remove("The bridge", last)


def test_names(dossiers: Dossiers) -> None:
    dossiers.pin("One", [Whole("talks", 1)])
    dossiers.begin("Two")
    dossiers.begin("One")
    assert list(names(dossiers).items()) == [("One", 1), ("Two", 0)]
    with pytest.raises(NotPinned, match="There is a dossier called “Two” already"):
        dossiers.rename("One", "Two")
    assert dossiers.rename("One", " Three\u202e ") == "Three"
    with pytest.raises(NotPinned, match="There is no dossier of this name any more"):
        dossiers.rename("One", "Four")
    dossiers.delete("Two")
    assert names(dossiers) == {"Three": 1}
    for name, problem in (
        ("\n", "needs a name"),
        ("\u200b\xad", "needs a name"),
        ("x" * 101, "at most 100 characters"),
    ):
        with pytest.raises(NotPinned, match=problem):
            dossiers.begin(name)
    with pytest.raises(NotPinned, match="no dossier of this name"):
        dossiers.move("Two", "0" * 16, 1)


def test_case_tells_no_two_dossiers_apart(archive: Archive, dossiers: Dossiers) -> None:
    dossiers.pin("Straße", [], "n1")
    page = client(archive)
    assert dossiers.begin("STRASSE") == "Straße"
    led = page.post("/pin", data={"article": "talks", "new": "straSSe"})
    assert led.headers["location"].startswith("dossier?name=Stra%C3%9Fe#item-")
    assert names(dossiers) == {"Straße": 2}
    dossiers.begin("Other")
    with pytest.raises(NotPinned, match="There is a dossier called “Straße” already"):
        dossiers.rename("Other", "strasse")
    assert dossiers.rename("straße", "Strasse") == "Strasse"
    assert dossiers.take_in(written(dossiers.open("STRASSE")).encode()) == "Strasse (2)"
    # Two that an earlier version made stay two.
    other = '{"kind":"Dateline dossier 1","name":"o"}'
    archive.truth.change_paper("dossier", "other", lambda _: other)
    dossiers.pin("other", [], "n1")
    assert names(dossiers) == {"other": 1, "Strasse (2)": 2, "Strasse": 2, "Other": 0}


def test_a_file_leaves_the_dossier_of_its_name_alone(archive: Archive, dossiers: Dossiers) -> None:
    dossiers.pin("Bridge", [], "n1")
    before = dossiers.open("Bridge")
    file = written(before).encode()
    assert dossiers.take_in(file) == "Bridge (2)"
    assert dossiers.open("Bridge") == before
    # Not even one that is damaged is in the way.
    archive.truth.change_paper("dossier", "Bridge", lambda _: "{}")
    assert dossiers.take_in(file) == "Bridge (3)"


def test_what_was_removed_comes_back_to_its_place(archive: Archive, dossiers: Dossiers) -> None:
    first, second, third = (dossiers.pin("Bridge", [], note) for note in ("n1", "n2", "n3"))
    page = client(archive)

    def post(do: str, item: str) -> tuple[int, str]:
        answer = page.post("/dossier", data={"name": "Bridge", "item": item, "do": do})
        return answer.status_code, answer.headers.get("location", answer.text)

    def order() -> list[str]:
        return [item.note for item in dossiers.open("Bridge").items]

    assert post("remove", second) == (303, f"dossier?name=Bridge&removed={second}#removed")
    assert 'value="undo"' in page.get(f"/dossier?name=Bridge&removed={second}").text
    for other in (first, "0" * 16, ""):
        assert 'value="undo"' not in page.get(f"/dossier?name=Bridge&removed={other}").text
    assert post("undo", second) == (303, f"dossier?name=Bridge#item-{second}")
    assert order() == ["n1", "n2", "n3"]
    # Nobody can undo what was not removed, or twice.
    for item in (second, third, "0" * 16):
        status, text = post("undo", item)
        assert (status, "not known any more, or is back already" in text) == (400, True)
    assert order() == ["n1", "n2", "n3"]
    # What is not in the file that is exported cannot be read there.
    post("remove", third)
    assert "n3" not in page.get("/dossier-export?name=Bridge&form=file").text


def test_two_tabs_that_pin_at_once_lose_nothing(dossiers: Dossiers) -> None:
    def pin(tab: int) -> None:
        for at in range(15):
            dossiers.pin("Both", [], f"{tab} {at}")

    tabs = [Thread(target=pin, args=[tab]) for tab in range(2)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    notes = [item.note for item in dossiers.open("Both").items]
    assert sorted(notes) == sorted(f"{tab} {at}" for tab in range(2) for at in range(15))


def test_a_note_that_another_tab_has_changed_is_not_written_over(
    archive: Archive, dossiers: Dossiers
) -> None:
    id = dossiers.pin("Bridge", [], "n1")
    seen = dossiers.open("Bridge").items[0].stamp
    form = {"name": "Bridge", "item": id, "seen": seen, "do": "note"}
    page = client(archive)
    assert page.post("/dossier", data={**form, "note": "from A"}).status_code == 303
    refused = page.post("/dossier", data={**form, "note": "from B"})
    assert refused.status_code == 400
    assert "This note was changed meanwhile, perhaps in another tab." in refused.text
    assert [item.note for item in dossiers.open("Bridge").items] == ["from A"]
    # What was written is given back, here and where the dossier is gone.
    assert "from B</textarea>" in refused.text
    dossiers.delete("Bridge")
    for what in ("note", "add"):
        gone = page.post("/dossier", data={**form, "note": "from C", "do": what})
        assert (gone.status_code, "from C</textarea>" in gone.text) == (404, True)
    pinned = page.post("/pin", data={"article": "talks", "dossier": "Bridge"})
    assert "There is no dossier of this name any more." in pinned.text
    assert dossiers.listed() == []


def test_files_that_come_at_once_become_a_dossier_each(dossiers: Dossiers) -> None:
    dossiers.pin("Bridge", [], "n1")
    file = written(dossiers.open("Bridge")).encode()
    tabs = [Thread(target=dossiers.take_in, args=(b"\xef\xbb\xbf" + file,)) for _ in range(6)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert names(dossiers) == {"Bridge": 1} | {f"Bridge ({n})": 1 for n in range(2, 8)}


def test_a_dossier_has_an_end(dossiers: Dossiers, archive: Archive) -> None:
    for _ in range(MOST_ITEMS // 20):
        dossiers.pin("Full", [Whole("talks", 1)] * 20)
    with pytest.raises(NotPinned, match="room for 200 items"):
        dossiers.pin("Full", [Whole("talks", 1)])
    with pytest.raises(NotPinned, match="A note has at most 4,000 characters; this has 4,001"):
        dossiers.pin("Long", [], "x" * 4_001)
    for _ in range(82):
        dossiers.pin("Large", [], "水" * 4_000)
    with pytest.raises(NotPinned, match="room for a megabyte"):
        dossiers.pin("Large", [], "水" * 4_000)
    assert names(dossiers) == {"Large": 82, "Full": 200}
    # What something else wrote there spoils no other.
    archive.truth.change_paper("dossier", "Torn", lambda _: "{")
    assert names(dossiers) == {"Large": 82, "Full": 200, "Torn": 0}
    assert "damaged" in client(archive).get("/dossiers").text
    page = client(archive).get("/dossier?name=Torn")
    assert (page.status_code, "damaged, or a later version" in page.text) == (404, True)
    gone = client(archive).post("/dossier", data={"name": "Torn", "do": "delete"})
    assert (gone.status_code, names(dossiers)) == (303, {"Large": 82, "Full": 200})
