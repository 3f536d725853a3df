"""Names in other spellings: which words may be one, and what an archive makes of them."""

import math
from datetime import UTC, datetime
from pathlib import Path

import pytest

from corpus import Article
from index import Archive
from index.spelling import may_be_same, names, sounds
from tests.benchmark import spelling
from tests.fakes import FakeEncoder
from tests.oracles import assert_same, ranking

# What is heard


@pytest.mark.parametrize(
    ("spellings", "heard"),
    [
        ("Qamishli Qamishlo Kamishly Qamişlo QAMISHLI", "kmsl"),
        ("Hasakah Hasaka Hasakeh Hassake", "hsk"),
        ("Zelensky Zelenskyy Zelenskiy Selenskyj", "slnsk"),
        ("Gaddafi Khadafi Qaddafi Kadhafi Gadhafi", "kdv"),
        ("Mohammed Muhammad Mohamed", "mmd"),
        ("Aleksei Alexey", "alks"),
        ("Tchaikovsky Chaikovskij", "kkvsk"),
        ("Müller Mueller Muller", "mlr"),
        ("Núñez Nunez", "nns"),
        ("Quran Koran", "krn"),
        ("Łukasz Lukas", "lks"),
    ],
)
def test_spellings_of_one_name_sound_the_same(spellings: str, heard: str) -> None:
    assert {sounds(spelling) for spelling in spellings.split()} == {heard}


@pytest.mark.parametrize("word", ["", "Ali", "Kyi", "Aoife", "G20s", "Москва", "北京市长", "it's"])
def test_words_that_cannot_be_told_apart_by_sound(word: str) -> None:
    assert sounds(word) == ""
    assert not may_be_same(word, word)


def test_the_names_of_a_text() -> None:
    text = (
        "In QAMISHLI, Şêxmûs Îsa (31) told Kobanê's McDonald that the PYD met Ali at Forum XLVII."
    )
    assert names(text) == {"Qamishli", "Şêxmûs", "Kobanê", "McDonald", "Forum"}


# In an archive


def article(id: str, text: str) -> Article:
    return Article(id, "", text)


OTHERS = [article(f"o{n}", f"A kettle was sold in the harbour on day {n}.") for n in range(8)]


def found(archive: Archive, query: str) -> set[str]:
    return {id for (id, _, _), _ in ranking(archive, query, "lexical")}


def test_a_spelling_that_the_archive_lacks(archive: Archive) -> None:
    archive.add([
        *OTHERS,
        article("a", "Clashes in Qamishlo went on."),
        article("b", "Shops in Qamishlo and Qamishli were shut."),
        article("c", "The mayor of Kamala spoke."),
    ])  # fmt: skip
    for asked in ("Kamishly", "al-Kamishly", "kamishly"):
        [word] = archive.query_words(asked)
        assert (word.text, word.known) == ("kamish", True)
        assert word.forms == {"kamish", "qamishlo", "qamish"}
        assert word.spelled == ("Qamishlo", "Qamishli")
        # Three chunks have it in some spelling, counted by spelling, of eleven.
        assert word.rarity == pytest.approx(math.log(1 + (11 - 3 + 0.5) / (3 + 0.5)))
        assert found(archive, asked) == {"a", "b"}


