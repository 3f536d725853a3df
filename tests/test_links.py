"""What can be taken away of an answer, in the browser and over HTTP."""

import json
import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from assistant import Answer, Assistant
from assistant.exports import as_csl, as_markdown, as_text
from assistant.page.kept import reopen, token
from assistant.page.links import as_asked
from corpus import Article
from index import Archive, ArchiveError, Filters
from tests.browsing import Chat, address_of, archive_of, exchanged, fetched, request, served
from tests.fakes import FakeEncoder, FakeReader
from tests.made_articles import on, quoting
from tests.scripted import MARKUP, SCRIPT

DAY = date(2026, 11, 20)
PUBLISHED = on("2016-08-21")
OPENED = "Mayor Ana Orban opened the bridge in Holm."
BRIDGE = Article(
    "bridge", "Bridge opens", f"{OPENED} A band played.", "Gazette", PUBLISHED,
    "https://gazette.example/bridge",
)  # fmt: skip
TALKS = Article("talks", "Talks end", "The talks in Kest ended at noon.", "Wire", PUBLISHED)
HOSTILE = Article("hostile", MARKUP, f"He said {MARKUP.replace('.', ' ')}", MARKUP, PUBLISHED)
QUESTION = "Who opened the bridge in Holm?"


archive = archive_of([BRIDGE, TALKS, HOSTILE])
address = address_of()


def kept(archive: Archive, answer: Answer) -> str:
    made = token(answer, DAY, archive.overview())
    assert made is not None
    return made


# --- In the browser ----------------------------------------------------------------------------


def test_link_shows_the_same_in_another_browser(
    chat: Chat, browser: Browser, archive: Archive
) -> None:
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn = chat.ask(QUESTION)
    turn.get_by_role("button", name="Copy link").click()
    expect(turn.get_by_role("status")).to_have_text("Link copied")
    link = chat.page.evaluate("navigator.clipboard.readText()")
    turn.get_by_role("button", name="Copy with citations").click()
    expect(turn.get_by_role("status")).to_have_text("Copied with citations")
    reopened = reopen(link.partition("#answer=")[2], archive)
    assert chat.page.evaluate("navigator.clipboard.readText()") == (
        as_text(reopened.answer, as_asked(reopened))
    )
    statements, quotes = turn.locator(".statement"), chat.proof.locator("mark")

    context = browser.new_context(locale="en-GB")
    other = Chat(context.new_page())
    other.open(link)
    again = other.turns.nth(0)
    expect(again).to_have_attribute("aria-busy", "false")
    expect(again.locator("h2")).to_have_text(QUESTION)
    expect(again.locator(".reopened")).to_have_text(
        f"From a link, which says: {as_asked(reopened)} Today the archive answers the same."
    )
    expect(again.locator(".statement")).to_have_text(statements.all_text_contents())
    expect(other.proof.locator("mark")).to_have_text(quotes.all_text_contents())
    expect(other.proof.locator("mark").first).to_have_text(OPENED)
    # The conversation goes on from there.
    expect(other.page.get_by_role("button", name="Show today’s answer")).to_have_count(0)
    other.ask("When did the talks in Kest end?")
    expect(other.turns).to_have_count(2)
    other.page.get_by_role("button", name="New conversation").click()
    expect(other.turns).to_have_count(0)
    expect(other.page).to_have_url(re.compile("/$"))
    context.close()


def test_archive_answers_otherwise_today(page: Page, tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "archive", FakeEncoder())
    archive.add([BRIDGE, TALKS])
    made = kept(archive, quoting(QUESTION, (BRIDGE, OPENED)))
    corrected = "Minister Eva Lind opened the bridge in Holm."
    archive.add([replace(BRIDGE, text=f"{corrected} A band played.")])
    with served(Assistant(archive, reader=FakeReader())) as address:
        chat = Chat(page)
        chat.open(f"{address}/#answer={made}")
        was = chat.turns.nth(0)
        verdict = "Today the archive answers otherwise."
        expect(was.locator(".today")).to_have_text(f"{verdict} Show today’s answer")
        expect(was.locator(".statement .words")).to_have_text([OPENED])
        expect(was.locator(".note")).to_contain_text(
            [
                "From a link, which says: Asked on 20 November 2026, when the archive held 2 "
                "articles, 21 August 2016.",
                "The article of [1] has been changed since: the words of [1] no longer stand in "
                "it.",
            ]
        )
        expect(chat.proof.locator("mark")).to_have_text([OPENED])
        # The version that was quoted is the one that opens.
        chat.proof.get_by_role("button", name="Read the whole article").click()
        reader = page.get_by_role("dialog", name="Bridge opens")
        expect(reader.locator("mark")).to_have_text([OPENED])
        expect(reader.locator(".note").first).to_have_text(
            "The archive has a newer version of this article."
        )
        expect(reader.get_by_role("heading", name="Other versions")).to_be_visible()
        expect(reader.locator("summary")).to_contain_text(["Version 2"])
        page.keyboard.press("Escape")
        # Also when the conversation has gone on.
        chat.ask("When did the talks in Kest end?")
        page.get_by_role("button", name="Show today’s answer").click()
        now = chat.turns.nth(2)
        expect(now.locator("h2")).to_have_text(QUESTION)
        expect(now.locator(".statement .words").first).to_have_text(corrected)
        expect(chat.proof.locator("mark").first).to_have_text(corrected)
        expect(was.locator(".today")).to_have_text(verdict)
        # It has its own link; and a link that is pasted where the page is open is opened.
        expect(now.get_by_role("button", name="Copy link")).to_be_visible()
        archive.remove(["bridge"])
        page.evaluate("made => location.hash = `#answer=${made}`", f"{made[:-4]}AAAA")
        expect(page.get_by_role("alert")).to_have_text(
            "This is no link to an answer, or only a part of one: copy the whole link again."
        )
        expect(chat.turns).to_have_count(0)
        page.evaluate("made => location.hash = `#answer=${made}`", made)
        expect(chat.turns.locator(".reason")).to_have_text(
            "Nothing of this answer can be shown: its articles were withdrawn, or it is another "
            "archive’s."
        )
        assert "Orban" not in page.content()


