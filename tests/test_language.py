"""The page in the language of its reader, and catalogues that have every message of the program."""

import json
import re
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.request import Request, urlopen

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, expect

from assistant import wording
from corpus import Article
from corpus.dates import parse_date
from tests.browsing import address_of, archive_of, connected, request

ROOT = Path(__file__).parent.parent
OTHERS = wording.LANGUAGES[1:]
NAMES = re.compile(r"%\(\w+\)s")
TAGS = re.compile(r"<[^>]*>")


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> set[Any]:
    """All messages of the program, as pybabel finds them; of those with a plural, both."""
    template = tmp_path_factory.mktemp("messages") / "messages.pot"
    settings = ["-F", str(ROOT / "pyproject.toml"), "-o", str(template), str(ROOT / "assistant")]
    CommandLineInterface().run(["pybabel", "-q", "extract", *settings])
    return set(read(template))


def read(path: Path) -> dict[Any, Message]:
    with path.open("rb") as file:
        catalogue = read_po(file, path.stem if path.suffix == ".po" else None, abort_invalid=True)
    return {message.id: message for message in catalogue if message.id}


def test_the_page_speaks_six_languages() -> None:
    assert wording.LANGUAGES == ("en", "ar", "de", "es", "fr", "uk")


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_has_every_message_and_no_other(language: str, messages: set[Any]) -> None:
    file = wording.CATALOGUES / f"{language}.po"
    translated = read(file)
    assert "#~" not in file.read_text()
    assert {"Search", ("%(num)s article", "%(num)s articles")} <= messages
    assert set(translated) == messages
    for id, message in translated.items():
        one, *many = [id] if isinstance(id, str) else id
        texts = [message.string] if isinstance(message.string, str) else message.string
        assert len(texts) == (Catalog(language).num_plurals if many else 1), id
        assert not message.fuzzy, id
        # A form may say its number in a word, as "one article" does.
        number = {"%(num)s"} if many else set()
        names = set(NAMES.findall(many[0] if many else one))
        for text in texts:
            assert text.strip(), id
            assert set(NAMES.findall(text)) | number == names | number, id
            assert "%" not in NAMES.sub("", text), id
            # It stands in attributes, and is no more markup than the message itself.
            assert '"' not in text, id
            assert TAGS.findall(text) == TAGS.findall(one), id


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en-US,en;q=0.9,de;q=0.8", "en"),
        ("it,fr;q=0.5,es;q=0.7", "es"),
        ("uk-UA", "uk"),
        ("DE", "de"),
        ("de;q=0, fr;q=0.1", "fr"),
        ("it", "en"),
        ("*", "en"),
        ("de;q=nan", "en"),
        ("de;q=2", "en"),
        ("../../de", "en"),
        ("\x00;;,,=q;-", "en"),
    ],
)
def test_which_language_a_browser_gets(header: str, language: str) -> None:
    assert wording.accepted(header) == language


def test_a_hostile_header_gets_english_soon() -> None:
    for header in (",;=q-" * 2_000, "x" * 10_000, "de;q=" + "9" * 10_000, "q;" * 5_000):
        start = perf_counter()
        assert wording.accepted(header) == "en"
        assert perf_counter() - start < 0.05


def test_reading_dates_of_a_language_leaves_it_whole() -> None:
    """Babel keeps what it loads: read in part, a language would lack the rest from then on."""
    assert str(parse_date("3 Novemba 2024", "page", language="sw")).startswith("2024-11-03")
    assert Locale("sw").text_direction == "ltr"


# --- What a browser gets -------------------------------------------------------------------------


PUBLISHED = parse_date("2024-05-12", "metadata")
archive = archive_of(
    [
        Article("mill", "The old mill", "The mill of Kest burned down.", "Wire", PUBLISHED),
        Article("talks", "Talks", "The mayor led the talks.", "Post", PUBLISHED, language="uk"),
    ]
)
address = address_of(may_keep=True)