def test_two_spellings_that_the_archive_has_weigh_as_one(archive: Archive, tmp_path: Path) -> None:
    sentences = [
        ("a", "Asayish and Sootoro clashed in {} near the Wusta bakery."),
        ("b", "Sootoro left {}, where Asayish stood at Wusta."),
        ("c", "Nothing from {} was heard by Asayish of Sootoro."),
        ("d", "{} again: Wusta, Asayish."),
    ]
    spelled = ["Qamishli", "Qamishlo", "Qamishli", "Qamishlo"]
    mixed = [
        article(id, text.format(name)) for (id, text), name in zip(sentences, spelled, strict=True)
    ]
    archive.add([*OTHERS, *mixed])
    uniform = Archive.create(tmp_path / "uniform", FakeEncoder())
    uniform.add([*OTHERS, *(article(id, text.format("Qamishli")) for id, text in sentences)])
    expected = ranking(uniform, "Qamishli kettle", "lexical")
    assert {id for (id, _, _), _ in expected[:4]} == {"a", "b", "c", "d"}
    for asked, other in (("Qamishli", "Qamishlo"), ("Qamishlo", "Qamishli")):
        [word, _] = archive.query_words(f"{asked} kettle")
        assert word.forms == {"qamish", "qamishlo"}
        assert word.spelled == (other,)
        assert word.rarity == pytest.approx(math.log(1 + (12 - 4 + 0.5) / (4 + 0.5)))
        assert_same(ranking(archive, f"{asked} kettle", "lexical"), expected)


def test_spellings_that_together_are_everywhere(archive: Archive) -> None:
    """Counted by spelling, there are more chunks with the name than chunks."""
    archive.add([article(f"a{n}", "Qamishli, or Qamishlo, is a town.") for n in range(3)])
    [word] = archive.query_words("Kamishly")
    assert word.spelled == ("Qamishlo", "Qamishli")
    assert word.rarity == pytest.approx(math.log(1 + 0.5 / 3.5))
    assert [score > 0 for _, score in ranking(archive, "Kamishly", "lexical")] == [True] * 3


def test_look_alikes_in_other_company_stay_apart(archive: Archive) -> None:
    archive.add([
        *OTHERS,
        article("a", "George Bush met Cheney and Powell in Texas."),
        article("b", "Cheney and Powell praised Bush in Texas."),
        article("c", "Anheuser Busch brews in Missouri with Budweiser."),
        article("d", "Budweiser and Anheuser left Missouri to Busch."),
    ])  # fmt: skip
    assert may_be_same("Bush", "Busch")
    [bush] = archive.query_words("Bush")
    assert (bush.forms, bush.spelled) == ({"bush"}, ())
    assert found(archive, "Bush") == {"a", "b"}
    assert found(archive, "Busch") == {"c", "d"}
    # Which of them a spelling means that the archive lacks, it cannot know.
    [unknown] = archive.query_words("Boush")
    assert unknown.spelled == ("Bush", "Busch")


def test_company_is_the_same_in_whatever_order_articles_came(tmp_path: Path) -> None:
    # More than are read; whom he met changes after each third of them.
    met = ("Cheney", "Powell", "Blair")
    written = [
        article(f"{n}", f"On Sunday Bush met {met[n // 40]} on day {n}.") for n in range(120)
    ]
    for friend in met:
        other = [article(f"b{n}", f"Busch met {friend} on day {n}.") for n in range(2)]
        for at, order in enumerate((written, written[::-1])):
            with Archive.create(tmp_path / f"{friend} {at}", FakeEncoder()) as archive:
                archive.add([*order, *other])
                assert archive.query_words("Bush")[0].spelled == ("Busch",)


def test_only_names_have_other_spellings(archive: Archive) -> None:
    archive.add([
        *OTHERS,
        article("a", "Baker by baker they came. The baker, a baker."),
        article("b", "A baker sold bread."),
        article("c", "They flew to Qamishlo."),
    ])  # fmt: skip
    # A baker is none, though one begins a sentence.
    assert may_be_same("Bakar", "Baker")
    [word] = archive.query_words("Bakar")
    assert (word.forms, word.known) == ({"bakar"}, False)
    # Who writes names with capitals means none by a word without.
    *_, word = archive.query_words("Did Turkey bomb kamishly")
    assert (word.forms, word.known) == ({"kamish"}, False)
    *_, word = archive.query_words("did turkey bomb kamishly")
    assert word.spelled == ("Qamishlo",)


