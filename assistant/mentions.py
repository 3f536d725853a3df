"""Whether an archive has the names of a question, and how it spells them."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, partial

from assistant import names as naming
from assistant.answer import Answer
from assistant.evidence import Sentence, lacking
from assistant.question import Question
from assistant.relative_days import dated_words
from assistant.support import SURE, THRESHOLD
from corpus import Article
from index import Archive, Filters, Passage
from index.words import separated

Matched = tuple[tuple[str, tuple[str, ...]], ...]
"""Names, each with its other spellings."""

_SHORTEST_STEM = 4
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_WITHIN_A_SENTENCE = re.compile(r"(?<=[a-z,] )[^\W\d_]\w*")
_SMALL_WORD = re.compile(r"(?<![\w’'-])[^\W\d_]\w+")
_SELDOM = 5
_VOWEL = re.compile(r"[aeiouy]", re.IGNORECASE)


def limited(archive: Archive, question: Question, best: Sentence, support: float) -> float:
    """The support of an answer, limited by the names in the question.

    An answer about something else is refused. So is an unsure one whose article lacks a name of the
    question. A sure one of this kind becomes unsure, and so does one that may be about other people
    or said by others.
    """
    text = f"{best.article.title}\n{best.article.text}"
    unknown_names = unknown(archive, question, [text]) if question.is_english else []
    # The archive may write an abbreviation in full, in words that do not show it: UK.
    is_unknown = not all(name.isupper() for name in unknown_names)
    if is_unknown or _is_of_another_year(question, best):
        return min(support, THRESHOLD / 2)
    lacks_name = bool(unknown_names) or (
        question.is_english and bool(lacked(archive, question, best.article))
    )
    if lacks_name and support < SURE:
        return min(support, THRESHOLD / 2)
    of_others = best.speaker_odds < 0 or _is_about_others(
        question, best, partial(_people_in, archive)
    )
    return min(support, (THRESHOLD + SURE) / 2) if lacks_name or of_others else support


def _is_of_another_year(question: Question, best: Sentence) -> bool:
    """Whether a question has a year that neither the article nor its day has.

    Words of the sentence may stand for it, such as "last year".
    """
    article = best.article
    text = f"{article.title}\n{article.text}\n{article.published}"
    if not question.years or any(year in text for year in question.years):
        return False
    days = (str(words.last) for words in dated_words(article, best.start, best.end))
    return not any(day.startswith(question.years) for day in days)


def others_last(
    archive: Archive, question: Question, evidence: Sequence[Sentence]
) -> list[Sentence]:
    """The sentences; those about another person with the last name of an asked one come last.

    "Was Dean Pellow convicted?" is not answered by "Moira Pellow was convicted" if the archive's
    tagger found both in the article (see ``Archive.names``). "Dean Pellow's wife" may be Moira.
    """
    names = (question.text[start:end] for start, end in naming.names(question.text))
    asked_names = [
        set(name.split()) for name in names if " " in name and not naming.GENITIVE.search(name)
    ]

    people_in = cache(partial(_people_in, archive))

    def is_of_other(sentence: Sentence) -> bool:
        text_words = set(_WORD.findall(sentence.text))
        return any(
            name >= {*one} and other[-1] == one[-1] and not name & {*other[:-1]}
            and text_words >= {*other}
            for name in asked_names if len(name & text_words) == 1
            for one in people_in(sentence.article.id) for other in people_in(sentence.article.id)
        )  # fmt: skip

    return sorted(evidence, key=is_of_other) if asked_names else list(evidence)


def comparable(
    archive: Archive, question: Question, evidence: Sequence[Sentence]
) -> list[Sentence]:
    """The best sentence, and the others with an answer that are not about other people.

    Keel's nine years and Blum's two are not different reports of one thing.
    """
    people_in = cache(partial(_people_in, archive))
    others = (sentence for sentence in evidence[1:] if sentence.odds > 0)
    return [
        *evidence[:1],
        *(sentence for sentence in others if not _is_about_others(question, sentence, people_in)),
    ]


def _is_about_others(
    question: Question, sentence: Sentence, people_in: Callable[[str], list[list[str]]]
) -> bool:
    """Whether a sentence and the one before it name people, but nobody whom the question names.

    The price of Tom Keel's house is not that of Ana Blum's, but anybody may have bought it.
    """
    spans = naming.names(question.text)
    if not spans:
        return False
    people = _folded(name[-1] for name in people_in(sentence.article.id))
    in_full = naming.people(question.text)
    names = {span: naming.GENITIVE.sub("", question.text[slice(*span)]) for span in spans}
    last_names = _folded(
        name.split()[-1]
        for span, name in names.items()
        if span in in_full or not people.isdisjoint(_folded([name]))
    )
    text_words = _folded(_WORD.findall(sentence.wording.text))
    mentioned = people & text_words if last_names.isdisjoint(text_words) else set()
    short_words = _folded(_WORD.findall(sentence.short))
    return bool(last_names and mentioned) and mentioned.isdisjoint(short_words)


def _folded(names: Iterable[str]) -> set[str]:
    """The capitalised ones, without case, accents and genitives: Valdés's is Valdes."""
    return {separated(naming.GENITIVE.sub("", name)) for name in names if not name.islower()}


def _people_in(archive: Archive, article_id: str) -> list[list[str]]:
    """The names of the people that the archive's tagger found in an article, split into words."""
    return [entity.name.split() for entity in archive.names.named_in(article_id).get("person", [])]