def fetched(address: str, path: str, language: str) -> str:
    asked = Request(f"{address}{path}", headers={"Accept-Language": language})
    with urlopen(asked, timeout=10) as response:
        body: bytes = response.read()
    return body.decode()


@pytest.mark.parametrize(
    ("path", "german", "arabic"),
    [
        ("/search?q=mill", ["1 Artikel mit diesen Wörtern", "12. Mai 2024"], ["12 مايو 2024"]),
        ("/search?q=mill&before=then", ["„Bis“ braucht ein Datum"], ["يحتاج «إلى» إلى تاريخ"]),
        ("/archive", ["Die Tage des Jahres 2024", "Ukrainisch"], ["الأوكرانية", "أحدث المقالات"]),
        ("/read?id=mill", ["Nur in diesem Artikel fragen"], ["اسأل في هذا المقال فقط"]),
        ("/dossiers", ["Eine Dossierdatei"], ["ابدأ حافظة"]),
    ],
)
def test_pages_are_in_the_language_of_the_browser(
    address: str, path: str, german: list[str], arabic: list[str]
) -> None:
    for language, start, words in (
        ("de-DE,de;q=0.9", '<html lang="de">', german),
        ("ar", '<html lang="ar" dir="rtl">', arabic),
    ):
        html = fetched(address, path, language)
        assert start in html
        assert [word for word in words if word not in html] == []
    # What an article says is translated by nobody.
    assert "The old mill" in fetched(address, "/read?id=mill", "ar")


def test_a_response_says_its_language(address: str) -> None:
    _, headers = request(address, "/search", **{"Accept-Language": "fr"})
    assert headers["Content-Language"] == "fr"
    assert "Accept-Language" in headers["Vary"]
    _, headers = request(address, "/nothing", Accept="text/html")
    assert headers["Content-Language"] == "en"


def test_scripts_get_their_words(address: str) -> None:
    script = fetched(address, "/page/words.js", "uk")
    language, words = re.fullmatch(r"const LANGUAGE = (.*?), WORDS = (.*);\n", script).groups()  # type: ignore[union-attr]
    assert json.loads(language) == "uk"
    assert json.loads(words)["Link copied"] == "Посилання скопійовано"
    forms = json.loads(words)["%(num)s question"]
    assert forms == {
        "one": "%(num)s запитання",
        "few": "%(num)s запитання",
        "many": "%(num)s запитань",
    }
    assert fetched(address, "/page/words.js", "en") == 'const LANGUAGE = "en-GB", WORDS = {};\n'


def test_programs_get_english(address: str) -> None:
    with connected(address, headers={"Accept-Language": "de"}) as client:
        answer = client.predict("How many articles mention Nobody?", api_name="/ask")
    assert answer["reason"] == "No article in the archive mentions “Nobody”."


@pytest.mark.parametrize(
    ("language", "direction", "asks", "said", "asked"),
    [
        ("de-DE", "ltr", "Fragen", "Kein Artikel im Archiv erwähnt „Nobody“.", "1 Frage"),
        ("ar", "rtl", "اسأل", "لا مقال في الأرشيف يذكر «Nobody».", "سؤال واحد"),
    ],
)
def test_the_chat_is_in_the_language_of_the_browser(
    browser: Browser, address: str, language: str, direction: str, asks: str, said: str, asked: str
) -> None:
    context = browser.new_context(locale=language)
    page = context.new_page()
    # When the page listens, it asks the server for what is shown first.
    with page.expect_response("**/queue/join*", timeout=60_000):
        page.goto(address)
    expect(page.get_by_role("button", name=asks, exact=True)).to_be_visible()
    expect(page.locator("#conversation")).to_have_css("direction", direction)
    page.locator("#question textarea").fill("How many articles mention Nobody?")
    page.keyboard.press("Enter")
    expect(page.locator("#conversation .reason")).to_have_text(said)
    page.locator("[data-opens=conversations]").click()
    expect(page.locator("#conversations .when")).to_contain_text(asked)
    context.close()
