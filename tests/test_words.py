"""Words as they are compared: the same word, however it is written, and in every script."""

import time

import pytest

from index.words import unstemmed, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Αθήνα", "ΑΘΗΝΑ"),
        ("πλημμύρα", "πλημμυρα"),
        ("مُحَمَّد", "محمد"),
        ("الأحمد", "احمد"),
        ("théâtre", "the\u0301a\u0302tre"),
        ("théâtre", "theatre"),
        ("Şaredar", "saredar"),
        ("ISPANAK", "ıspanak"),
        ("İlker", "Ilker"),
        ("Śliwa", "sliwa"),
        ("ﬁre", "fire"),
        ("города", "город"),
        ("ёлка", "елка"),
        ("bridges", "Bridge"),
        # Arabic, with what is joined to a word before and after it
        ("والمستشفى", "مستشفيات"),
        ("بالجامعة", "جامعة"),
        ("للوزير", "وزير"),
        ("وبغداد", "بغداد"),
        # Arabic, Persian, Kurdish and Urdu keyboards
        ("کتاب", "كتاب"),
        ("علی", "علي"),
        ("محمـــد", "محمد"),
        ("\u06c1\u0627\u0644", "\u0647\u0627\u0644"),
        # Sorani
        ("پارێزگارەکە", "پارێزگار"),
        ("ڕۆژنامەکانی", "ڕۆژنامە"),
        ("ڕۆژنامەیەکدا", "ڕۆژنامە"),
        ("ڕۆژنامه\u200cکه", "ڕۆژنامەکە"),
        # Turkish
        ("Ankara'nın", "Ankara"),
        ("Kızılay’daki", "KIZILAY"),
        ("Elmalı'dan", "ELMALI"),
        ("AB'ye", "AB"),
        ("Bakanlığı'ndan", "bakanlığı"),
        ("2024'te", "2024"),
        ("19'uncu", "19"),
        # Scripts of India
        ("हिन्दी", "हिंदी"),
        ("चम्पा", "चंपा"),
        ("चाँद", "चांद"),
        ("ज़मीन", "जमीन"),
        ("ગાન્ધી", "ગાંધી"),
        ("क्\u200dया", "क्या"),
        # Digits
        ("١٢٠", "120"),
        ("۱۲۰", "120"),
        ("१२०", "120"),
        # A break that is only made at the end of a line
        ("Haus\u00adhalt", "Haushalt"),
    ],
)
def test_one_word(one: str, other: str) -> None:
    assert words(one) == words(other) != []


@pytest.mark.parametrize(
    ("one", "other"), [("Київ", "Кіїв"), ("йод", "иод"), ("में", "म"), ("والد", "لد"), ("तन", "तं")]
)
def test_letters_that_differ_stay_apart(one: str, other: str) -> None:
    assert words(one) != words(other)


def test_a_script_without_blanks_is_cut_into_pairs() -> None:
    assert words("图书馆屋顶 3 人") == ["图书", "书馆", "馆屋", "屋顶", "3", "人"]


def test_a_character_keeps_its_marks() -> None:
    assert words("ที่นี่ดี") == ["ที่นี่", "นี่ดี"]


def test_particles_do_not_hide_a_korean_name() -> None:
    assert set(words("서울")) < set(words("서울에서"))


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("O'Brien", ["o", "brien"]),
        ("dell'Ida", ["dell", "ida"]),
        ("dell'Ue", ["dell", "ue"]),
        ("l'Inde", ["l", "inde"]),
        ("isn't", ["isn", "t"]),
        ("rock'n'roll", ["rock", "n", "roll"]),
    ],
)
def test_what_is_no_ending_after_an_apostrophe(text: str, apart: list[str]) -> None:
    assert unstemmed(text) == apart


def test_long_rows_take_no_long_time() -> None:
    began = time.monotonic()
    for row in ("ە", "ان", "ا", "न्", "a'", "'in"):
        words(row * 100_000)
    assert time.monotonic() - began < 10


def test_marks_do_not_cut_a_word() -> None:
    assert words("दिल्ली में बाढ़") == ["दिल्ली", "में", "बाढ़"]


def test_unstemmed_words_are_as_many_in_the_same_order() -> None:
    text = "The bridges of Ürümchi, 图书馆 and الأحمد's"
    assert len(unstemmed(text)) == len(words(text))
    assert unstemmed("The bridges") == ["bridges"]
