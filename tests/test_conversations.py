"""Conversations that the browser keeps."""

import json
import socket
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Locator, Page, expect

from assistant.page.conversations import MOST_SEARCHED, MOST_TURNS, continued
from assistant.page.kept import token
from assistant.rendering import fill
from index import ArchiveError
from tests.browsing import Chat, exchanged, request, served
from tests.made_articles import quoting
from tests.scripted import BRIDGE, ENDED, MARKUP, OPENED, SCRIPT, TALKS, held

# --- What a browser sends ----------------------------------------------------------------------

ASKED = "When did the talks end?"
TOKEN = token(quoting(ASKED, (TALKS, ENDED)), date(2026, 5, 4), held().overview())


def test_turns_are_the_archives_own_again() -> None:
    [first, second] = continued(json.dumps([[ASKED, TOKEN], ["Who?", "nonsense"]]), held())
    assert (first.number, first.question, first.token) == (1, ASKED, TOKEN)
    assert ENDED in first.answer
    assert "Asked on 4 May 2026, when the archive held 42 articles" in first.answer
    assert f">{ENDED}</mark>" in first.sources
    assert first.history_turn.question == ASKED
    # What cannot be opened says so, and keeps its token: it may be of use another time.
    assert (second.question, second.token, second.history_turn) == ("Who?", "nonsense", None)
    assert second.problem.startswith("This answer was not kept")
    assert not first.waiting
    assert not second.waiting


@pytest.mark.parametrize(
    "sent",
    ["", "null", "{}", "[1]", '[["a"]]', '[["a", 1]]', '[["?", ""]]', f'[["{"a" * 1001}",""]]'],
)
def test_what_is_no_conversation_has_no_turns(sent: str) -> None:
    assert continued(sent, held()) == ()


def test_a_long_conversation_goes_on_with_its_last_turns() -> None:
    sent = json.dumps([[f"question {number}", ""] for number in range(MOST_TURNS + 5)])
    turns = continued(sent, held())
    assert [turn.number for turn in turns] == list(range(1, MOST_TURNS + 1))
    assert (turns[0].question, turns[-1].question) == ("question 5", "question 54")


def test_an_archive_that_cannot_be_read_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(id: str) -> None:
        raise ArchiveError("The archive is <gone>: restore it.")

    monkeypatch.setattr(held(), "article", fails)
    [turn] = continued(json.dumps([[ASKED, TOKEN]]), held())
    assert turn.problem == "The archive is <gone>: restore it."
    assert "The archive is &lt;gone&gt;: restore it." in fill("conversation.html", turns=[turn])


def test_words_are_searched_in_answers(address: str) -> None:
    opened = token(quoting("Who did it?", (BRIDGE, OPENED)), date(2026, 5, 4), held().overview())

    def numbers(sought: str, *answers: str | None) -> tuple[int, str]:
        form = urlencode([("sought", sought), *(("answer", answer) for answer in answers)])
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _, body = exchanged(address, "/conversations", "POST", form.encode(), **headers)
        return status, body

    assert numbers("talk ended", TOKEN, "nonsense", opened, TOKEN) == (200, "[0,3]")
    assert numbers("who OPENS", TOKEN, opened) == (200, "[1]")
    # In the article, but not in the answer; and nothing that is a word.
    for sought in ("closed in 2007", "ended opened", "the", "?!"):
        assert numbers(sought, TOKEN, opened) == (200, "[]")
    assert numbers("x" * 201, TOKEN)[0] == 400
    assert numbers("talks", *[TOKEN] * (MOST_SEARCHED + 1))[0] == 400


# --- In the browser ----------------------------------------------------------------------------


@dataclass
class Drawer:
    """The drawer with the conversations that a page has kept."""

    page: Page

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog", name="Conversations")

    @property
    def names(self) -> Locator:
        return self.dialog.locator("li .name")

    @property
    def counts(self) -> Locator:
        return self.dialog.locator("li .when")

    @property
    def message(self) -> Locator:
        return self.dialog.get_by_role("status")

    def open(self) -> "Drawer":
        self.page.get_by_role("button", name="Conversations").click()
        expect(self.dialog).to_be_visible()
        return self

    def press(self, name: str) -> None:
        self.dialog.get_by_role("button", name=name, exact=True).click()

    def go_on(self, name: str) -> None:
        self.dialog.locator("button.open", has_text=name).click()
        expect(self.dialog).to_be_hidden()


def begin_anew(chat: Chat) -> None:
    chat.page.get_by_role("button", name="New conversation").click()
    expect(chat.turns).to_have_count(0)