def test_a_request_for_an_answer_that_is_lost_is_sent_again(
    page: Page, archive: Archive, address: str
) -> None:
    lost: list[str] = []

    def lose_one(route: Route) -> None:
        sent = route.request.post_data or ""
        if "#answer=" in sent and not lost:
            lost.append(sent)
            route.abort()
        else:
            route.continue_()

    page.route("**/queue/join*", lose_one)
    Chat(page).open(f"{address}/#answer={kept(archive, quoting(QUESTION, (BRIDGE, OPENED)))}")
    words = page.locator("#conversation .statement .words")
    expect(words).to_have_text([OPENED])
    assert len(lost) == 1


def test_files(chat: Chat, archive: Archive) -> None:
    turn = chat.ask(QUESTION)
    files = {}
    for name in ("Markdown", "CSL-JSON"):
        with chat.page.expect_download() as download:
            turn.get_by_role("link", name=name).click()
        files[download.value.suggested_filename] = download.value.path().read_text("utf-8")
    answer = Assistant(archive, reader=FakeReader()).ask(QUESTION)
    today = datetime.now().astimezone().date()
    assert json.loads(files["who-opened-the-bridge-in-holm.json"]) == as_csl(answer, today)
    markdown = files["who-opened-the-bridge-in-holm.md"]
    first, when, rest = markdown.split("\n\n", 2)
    assert when.endswith(", when the archive held 3 articles, 21 August 2016.")
    assert f"{first}\n\n{rest}" == as_markdown(answer)
    # The page stays where it is.
    expect(turn.locator(".statement .words").first).to_have_text(OPENED)


def test_page_to_print(chat: Chat) -> None:
    turn = chat.ask(QUESTION)
    with chat.page.expect_popup() as opened:
        turn.get_by_role("link", name="Print").click()
    printed = opened.value
    expect(printed.get_by_role("heading", level=1)).to_have_text(QUESTION)
    expect(printed.locator(".statement").first).to_have_text(f"{OPENED}[1]")
    expect(printed.locator("dt").first).to_have_text("[1]")
    source = printed.locator("dd").first
    expect(source.locator("blockquote")).to_have_text(OPENED)
    expect(source.locator(".credit")).to_have_text("Bridge opens · Gazette · 21 August 2016")
    expect(source.get_by_role("link")).to_have_attribute("href", "https://gazette.example/bridge")
    expect(printed.locator(".note").first).to_contain_text("when the archive held 3 articles")
    # Its style is there, and on paper it is as wide as the paper.
    assert (
        printed.locator("main").evaluate("element => getComputedStyle(element).maxWidth") == "608px"
    )
    printed.emulate_media(media="print")
    assert (
        printed.locator("main").evaluate("element => getComputedStyle(element).maxWidth") == "none"
    )
    assert printed.evaluate("document.scripts.length") == 0


def test_hostile_article_from_a_link(chat: Chat, archive: Archive, address: str) -> None:
    made = kept(archive, quoting(MARKUP[:900], (HOSTILE, HOSTILE.text)))
    chat.page.goto(f"{address}/print?{urlencode({'answer': made})}")
    expect(chat.page.locator("blockquote")).to_have_text(HOSTILE.text)
    expect(chat.page.locator(".credit")).to_contain_text("<script>window.ran")
    for name in ("h1", "main a", "main :is(script, img, svg, b)"):
        expect(chat.page.locator(name)).to_have_count(1 if name == "h1" else 0)
    chat.page.goto("about:blank")
    chat.open(f"{address}/#answer={made}")
    expect(chat.proof.locator("mark")).to_have_text(HOSTILE.text)
    expect(chat.page.locator("#desk :is(script, img, svg, h1)")).to_have_count(0)
    chat.page.wait_for_timeout(300)


