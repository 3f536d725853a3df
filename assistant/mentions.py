"""Whether and how an archive writes the names of a question."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, partial

from assistant import names as naming
from assistant.answer import Answer
from assistant.evidence import Sentence, lacking
from assistant.question import Question
from assistant.support import SURE, THRESHOLD
from corpus import Article
from index import Archive, Filters, Passage

Matched = tuple[tuple[str, tuple[str, ...]], ...]
"""Names, each with its other spellings."""

_SHORTEST_STEM = 4
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_WITHIN_A_SENTENCE = re.compile(r"(?<=[a-z,] )[^\W\d_]\w*")
_SMALL_WORD = re.compile(r"(?<![\w’'-])[^\W\d_]\w+")
_SELDOM = 5


def limited(archive: Archive, question: Question, best: Sentence, support: float) -> float:
    """The support of an answer, as far as the names in the question let it count.

    What is about something else is refused. What may be about others, or said by others, is never
    sure.
    """
    if _is_of_another(archive, question, best.article, support >= SURE):
        return min(support, THRESHOLD / 2)
    if best.said < 0 or _is_about_others(question, best, partial(_people_in, archive)):
        return min(support, (THRESHOLD + SURE) / 2)
    return support


def _is_of_another(archive: Archive, question: Question, article: Article, is_sure: bool) -> bool:
    """Whether a question is about something else than an article.

    It has a name that the archive never mentions, or a year that the article neither has nor is of;
    or, unless the article surely answers, a name that the article lacks.
    """
    there = f"{article.title}\n{article.text}\n{article.published and article.published.day.year}"
    if question.years and not any(year in there for year in question.years):
        return True
    if not question.is_english:
        return False
    return bool(unknown(archive, question) or (not is_sure and lacked(archive, question, article)))


def others_last(
    archive: Archive, question: Question, evidence: Sequence[Sentence]
) -> list[Sentence]:
    """The sentences, at the end those that name only somebody else of an asked person's last name.

    "Was Dean Pellow convicted?" is not answered by "Moira Pellow was convicted", if the archive's
    tagger found both in the article (see ``Archive.names``). "Dean Pellow's wife" may be she.
    """
    names = (question.text[start:end] for start, end in naming.names(question.text))
    asked = [
        set(name.split()) for name in names if " " in name and not naming.GENITIVE.search(name)
    ]

    people_in = cache(partial(_people_in, archive))

    def is_of_other(sentence: Sentence) -> bool:
        there = set(_WORD.findall(sentence.text))
        return any(
            name >= {*one} and other[-1] == one[-1] and not name & {*other[:-1]}
            and there >= {*other}
            for name in asked if len(name & there) == 1
            for one in people_in(sentence.article.id) for other in people_in(sentence.article.id)
        )  # fmt: skip

    return sorted(evidence, key=is_of_other) if asked else list(evidence)


def comparable(
    archive: Archive, question: Question, evidence: Sequence[Sentence]
) -> list[Sentence]:
    """The best sentence, and of the others those in which the reader finds an answer, but not about
    other people: Keel's nine years and Blum's two are no different reports.
    """
    people_in = cache(partial(_people_in, archive))
    others = (one for one in evidence[1:] if one.odds > 0)
    return [
        *evidence[:1],
        *(one for one in others if not _is_about_others(question, one, people_in)),
    ]


def _is_about_others(
    question: Question, sentence: Sentence, people_in: Callable[[str], list[list[str]]]
) -> bool:
    """Whether a sentence and the one before it name people, but none whom the question names.

    What Tom Keel's house cost is no answer to what Ana Blum's did; who bought it may be anybody.
    """
    spans = naming.names(question.text)
    if not spans:
        return False
    people = {name[-1] for name in people_in(sentence.article.id)}
    in_full = naming.people(question.text)
    names = {span: naming.GENITIVE.sub("", question.text[slice(*span)]) for span in spans}
    asked = {name.split()[-1] for span, name in names.items() if span in in_full or name in people}
    there = people & set(_WORD.findall(sentence.wording.text)) if asked else set()
    return bool(there) and there.isdisjoint({*asked, *_WORD.findall(sentence.short)})


def _people_in(archive: Archive, article_id: str) -> list[list[str]]:
    """The names of the people that the archive's tagger found in an article, in words."""
    return [entity.name.split() for entity in archive.names.named_in(article_id).get("person", [])]