def test_a_conversation_goes_on_after_a_reload(chat: Chat) -> None:
    chat.ask("When did the talks end?")
    begin_anew(chat)
    chat.ask("Who opened the bridge?")
    chat.ask("And the band?")
    stored = chat.page.evaluate("JSON.stringify(localStorage)")
    assert OPENED not in stored
    assert "<" not in stored
    # In its own tab it is there again, also for who has been on another page; in another tab it is
    # offered.
    chat.page.reload()
    expect(chat.turns).to_have_count(2)
    chat.page.get_by_role("link", name="Search").click()
    chat.page.get_by_role("link", name="Ask", exact=True).click()
    expect(chat.turns).to_have_count(2)
    begin_anew(chat)
    chat.page.reload()
    expect(chat.page.get_by_role("heading", name="Ask the archive")).to_be_visible()
    chat.page.get_by_role("button", name="Continue: Who opened the bridge?").click()
    expect(chat.turns).to_have_count(2)
    expect(chat.turns.locator("h2")).to_have_text(["Who opened the bridge?", "And the band?"])
    expect(chat.turns.nth(1).locator(".statement").first).to_have_text(f"{OPENED} [1]")
    expect(chat.proof.locator("mark")).to_have_text([OPENED, ENDED])
    expect(chat.box).to_be_focused()
    chat.ask("When did the talks end?")
    assert SCRIPT.histories[-1] == (
        "Who opened the bridge?",
        "Who of the band opened the <b>bridge</b>?",
    )
    drawer = Drawer(chat.page).open()
    expect(drawer.names).to_have_text(["Who opened the bridge?", "When did the talks end?"])
    expect(drawer.counts.nth(0)).to_contain_text("· 3 questions")
    expect(drawer.counts.nth(1)).to_contain_text("· 1 question")
    expect(drawer.dialog.locator("[aria-current=true] .name")).to_have_text(
        "Who opened the bridge?"
    )


def test_a_whole_conversation_is_taken_along(chat: Chat, address: str) -> None:
    for question in ("Who opened the bridge?", "When did the talks end?"):
        chat.ask(question)
    drawer = Drawer(chat.page).open()
    with chat.page.expect_download() as download:
        drawer.press("Export “Who opened the bridge?”")
    assert download.value.suggested_filename.endswith(".md")
    first, second = download.value.path().read_text().split("\n\n---\n\n")
    assert first.startswith("# Who opened the bridge?\n")
    assert f"\n\n> {OPENED}" in first
    assert second.startswith("# When did the talks end?\n")
    assert f"\n\n> {ENDED}" in second


def test_of_an_answer_that_was_not_kept_the_question_is_taken_along(address: str) -> None:
    turns = [("question", "Who *else*?"), ("answer", ""), ("question", ASKED), ("answer", TOKEN)]
    body = urlencode(turns).encode()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    with urlopen(Request(f"{address}/export", body, form)) as response:
        lost, whole = response.read().decode().split("\n\n---\n\n")
    assert lost == "# Who \\*else\\*?\n\nThis answer was not kept."
    assert whole.startswith(f"# {ASKED}\n")
    assert request(address, "/export", "POST", b"", **form)[0] == 200


def test_rename_search_and_delete(chat: Chat) -> None:
    for question in ("Who opened the bridge?", "When did the talks end?", "Who ate lunch?"):
        chat.ask(question)
        begin_anew(chat)
    drawer = Drawer(chat.page).open()
    lunch, talks, bridge = "Who ate lunch?", "When did the talks end?", "Who opened the bridge?"
    expect(drawer.names).to_have_text([lunch, talks, bridge])

    drawer.press(f"Rename “{talks}”")
    field = drawer.dialog.get_by_role("textbox", name="New name")
    expect(field).to_be_focused()
    field.fill("not this")
    field.press("Escape")
    expect(drawer.dialog).to_be_visible()
    expect(drawer.names).to_have_text([lunch, talks, bridge])
    drawer.press(f"Rename “{talks}”")
    field.fill(" Café <b>talks</b> ")
    field.press("Enter")
    expect(drawer.names).to_have_text([lunch, "Café <b>talks</b>", bridge])
    renamed = drawer.dialog.get_by_role("button", name="Rename “Café <b>talks</b>”")
    expect(renamed).to_be_focused()

    # Names and questions are searched, whatever their accents and capitals.
    search = drawer.dialog.get_by_role("searchbox", name="Search")
    for words, names in (("cafe", ["Café <b>talks</b>"]), ("DID THE", ["Café <b>talks</b>"])):
        search.fill(words)
        expect(drawer.names).to_have_text(names)
    # So are, by the server, the sentences of their answers, in any form of the words.
    search.fill("Órban opens")
    expect(drawer.names).to_have_text([bridge])
    search.fill("nowhere")
    expect(drawer.names).to_have_count(0)
    expect(drawer.dialog.locator(".none")).to_have_text(
        "No conversation has these words. Search for fewer of them."
    )
    search.fill("")

    drawer.press(f"Delete “{bridge}”")
    expect(drawer.names).to_have_text([lunch, "Café <b>talks</b>"])
    expect(drawer.message).to_contain_text(f"Deleted “{bridge}”.")
    expect(drawer.dialog.get_by_role("button", name="Undo")).to_be_focused()
    chat.page.keyboard.press("Enter")
    expect(drawer.names).to_have_text([lunch, "Café <b>talks</b>", bridge])
    drawer.press("Delete all")
    expect(drawer.message).to_contain_text("Deleted 3 conversations.")
    expect(drawer.dialog.locator(".none")).to_have_text(
        "None yet. What you ask is listed here, to go on with another time."
    )
    drawer.press("Undo")
    expect(drawer.names).to_have_text([lunch, "Café <b>talks</b>", bridge])
    drawer.press(f"Delete “{lunch}”")
    chat.page.keyboard.press("Escape")
    expect(drawer.dialog).to_be_hidden()
    chat.page.reload()
    chat.page.get_by_role("button", name="Continue: Café <b>talks</b>").click()
    expect(chat.turns.locator("h2")).to_have_text([talks])


