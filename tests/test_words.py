"""Words as they are compared: the same word, however it is written, and in every script."""

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
    ],
)
def test_one_word(one: str, other: str) -> None:
    assert words(one) == words(other) != []


@pytest.mark.parametrize(("one", "other"), [("Київ", "Кіїв"), ("йод", "иод"), ("में", "म")])
def test_letters_that_differ_stay_apart(one: str, other: str) -> None:
    assert words(one) != words(other)


def test_a_script_without_blanks_is_cut_into_pairs() -> None:
    assert words("图书馆屋顶 3 人") == ["图书", "书馆", "馆屋", "屋顶", "3", "人"]


def test_marks_do_not_cut_a_word() -> None:
    assert words("दिल्ली में बाढ़") == ["दिल्ली", "में", "बाढ़"]


def test_unstemmed_words_are_as_many_in_the_same_order() -> None:
    text = "The bridges of Ürümchi, 图书馆 and الأحمد's"
    assert len(unstemmed(text)) == len(words(text))
    assert unstemmed("The bridges") == ["bridges"]