def capitalised(question: str, passages: Sequence[Passage]) -> str:
    """A question with the capitals that its small words have in the passages: "griner", Griner.

    Only what stands there within sentences, and hardly ever small, is a name.
    """
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for passage in passages:
        for match in _WITHIN_A_SENTENCE.finditer(passage.text):
            forms[match[0].lower()][match[0]] += 1

    def written(match: re.Match[str]) -> str:
        word = match[0]
        there = forms[word]
        is_name = there.total() > 1 and there[word] * _SELDOM < there.total()
        return there.most_common(1)[0][0] if is_name else word

    return _SMALL_WORD.sub(written, question)


def unknown(archive: Archive, question: Question) -> list[str]:
    """The names of a question that an archive has in no form, nor as a source or an author."""
    names = [name for name in question.names if not _has_words(archive, name)]
    # Sources are counted over all of the archive, so they are looked at only where words lack.
    sources = [set(source.split()) for source in archive.overview().sources] if names else []
    return [
        name
        for name in names
        if not any(source.issuperset(name.split()) for source in sources)
        and not archive.sources_called(name)
        and not archive.authors_called(name)
    ]


def within_source(archive: Archive, question: Question, filters: Filters) -> Filters:
    """The filters, and the source that a question asks for: "What did the Post say about …?"."""
    if not question.attributed_to or filters.sources:
        return filters
    sources = archive.sources_called(question.attributed_to)
    return replace(filters, sources=sources) if sources else filters


def are_all_in(whole: str, answer: Answer) -> bool:
    """Whether the first article of an answer has all names of a question, as they are there."""
    articles = [citation.article for citation in answer.citations[:1]]
    texts = [f"{article.title}\n{article.text}" for article in articles]
    return all(whole[start:end] in text for text in texts for start, end in naming.names(whole))


def lacked(archive: Archive, question: Question, article: Article) -> list[str]:
    """The names of a question that an article has in no form, nor is its source or author.

    The first of three words may be a title, which it need not have: "Sir Edwin Fairclough". What
    is short for something, as UN is, it may write in full.
    """
    there = f"{article.title}\n{article.text}\n{article.source}\n{article.author}"

    def is_there(name: str) -> bool:
        asked = archive.query_words(name)
        missing = lacking(asked, there)
        return not missing or (len(asked) > 2 and missing == asked[:1])

    return [name for name in question.names if not name.isupper() and not is_there(name)]


def _has_words(archive: Archive, name: str) -> bool:
    """Whether an archive has the words of a name; the first of three may be a title."""
    missing = [word for word in name.split() if not _has_word(archive, word)]
    return not missing or (len(name.split()) > 2 and missing == name.split()[:1])


def _has_word(archive: Archive, word: str) -> bool:
    """Whether an archive has a word, or the one that it is derived from: Syrian, Syria."""
    stems = [word, *(word[:-cut] for cut in (1, 2) if len(word) - cut >= _SHORTEST_STEM)]
    return any(all(other.known for other in archive.query_words(stem)) for stem in stems)


def matched(archive: Archive, question: Question, passages: Sequence[Passage]) -> Matched:
    """The names of a question that the passages only spell otherwise, with their spellings."""
    there = _written_in(passages)
    missing = {
        name: " ".join(word for word in name.split() if word not in there)
        for name in question.names
    }
    written = [(name, spellings(archive, words, there)) for name, words in missing.items()]
    return tuple((name, others) for name, others in written if others)


def respelled(archive: Archive, question: Question, passages: Sequence[Passage]) -> str:
    """The question with its names as the passages spell them, where these lack them as asked.

    To the reader another spelling is another name.
    """
    there = _written_in(passages)
    text = question.text
    for word in dict.fromkeys(part for name in question.names for part in name.split()):
        if word in there:
            continue
        for spelling in spellings(archive, word, there)[:1]:
            text = re.sub(rf"\b{re.escape(word)}\b", spelling, text)
    return text


def spellings(archive: Archive, name: str, there: set[str]) -> tuple[str, ...]:
    """How the words of a name are spelled otherwise, of the spellings that are ``there``."""
    others = (spelling for word in archive.query_words(name) for spelling in word.spelled)
    return tuple(spelling for spelling in others if spelling in there)


def words_of(texts: Iterable[str]) -> set[str]:
    """The words of some texts, as they are written there."""
    return {word for text in texts for word in _WORD.findall(text)}


def _written_in(passages: Sequence[Passage]) -> set[str]:
    return words_of(f"{passage.article.title} {passage.text}" for passage in passages)