def test_copied_without_a_clipboard(chat: Chat) -> None:
    """As at any address but this computer's own without https."""
    chat.page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    turn = chat.ask(QUESTION)
    turn.get_by_role("button", name="Copy with citations").click()
    expect(turn.get_by_role("status")).to_have_text("Copied with citations")
    chat.box.focus()
    chat.page.keyboard.press("ControlOrMeta+V")
    expect(chat.box).to_have_value(re.compile(f"\n\n\\[1\\] “{re.escape(OPENED)}”\nBridge opens"))


# --- Over HTTP ---------------------------------------------------------------------------------


def test_headers(address: str, archive: Archive) -> None:
    made = kept(archive, quoting(QUESTION, (BRIDGE, OPENED)))
    for path, media, disposition in (
        (f"/print?answer={made}", "text/html; charset=utf-8", None),
        (f"/export?form=text&answer={made}", "text/plain; charset=utf-8", "txt"),
        (f"/export?form=markdown&answer={made}", "text/markdown; charset=utf-8", "md"),
        (f"/export?form=csl&answer={made}", "application/vnd.citationstyles.csl+json", "json"),
    ):
        status, headers = request(address, path)
        assert (status, headers["Content-Type"]) == (200, media)
        name = disposition and f'attachment; filename="who-opened-the-bridge-in-holm.{disposition}"'
        assert headers["Content-Disposition"] == name
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == (
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        )


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/print", 400),
        ("/print?answer=2xyz", 400),
        # As long as a link may be, and longer.
        (f"/print?answer=2{'A' * 5_999}", 400),
        (f"/print?answer=2{'A' * 6_000}", 400),
        ("/export?form=markdown", 400),
        ("/export?form=csl&answer=%00", 400),
        ("/export?answer=2", 404),
        ("/export?form=../app.py&answer=2", 404),
        ("/timeline", 400),
        ("/timeline?answer=nonsense", 400),
        ("/print/x", 404),
        ("/export/x", 404),
    ],
)
def test_what_is_no_answer_is_none(address: str, path: str, status: int) -> None:
    assert request(address, path)[0] == status


def test_quotes_are_marked_in_the_version_that_they_are_of(tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "archive", FakeEncoder())
    archive.add([BRIDGE])
    archive.add([replace(BRIDGE, text="It stays closed. A band played.")])
    with served(Assistant(archive, reader=FakeReader())) as address:
        for version, marked in ((1, OPENED), (2, "It stays closed."), (3, None), (0, "It stays ")):
            path = f"/article?id=bridge&quotes=0-{len(marked or 'xxxx')}&version={version}"
            body = fetched(address, path)
            assert re.findall("<mark>(.*?)</mark>", body) == ([marked] if marked else [])
            assert ("newer version" in body) == (version == 1)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ('Who?"\r\nX-Evil: 1; ../../etc', "who-x-evil-1-etc"),
        ("من افتتح الجسر؟", "answer"),
        ("a" * 200, "a" * 60),
    ],
)
def test_names_of_files(address: str, archive: Archive, question: str, name: str) -> None:
    made = kept(archive, quoting(question, (BRIDGE, OPENED)))
    _, headers = request(address, f"/export?form=markdown&answer={made}")
    assert headers["Content-Disposition"] == f'attachment; filename="{name}.md"'
    assert headers["X-Evil"] is None


def test_archive_that_cannot_be_read(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    made = kept(archive, quoting(QUESTION, (BRIDGE, OPENED)))

    def fails(id: str) -> None:
        raise ArchiveError("The archive is <gone>: restore it.")

    monkeypatch.setattr(SCRIPT.archive, "article", fails)
    with served(SCRIPT) as address:
        for path, begins in (
            (f"/print?answer={made}", "<!doctype html>"),
            (f"/export?form=csl&answer={made}", "The archive is <gone>: restore it."),
            (f"/timeline?answer={made}", '<p class="note">The archive is &lt;gone&gt;'),
            ("/article?id=bridge", '<h2 id="reader-title">The archive is &lt;gone&gt;'),
            ("/read?id=bridge", "<!doctype html>"),
        ):
            status, headers, body = exchanged(address, path)
            assert (status, body.lstrip()[: len(begins)]) == (503, begins)
            markup = "html" in headers["Content-Type"]
            assert ("&lt;gone&gt;" in body, "<gone>" in body) == (markup, not markup)


def test_no_answer_on_paper(address: str, archive: Archive) -> None:
    none = Answer(QUESTION, "does not say", 0.1, (), tuple(archive.search("bridge", 1)))
    made = kept(archive, replace(none, filters=Filters(sources=("Gazette",))))
    body = fetched(address, f"/print?answer={made}")
    assert "The archive did not say: the nearest articles did not answer the question." in body
    assert '<li><p class="credit" dir="auto">Bridge opens · Gazette · 21 August 2016</p>' in body
    assert "Limited to Gazette." in body