def test_a_question_is_given_back_where_its_answer_was_still_coming(chat: Chat) -> None:
    chat.ask("Who opened the bridge?")
    SCRIPT.goes_on.clear()
    chat.box.fill("slow")
    chat.box.press("Enter")
    expect(chat.turns).to_have_count(2)
    chat.page.reload()
    expect(chat.turns.locator("h2")).to_have_text(["Who opened the bridge?"])
    expect(chat.box).to_have_value("slow")
    SCRIPT.goes_on.set()
    chat.box.press("Enter")
    expect(chat.turns.nth(1).locator(".statement")).to_have_text(f"{ENDED} [1]")
    expect(chat.turns.nth(1)).to_have_attribute("aria-busy", "false")
    # What was answered is not given back, what was only typed is.
    chat.page.reload()
    expect(chat.turns).to_have_count(2)
    expect(chat.box).to_have_value("")
    chat.box.press_sequentially("Who")
    chat.page.reload()
    expect(chat.box).to_have_value("Who")


def test_an_answer_comes_though_the_page_might_have_been_left(chat: Chat) -> None:
    SCRIPT.goes_on.clear()
    chat.box.fill("slow")
    with chat.page.expect_response("**/queue/data*"), chat.page.expect_response("**/queue/data*"):
        chat.box.press("Enter")
    # A browser sends this event for a link to a file, too.
    chat.page.evaluate("dispatchEvent(new Event('beforeunload', {cancelable: true}))")
    SCRIPT.goes_on.set()
    expect(chat.turns.locator(".statement")).to_have_text(f"{ENDED} [1]")
    expect(chat.turns).to_have_attribute("aria-busy", "false")


def test_a_server_that_was_started_anew(page: Page) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    chat = Chat(page)
    with served(SCRIPT, port) as address:
        chat.open(address)
        chat.ask("And the band?")
    with served(SCRIPT, port):
        # By this the page learns that it can be loaded again.
        assert request(address, "/gradio_api/app_id")[0] == 200
        chat.box.fill("When did the talks end?")
        chat.box.press("Enter")
        # Where the page had noticed that the server was gone, it is loaded anew.
        given_back = page.get_by_text("was not answered before the page was loaded anew")
        answered = chat.turns.nth(1).locator(".statement")
        expect(answered.or_(given_back).first).to_be_visible(timeout=20_000)
        if given_back.is_visible():
            chat.box.press("Enter")
        expect(answered.first).to_be_visible()
        expect(chat.turns.locator("h2")).to_have_text(["And the band?", "When did the talks end?"])
        assert SCRIPT.histories[-1] == ("Who of the band opened the <b>bridge</b>?",)
        drawer = Drawer(page).open()
        expect(drawer.counts).to_contain_text(["· 2 questions"])