def test_spellings_come_and_go_with_their_articles(archive: Archive) -> None:
    archive.add(OTHERS)
    reader = Archive.open(archive.folder, FakeEncoder())
    for view in (archive, reader):
        assert view.query_words("Khadafi")[0].known is False
    archive.add([article("a", "Gaddafi spoke in Sirte."), article("b", "Qaddafi fled from Sirte.")])
    for view in (archive, reader):
        assert sorted(view.query_words("Khadafi")[0].spelled) == ["Gaddafi", "Qaddafi"]
        assert found(view, "Khadafi") == {"a", "b"}
    archive.remove(["a"])
    for view in (archive, reader):
        assert view.query_words("Khadafi")[0].spelled == ("Qaddafi",)
        assert view.query_words("Khadafi")[0].forms == {"khadafi", "qaddafi"}
        assert found(view, "Khadafi") == {"b"}


def test_spellings_under_embargo_are_not_told(tmp_path: Path) -> None:
    now = datetime(2020, 5, 1, 12, tzinfo=UTC)
    archive = Archive.create(tmp_path / "archive", FakeEncoder(), lambda: now)
    later = datetime(2020, 5, 2, tzinfo=UTC)
    held = Article("a", "", "Gaddafi spoke in Sirte.", embargo=later)
    archive.add([*OTHERS, held, article("b", "Qaddafi fled from Sirte.")])
    assert archive.query_words("Khadafi")[0].spelled == ("Qaddafi",)
    now = datetime(2020, 5, 3, tzinfo=UTC)
    assert sorted(archive.query_words("Khadafi")[0].spelled) == ["Gaddafi", "Qaddafi"]


def test_diacritics_are_no_other_spelling(archive: Archive) -> None:
    archive.add([*OTHERS, article("a", "Erdoğan met Peña in Kobanê.")])
    for asked in ("Erdogan", "Pena", "Kobane"):
        [word] = archive.query_words(asked)
        assert (word.known, len(word.forms), word.spelled) == (True, 1, ())
        assert found(archive, asked) == {"a"}


# What the benchmark counts


def test_measured_on_the_benchmarks_pairs() -> None:
    """Most pairs of one name are found, few others; whichever of two is asked for."""
    same, different = spelling.pairs(spelling.SAME), spelling.pairs(spelling.DIFFERENT)
    rows = spelling.measure(same, different)
    assert rows == {
        "looked at": {
            "same": 66, "found": 61, "different": 100, "merged": 10,
            "recall": 61 / 66, "precision": 61 / 71,
        },
        "not looked at": {
            "same": 66, "found": 53, "different": 100, "merged": 12,
            "recall": 53 / 66, "precision": 53 / 65,
        },
    }  # fmt: skip
    for pairs in (same, different):
        assert all(may_be_same(*pair) == may_be_same(*pair[::-1]) for pair in pairs)


def test_names_of_articles_are_measured() -> None:
    places = "Kobani Afrin Hasakah Erbil Dohuk".split()
    sentence = "Sootoro and Asayish shot at Wusta in {}."
    articles = [article(f"a{n}", sentence.format(places[n // 2])) for n in range(10)]
    respelled = spelling._respelled(articles[:2], "Sootoro Asayish Wusta".split())
    assert [article.text for article in respelled] == [
        sentence.format("Kobani"),
        "Soohtoro and Asayihsh shot at Wuhsta in Kobani.",
    ]
    articles += [
        article("b", "George Bush met Cheney and Powell. They met."),
        article("c", "Anheuser Busch brews Budweiser."),
        article("d", "Asayish of Qamishlo met Sootoro."),
        article("e", "Sootoro shot Asayish in Qamishli."),
    ]
    assert spelling.measured(articles)["in an archive"] == {
        "names": 17,
        "look-alikes": 2,
        "taken for one": ["Qamishli = Qamishlo"],
        # Each in the company of the same places.
        "of 3 names in 5 to 19 articles, respelled in half": 3,
        "of 0 names in 20 to 14 articles, respelled in half": 0,
    }
