"""Two texts: how much of their wording is the same, and whether that makes them copies."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.copies import Wording, are_copies, in_common, may_be_copies, words
from tests.oracles import prose


def common(one: str, other: str) -> float:
    return in_common(Wording.of(one), Wording.of(other))


def test_words() -> None:
    assert words("“Don’t,” she said — 1,000 times.") == words('"Don\'t" SHE said: 1 000 times')
    assert words("Mini\u00adster Ｃａｆｅ\u0301") == ["minister", "café"]
    assert words("東京で a強い b地震") == ["東", "京", "で", "a", "強", "い", "b", "地", "震"]
    assert words("قال الوزير؟") == ["قال", "الوزير"]
    assert words("\U00020000\ud800 …") == ["\U00020000"]


@pytest.mark.parametrize("shift", [0, 0x1D400 - 65])
def test_the_same_words_are_the_same_text(shift: int) -> None:
    text = "MARROWBY – " + " ".join(prose(1, 40)).upper()
    other = "Marrowby: " + " ".join(prose(1, 40))
    # Mathematical capitals count as the letters that they are.
    text = "".join(
        chr(ord(character) + shift) if "A" <= character <= "Z" else character for character in text
    )
    assert Wording.of(text) == Wording.of(other)
    assert Wording.of(text).digest == Wording.of(other).digest
    assert Wording.of(text).digest != Wording.of(f"{other} again").digest


def test_what_is_in_common() -> None:
    text = [f"w{number}" for number in range(100)]
    cut = ["other", "first", "lines", *text[20:57]]
    assert common(" ".join(text), " ".join(cut)) == 37 / 40
    assert common(" ".join(cut), " ".join(text)) == 37 / 40
    # Four words in a row are no run.
    assert common(" ".join(text), " ".join([*text[:36], "x", *text[40:44], "y", *text[46:]])) == (
        (36 + 54) / 96
    )
    edited = [*text[:50], "edited", *text[51:]]
    assert common(" ".join(text), " ".join(edited)) == 0.99


def test_what_is_said_under_every_text_makes_no_copies() -> None:
    footer, quotation = prose(7, 60), prose(8, 40)
    one, other = [*prose(9, 100), *footer], [*prose(10, 100), *footer]
    assert common(" ".join(one), " ".join(other)) == 60 / 160
    assert not are_copies(60 / 160, ["Post"], ["Times"])
    one, other = ([*prose(n, 60), *quotation, *prose(n + 1, 60)] for n in (11, 13))
    assert common(" ".join(one), " ".join(other)) == 40 / 160


def test_a_digest_is_no_copy_of_what_it_sums_up() -> None:
    items = [" ".join(prose(number, 50)) for number in range(20, 27)]
    assert [common(item, " ".join(items)) for item in items] == [0] * 7


def test_what_is_too_short_or_too_unlike_in_length() -> None:
    text = [f"w{number}" for number in range(181)]
    assert common(" ".join(text[:29]), " ".join(text[:29])) == 0
    assert common(" ".join(text[:30]), " ".join(text[:30])) == 1
    assert common(" ".join(text[:30]), " ".join(text[:180])) == 1
    assert common(" ".join(text[:30]), " ".join(text)) == 0
    assert common("", "") == 0


def test_more_is_asked_of_one_paper() -> None:
    assert are_copies(0.8, ["Post"], ["Post"])
    assert not are_copies(0.79, ["Post"], ["POST"])
    assert are_copies(0.6, ["Post"], ["Times"])
    assert not are_copies(0.59, ["Post"], ["Times"])
    assert not are_copies(0.79, [None], ["Times"])
    assert not are_copies(0.79, [], ["Times", "Post"])
    assert are_copies(0.6, [None, "Post"], ["Post", "Times"])


def test_fingerprints() -> None:
    text = prose(2, 400)
    of_text = Wording.of(" ".join(text)).fingerprints
    assert of_text == sorted(set(of_text))
    assert all(0 <= fingerprint < 2**48 for fingerprint in of_text)
    # Archives keep them, so they stay the same from one version of the program to the next.
    assert Wording.of("one two three four five").fingerprints == [95012011199906]
    assert Wording.of("one two three four").fingerprints == []


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 200))
def test_a_common_run_is_found(seed: int, at: int) -> None:
    """Of 24 words in a row at least one fingerprint is kept, whatever stands around them."""
    drawn = random.Random(seed)
    shared = [f"s{drawn.random()}" for _ in range(24)]
    texts = [[f"{name}{number}" for number in range(200)] for name in "ab"]
    one, other = (
        Wording.of(" ".join(text[:at] + shared + text[at:]).replace(".", "")) for text in texts
    )
    assert set(one.fingerprints) & set(other.fingerprints)


def test_may_be_copies() -> None:
    assert may_be_copies(2, 20, 100)
    assert not may_be_copies(1, 20, 100)


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_text(one: str, other: str) -> None:
    assert common(one, other) == common(other, one)
    assert common(one, one) == float(Wording.of(one).is_comparable)