def test_two_tabs_do_not_overwrite_each_other(chat: Chat, address: str) -> None:
    chat.ask("Who opened the bridge?")
    other = Chat(chat.page.context.new_page())
    other.open(address)
    Drawer(other.page).open().go_on("Who opened the bridge?")
    expect(other.turns).to_have_count(1)
    other.ask("And the band?")
    # This tab does not know of that question.
    chat.ask("Who ate lunch?")
    drawer = Drawer(chat.page).open()
    expect(drawer.names).to_have_text(["Who opened the bridge?"] * 2)
    drawer.dialog.locator("li").nth(1).locator(".open").click()
    expect(chat.turns.locator("h2")).to_have_text(["Who opened the bridge?", "And the band?"])

    # What is deleted in one tab does not come back from another, save what is asked after that.
    Drawer(other.page).open().press("Delete all")
    chat.ask("When did the talks end?")
    expect(Drawer(other.page).names).to_have_text(["When did the talks end?"])
    expect(Drawer(other.page).counts).to_contain_text(["· 1 question"])
    # Undone, it stands beside it.
    Drawer(other.page).press("Undo")
    expect(Drawer(other.page).names).to_have_count(3)
    other.page.close()


def put(page: Page, id: str, **record: object) -> None:
    page.evaluate(
        "([key, value]) => localStorage.setItem(key, value)",
        [f"dateline.conversation.{id}", json.dumps(record)],
    )


def test_what_comes_out_of_the_store_is_only_text(chat: Chat) -> None:
    put(chat.page, "a", name=MARKUP[:200], changed=2, turns=[[MARKUP, "nonsense"], [ASKED, TOKEN]])
    put(chat.page, "b", name="", changed=1, turns=[[ASKED, 7]])
    put(chat.page, "c", name="", changed=1e300, turns=[[ASKED, ""]])
    put(chat.page, "d", name=["x"], changed=1, turns=[[ASKED, ""]])
    put(chat.page, "e", name="", changed=1, turns=[])
    chat.page.evaluate("localStorage.setItem('dateline.conversation.f', '{')")
    chat.page.evaluate("localStorage.setItem('dateline.conversation.g', 'null')")
    drawer = Drawer(chat.page).open()
    expect(drawer.names).to_have_text([MARKUP[:200].strip()])
    expect(drawer.dialog.locator(":is(ul, .done) :is(a, img, script, svg, h1)")).to_have_count(0)
    drawer.dialog.locator("li .open").click()
    expect(chat.turns.nth(0).locator("h2")).to_have_text(MARKUP)
    expect(chat.turns.nth(0).locator(".reason")).to_have_text(
        "This answer was not kept; ask again to see what the archive says."
    )
    expect(chat.turns.nth(1).locator(".statement")).to_have_text(f"{ENDED} [1]")


def test_the_store_is_bounded(chat: Chat) -> None:
    for number in range(100):
        put(chat.page, f"{number:02}", name=f"kept {number}", changed=number, turns=[[ASKED, ""]])
    chat.ask("Who ate lunch?")
    unkept = chat.page.locator("#unkept")
    expect(unkept).to_have_text("To make room, the oldest conversation is no longer kept.")
    drawer = Drawer(chat.page).open()
    expect(drawer.names).to_have_count(100)
    expect(drawer.names.first).to_have_text("Who ate lunch?")
    expect(drawer.names.last).to_have_text("kept 1")
    drawer.press("Close")
    # A store that is full to the last byte costs the oldest, one after the other.
    chat.page.evaluate(
        """() => {
          const put = Storage.prototype.setItem;
          Storage.prototype.setItem = function (key, value) {
            if (Object.keys(this).length > 98) throw new DOMException("full", "QuotaExceededError");
            put.call(this, key, value);
          };
        }"""
    )
    chat.ask("When did the talks end?")
    drawer.open()
    expect(drawer.names.last).to_have_text("kept 3")
    expect(drawer.counts.first).to_contain_text("· 2 questions")
    drawer.press("Delete all")
    drawer.press("Close")
    chat.page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full'); }; }"
    )
    chat.ask("Who opened the bridge?")
    expect(unkept).to_have_text("This browser has no room left to keep the conversation.")
    expect(chat.turns).to_have_count(3)


def test_a_browser_that_keeps_nothing(page: Page, address: str) -> None:
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(error.message))
    page.add_init_script(
        """Object.defineProperty(window, "localStorage", {
          get() { throw new DOMException("denied", "SecurityError"); },
        });"""
    )
    chat = Chat(page)
    chat.open(address)
    chat.ask("Who opened the bridge?")
    chat.ask("And the band?")
    drawer = Drawer(chat.page).open()
    expect(drawer.dialog.locator(".none")).to_have_text(
        "This browser lets the page keep nothing, so a conversation ends when you leave it."
    )
    expect(drawer.dialog.get_by_role("searchbox")).to_be_hidden()
    expect(drawer.dialog.get_by_role("button")).to_have_text(["Close"])
    assert wrong == []