def others_in(archive: Archive, article_id: str) -> set[str]:
    """The names in an article that the archive's tagger did not take for people's."""
    named = archive.names.named_in(article_id).items()
    return {entity.name for kind, entities in named if kind != "person" for entity in entities}


def capitalised(question: str, passages: Sequence[Passage]) -> str:
    """The question with its words capitalised as names are in the passages: "griner" is Griner.

    A word is a name if it is capitalised within sentences, and hardly ever small there.
    """
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for passage in passages:
        for match in _WITHIN_A_SENTENCE.finditer(passage.text):
            forms[match[0].lower()][match[0]] += 1

    def as_in_passages(match: re.Match[str]) -> str:
        word = match[0]
        seen = forms[word]
        is_name = seen.total() > 1 and seen[word] * _SELDOM < seen.total()
        return seen.most_common(1)[0][0] if is_name else word

    return _SMALL_WORD.sub(as_in_passages, question)


def unknown(archive: Archive, question: Question, texts: Iterable[str]) -> list[str]:
    """The names of a question that the archive never has, not even as a source or an author.

    EU is known if one of the ``texts`` has the European Union.
    """
    names = [name for name in question.names if not _has_words(archive, name)]
    if any(name.isupper() for name in names):
        initials = {
            _initials(text[start:end]) for text in texts for start, end in naming.names(text)
        }
        names = [name for name in names if name.replace(".", "") not in initials]
    # The sources are counted over the whole archive, so they are needed only if words are missing.
    sources = [set(source.split()) for source in archive.overview().sources] if names else []
    return [
        name
        for name in names
        if not any(source.issuperset(name.split()) for source in sources)
        and not archive.sources_called(name)
        and not archive.authors_called(name)
    ]


def within_source(archive: Archive, question: Question, filters: Filters) -> Filters:
    """The filters, with the source that a question asks for: "What did the Post say about …?"."""
    if not question.attributed_to or filters.sources:
        return filters
    sources = archive.sources_called(question.attributed_to)
    return replace(filters, sources=sources) if sources else filters


def are_all_in(question: str, answer: Answer) -> bool:
    """Whether a question has names, all of which the first article of an answer has, as spelled."""
    names = Question(question).names
    articles = [citation.article for citation in answer.citations[:1]]
    texts = [f"{article.title}\n{article.text}" for article in articles]
    return bool(names) and all(name in text for text in texts for name in names)


def lacked(archive: Archive, question: Question, article: Article) -> list[str]:
    """The names of a question that an article lacks, and that are not its source or author.

    An abbreviation, such as UN, may be written in full.
    """
    text = f"{article.title}\n{article.text}\n{article.source}\n{article.author}"
    text_words = {naming.GENITIVE.sub("", word) for word in words_of([text])}

    def has_word(word: str) -> bool:
        is_derived = any(stem in text_words for stem in _stems(word)[1:])
        return is_derived or not lacking(archive.query_words(word), text)

    return [name for name in question.names if not name.isupper() and not _is_there(name, has_word)]


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split() if word[0].isupper())


def _has_words(archive: Archive, name: str) -> bool:
    """Whether an archive has the words of a name."""

    def has_word(word: str) -> bool:
        queries = (archive.query_words(stem) for stem in _stems(word))
        return any(all(query_word.known for query_word in words) for words in queries)

    return _is_there(name, has_word)


def _is_there(name: str, has_word: Callable[[str], bool]) -> bool:
    """Whether all words of a name are there, but for a title: Sir Edwin Holm, Mrs Holm.

    The first of three words may be one, and an abbreviation without a vowel is.
    """
    first, *others = name.split()
    may_be_title = len(others) > 1 or (others and not _VOWEL.search(first))
    return all(map(has_word, others)) and (bool(may_be_title) or has_word(first))


def _stems(word: str) -> list[str]:
    """A word, and the words that it may be derived from: Syrian, Syria."""
    return [word, *(word[:-cut] for cut in (1, 2) if len(word) - cut >= _SHORTEST_STEM)]


def matched(archive: Archive, question: Question, passages: Sequence[Passage]) -> Matched:
    """The names of a question that the passages spell only otherwise, with their spellings."""
    passage_words = _words_in(passages)
    missing = {
        name: " ".join(word for word in name.split() if word not in passage_words)
        for name in question.names
    }
    pairs = [(name, spellings(archive, words, passage_words)) for name, words in missing.items()]
    return tuple((name, others) for name, others in pairs if others)


def respelled(archive: Archive, question: Question, passages: Sequence[Passage]) -> str:
    """The question with its names as the passages spell them, if these lack its own spelling.

    To the reader another spelling is another name.
    """
    passage_words = _words_in(passages)
    text = question.text
    for word in dict.fromkeys(part for name in question.names for part in name.split()):
        if word in passage_words:
            continue
        for spelling in spellings(archive, word, passage_words)[:1]:
            text = re.sub(rf"\b{re.escape(word)}\b", spelling, text)
    return text


def spellings(archive: Archive, name: str, text_words: set[str]) -> tuple[str, ...]:
    """The other spellings of the words of a name, as far as they are among the ``text_words``."""
    other_spellings = (spelling for word in archive.query_words(name) for spelling in word.spelled)
    return tuple(spelling for spelling in other_spellings if spelling in text_words)


def words_of(texts: Iterable[str]) -> set[str]:
    """The words of some texts, as they are written in them."""
    return {word for text in texts for word in _WORD.findall(text)}


def _words_in(passages: Sequence[Passage]) -> set[str]:
    """The words of some passages and their headlines."""
    return words_of(f"{passage.article.title} {passage.text}" for passage in passages)
