"""Where sentences begin and end."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus import sentences

WRAPPED = "The council of the harbour town met on Tuesday evening in the old\ncustoms house."

# Whatever tears sentences apart, or looks as if it did, in every alphabet's blanks and stops.
TORN = st.sampled_from([
    "B", "é", "م", "。", "؟ ", ". ", "? ", "! ", "…", "Dr. ", "U.S. ", "\u3000", "\xa0", "\u2028",
    "\x85", "\x1c", "\x00", "\u200b", "\u0301", "\ufeff", "🙂", "\r\n", "\n", "\n\n", "\t",
    "“", "” ", '"', "’", "'", "(", ") ", "[1]", "1. ", "; ", "ore. ", "5 руб. Я", "д. ", "।", "ª.",
    ".- ", "」と",
])  # fmt: skip
TEXTS = st.lists(TORN | st.text(max_size=4), max_size=30).map("".join)


ROW = "| A crop with a long name, which is wheat | 510,000 | 402,000 |"


def cut(text: str, language: str | None = None) -> list[str]:
    return [text[start:end] for start, end in sentences(text, language)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\n\t", []),
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("  One.  \n Two. ", ["One.", "Two."]),
        ("One.\xa0 Two\xa0. Three.", ["One.", "Two\xa0.", "Three."]),
        ("The U.S. envoy met Dr. Oban.", ["The U.S. envoy met Dr. Oban."]),
        ("It began on Aug. 16 and ended.", ["It began on Aug. 16 and ended."]),
        ("Prices rose 3.5 percent. Then fell.", ["Prices rose 3.5 percent.", "Then fell."]),
        (
            "“We are tired. We go home,” she said. He stayed.",
            ["“We are tired. We go home,” she said.", "He stayed."],
        ),
        ("Bridge closed\n\nIt rained.", ["Bridge closed", "It rained."]),
        ("Bridge closed\nIt rained.", ["Bridge closed", "It rained."]),
        ("It ends without a stop\n\nand goes on", ["It ends without a stop", "and goes on"]),
        (WRAPPED, [WRAPPED]),
        ("A short line\nthat goes on in small letters.", ["A short line\nthat goes on in small "
         "letters."]),
        (f"{ROW}\n{ROW}\nThe end.", [ROW, ROW, "The end."]),
        ("First item\r\nSecond item\r\n", ["First item", "Second item"]),
    ],
)  # fmt: skip
def test_english(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Am 14. Mai 2024 begann es im 19. Stock.| Der 1. FC fehlte.| Es endete am 9. Juni."),
        (None, "Das Museum öffnete am 14. Mai 2024.| Am 9. Juni schloss es."),
        ("de", "Der Umsatz stieg auf 14.| Der Chef war froh."),
        ("da", "Den 14. maj 2024 åbnede broen.| Det regnede."),
        ("sl", "Most je odprt od 14. maja 2024.| Dežuje."),
        ("hu", "A híd 2024. május 14. óta nyitva van.| Esik."),
        ("fr", "M. Dupont parle à M. Petit.| Il part."),
        ("en", "She was 14.| May came."),
    ],
)
def test_a_stop_in_a_date_ends_no_sentence(language: str | None, text: str) -> None:
    assert cut(text.replace("|", ""), language) == [
        sentence.strip() for sentence in text.split("|")
    ]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Habló el párroco, D. Ángel Ríos.| Calló la Sra. Ñíguez.| Fue el fin."),
        ("es", "Vera, 5 may 2024 (EFE).- El río creció.| Nada más."),
        ("pt", "A Drª. Íris foi à Av. Central.| Choveu."),
        ("fr", "Le Dr. Éluard parle.| Il part."),
        ("pl", "Przy ul. Źródlanej stał dr. Żuk, tj. lekarz.| Msza o godz. 5.40.| Dali 90 tys. zł.|"
         " To tyle."),
        ("ru", "Мост, т. е. дорога, закрыт.| Об этом сказал А. С. Ёлкин.| Живёт он на ул. Южной."),
        ("ru", "Ремонт стоил 5 млн руб.| Все рады."),
        ("uk", "Школа коштує 40 млн грн.| Її ім'я нове.| Комп'ютери теж."),
        ("el", "Κόστισε 2 εκατ. ευρώ.| Ποιος πλήρωσε;| Κανείς."),
        ("ar", "تحدث د. سالم أمس.| راجع ص. 5 من التقرير.| وسكت الباقون."),
        ("vi", "Mưa lớn ở TP. Hồ Chí Minh.| GS. Nam đến."),
        ("hi", "डॉ. मीरा आईं।| सब चुप रहे।"),
        ("he", 'ד"ר לוי חתמה.| המחיר 70 ש"ח.| זה הכול.'),
        ("it", "Nell’ala chiusa restò per 38 ore.| Il sindaco dell’Orla tace.| Con me.| Ma no."),
        ("nl", "Piet van 't Zand viel op zijn arm.| Hij noemt dat 'heel dom'.| Klaar."),
        ("nl", "Hij zei: 'Ik kom. Wacht maar.'| Zij wachtte."),
        ("de", "Die Mühle ist 5 km entfernt.| Es waren 12 Mrd. Euro."),
        ("de", "Feuer in der Halle.| 15 Gäste flohen!| 2 blieben.| Das Haus, Hafenstr. 5, blieb."),
        ("de", "Nach § 5 Abs. 2 haftet die Muster GmbH.| Der Preis.| 5,3 Prozent."),
        ("ja", "「橋は落ちた。」と述べた。| 雨だ。"),
        ("tr", "Kaya geldi.| 5. madde okundu.| Bkz. sayfa."),
    ],
)  # fmt: skip
def test_stops_and_apostrophes_of_a_language(language: str, text: str) -> None:
    parts = [sentence.strip() for sentence in text.split("|")]
    assert cut(text.replace("|", ""), language) == parts


def test_a_language_is_told_where_none_is_given() -> None:
    assert cut("Ο δήμος κλείνει τη γέφυρα σήμερα. Ποιος ευθύνεται; Κανείς.") == [
        "Ο δήμος κλείνει τη γέφυρα σήμερα.", "Ποιος ευθύνεται;", "Κανείς.",
    ]  # fmt: skip
    assert cut("Dlaczego nikt nie powiedział nic o ul. Źródlanej, tj. o moście? Nie wiadomo.") == [
        "Dlaczego nikt nie powiedział nic o ul. Źródlanej, tj. o moście?", "Nie wiadomo.",
    ]  # fmt: skip
    english = "Mayor Jürgen Öztürk met Capt. Íñigo Núñez in Łódź. They talked at 5.40. It rained."
    assert cut(english) == cut(english, "en")


def test_arabic() -> None:
    text = "اجتمع المجلس يوم الثلاثاء. هل اتفقوا؟ لا أحد يعرف."
    expected = ["اجتمع المجلس يوم الثلاثاء.", "هل اتفقوا؟", "لا أحد يعرف."]
    assert cut(text, "ar") == expected


def test_chinese() -> None:
    assert cut("港口关闭了。船都走了。", "zh-Hans") == ["港口关闭了。", "船都走了。"]


def test_unknown_languages_are_cut_as_english() -> None:
    assert cut("One. Two.", "xx") == cut("One. Two.", "EN-gb") == ["One.", "Two."]


@settings(deadline=None)
@given(TEXTS, st.sampled_from([None, "en", "ar", "zh", "de", "it", "ru", "hi", "he", "pt"]))
@example("B\xa0. ", None)
@example("B\u2029. \x0b”", "ar")
def test_any_text(text: str, language: str | None) -> None:
    at = 0
    for start, end in sentences(text, language):
        assert at <= start < end <= len(text)
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        assert "\n\n" not in text[start:end]
        at = end
    assert not text[at:].strip()


def test_half_of_a_surrogate_pair_is_a_character_like_others() -> None:
    text = "It broke \ud800. Then it held."
    assert [text[start:end] for start, end in sentences(text)] == [
        "It broke \ud800.",
        "Then it held.",
    ]


def test_a_long_text_has_the_sentences_of_its_paragraphs() -> None:
    paragraph = "The dam at Orl held. “It will hold again,” said Ana Blum. Nobody was hurt."
    expected = [paragraph[start:end] for start, end in sentences(paragraph)]
    for between, count in (("\n\n", 1_000), (" ", 400)):
        text = between.join([paragraph] * count)
        assert [text[start:end] for start, end in sentences(text)] == expected * count
