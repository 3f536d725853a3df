"""Asking an archive: from a question to an answer made of the archive's own sentences."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from assistant.answer import Answer, Citation, Difference, Outcome, Statement, Turn
from assistant.citing import cite
from assistant.conversation import standalone
from assistant.differences import disagreeing
from assistant.evidence import Sentence, Topic, gather
from assistant.language_model import Model, ModelError
from assistant.names import GENITIVE, people
from assistant.periods import asked_period
from assistant.pointing import Understood, chosen, failed, understood
from assistant.question import Question
from assistant.suggestions import fits, questions_about
from assistant.support import SURE, support, weights_for
from corpus import Article
from index import Archive, Filters, Passage
from index.lexical import QueryWord, words

_WORD = re.compile(r"[^\W\d_][\w’'-]*")

_YEAR = re.compile(r"\b\d{4}\b")
_LATEST = re.compile(r"\b(?:latest|newest|most recent|currently|so far)\b", re.IGNORECASE)

READ = 12
"""How many passages are read for an answer."""

MOST_WORDS = 60
"""A short answer: a second or third sentence is added only within this many words."""

MOST_WORDS_OF_A_LIST = 200

_CAN_BE_CHOSEN = ("answered", "does not say")
# How many passages are read of what a language model searches for beside the question.
_READ_BESIDE = 3
_MOST_STATEMENTS = 3
# A list goes on after so many sentences that name nobody new.
_MOST_MISSES = 2
# What it counts that a further sentence has words of the question that the others lack.
_GAIN = 4.0
# Sentences whose score is so much below the best one's are left out.
_MARGIN = 4.5
# A sentence whose score is so much below the best one's is nearly as good.
_NEARLY = 1.0
# What an article goes on to say is worth so much more beside its best sentence.
_GOES_ON = 3.0
# Of a name of more words, articles may have some.
_LONGEST_NAME = 3
# Two sentences that share so much of the shorter one's words say the same.
_SAME = 0.7


class Assistant:
    """Answers questions from an archive.

    The answer's statements are sentences of the archive, verbatim, chosen to cover the question
    and not to repeat each other; where the best evidence is too weak, the answer says so. Where
    there is a language ``model``, it chooses among the archive's sentences.
    """

    def __init__(self, archive: Archive, model: Model | None = None) -> None:
        self.archive = archive
        self.model = model

    def chosen_by(self, model: Model) -> "Assistant":
        """An assistant for the same archive whose sentences another model chooses."""
        return Assistant(self.archive, model)

    def ask(
        self,
        question: str,
        filters: Filters | None = None,
        history: Sequence[Turn] = (),
        read_filters: bool = True,
        today: date | None = None,
        *,
        as_typed: bool = False,
    ) -> Answer:
        """Answer a question from the articles that the filters let through.

        What a follow-up leaves out is taken from ``history``, the turns before it, the last one
        last. Dates in the question become filters, unless ``read_filters`` is off or ``filters``
        has dates; "last week" is counted from ``today``. With ``as_typed`` nothing is put into the
        question or beside it. Raises ValueError for a question without a word in it.
        """
        *_, answer = self.stream(question, filters, history, read_filters, today, as_typed=as_typed)
        return answer

    def stream(
        self,
        question: str,
        filters: Filters | None = None,
        history: Sequence[Turn] = (),
        read_filters: bool = True,
        today: date | None = None,
        *,
        as_typed: bool = False,
    ) -> Iterator[Answer]:
        """The answer at once, and after it the one that the model chooses, which ``ask`` gives.

        Without a model there is one. A model is asked twice at most: where a conversation goes on
        or the archive hardly answers, what to search for, and then which sentences answer.
        """
        filters = filters or Filters()
        history = () if as_typed else history

        def extract(whole: str) -> Answer:
            return self._extract(question, whole, filters, read_filters, today)

        answer = extract(standalone(question, history))
        if self.model is None or answer.outcome not in _CAN_BE_CHOSEN:
            return iter([answer])
        unsure = answer.hedged or not answer.statements
        asks = not as_typed and (unsure or any(turn.citations for turn in history))
        return self._choose(self.model, answer, history, extract if asks else None, today)

    def _choose(
        self,
        model: Model,
        answer: Answer,
        history: Sequence[Turn],
        extract: Callable[[str], Answer] | None,
        today: date | None,
    ) -> Iterator[Answer]:
        """The answer, and then what the model makes of it; it searches first with ``extract``."""
        yield answer
        if extract is not None:
            try:
                known = understood(model, answer.question, history)
            except ModelError as error:
                yield failed(model, answer, str(error))
                return
            answer = self._searched(answer, known, extract, today)
        yield chosen(model, answer, history)

    def _searched(
        self,
        answer: Answer,
        known: Understood,
        extract: Callable[[str], Answer],
        today: date | None,
    ) -> Answer:
        """The answer to the question as it was understood, with what else was searched for."""
        if known.question not in (answer.question, answer.standalone):
            again = extract(known.question)
            # A model may put a name into the question that the archive never mentions.
            answer = again if again.outcome in _CAN_BE_CHOSEN else answer
        passages = list(answer.passages)
        for text in known.search:
            found = self.archive.search(text, _READ_BESIDE, answer.filters, asked=today)
            places = {(each.article.id, each.start) for each in passages}
            passages += [each for each in found if (each.article.id, each.start) not in places]
        return replace(answer, passages=tuple(passages), searched=known.search)

    def _extract(
        self,
        question: str,
        whole: str,
        filters: Filters,
        read_filters: bool,
        today: date | None,
    ) -> Answer:
        """The answer in the archive's own sentences, from the dates that the question has."""
        if not any(character.isalnum() for character in question):
            raise ValueError("The question is empty: ask about something in the archive.")
        # Half of a surrogate pair, which a terminal may pass on, cannot be encoded.
        question, whole = (
            each.strip().encode(errors="replace").decode() for each in (question, whole)
        )
        period = None
        if read_filters and not (filters.after or filters.before):
            period = asked_period(whole, filters.as_of or today or _today())
        if period is None:
            answer = self._answer(whole, filters, today)
        else:
            answer = self._answer(period.left_of(whole), period.within(filters), today)
        if period and not answer.statements and not period.relative:
            # "In 2024" may be told of in that year in so many words.
            answer = self._answer(whole, period.within(filters), today)
        # What is told of those days may have been published on others. But where the archive has
        # this week's news, and they do not say, those of another week are no answer.
        if period and not answer.statements and not (period.relative and answer.passages):
            anywhere = self._answer(period.left_of(whole, relative=True), filters, today)
            if anywhere.statements:
                note = (
                    f"Nothing that was published {period} answers this; older or later articles do."
                )
                answer, period = replace(anywhere, notes=(note,)), None
        if today and not answer.statements and self._answer(whole, filters, None).statements:
            reason = (
                f"The archive does not say in what was new on {today.day} {today:%B %Y}; asked "
                "without a day, older articles do."
            )
            answer = replace(answer, reason=reason)
        return replace(
            answer,
            question=question,
            standalone=whole,
            read=Filters(period.first, period.last) if period else Filters(),
        )

    def suggest_questions(self, count: int = 4) -> list[str]:
        """Questions about the newest articles that the archive answers, each of another kind.

        Fewer where it has fewer. Each is about another article, with which its answer begins.
        """
        plain = Assistant(self.archive)
        suggested: dict[str, str] = {}
        for article in self.archive.newest(8 * count):
            for kind, question in questions_about(article):
                if kind not in suggested and fits(plain.ask(question), article):
                    suggested[kind] = question
                    break
            if len(suggested) == count:
                break
        return list(suggested.values())

    def _answer(self, text: str, filters: Filters, asked: date | None) -> Answer:
        """The answer to a question that is whole, from what the filters let through."""
        question = Question(text)
        rankings = self.archive.rankings(text, filters=filters)
        newest = self.archive.overview().last if _LATEST.search(text) else None
        passages = self.archive.passages(rankings, READ, asked or newest, filters)
        topic = Topic(self.archive, question)
        evidence = gather(self.archive, question, topic, passages, asked)
        estimate = support(question, rankings, passages, evidence, asked)
        threshold = weights_for(asked).threshold
        unknown = self._unknown(question, passages)
        if unknown or _is_of_another_year(question, evidence):
            # Whatever is near is about others.
            estimate = min(estimate, threshold / 2)
        answer = Answer(
            text,
            "answered",
            estimate,
            passages=tuple(passages),
            filters=filters,
            matched=self._matched(question, passages),
        )
        if estimate < threshold:
            outcome, reason = self._why_not(question, unknown, passages, filters)
            return replace(answer, outcome=outcome, reason=reason)
        differing = disagreeing(question, topic, evidence)
        chosen = choose(question, topic, evidence)
        chosen = list(dict.fromkeys([chosen[0], *(each for each, _ in differing), *chosen[1:]]))
        statements = _statements(chosen, evidence, passages, estimate)
        return replace(
            answer,
            statements=statements,
            hedged=estimate < SURE,
            differences=_differences(differing, statements),
        )

    def _why_not(
        self,
        question: Question,
        unknown: Sequence[str],
        passages: Sequence[Passage],
        filters: Filters,
    ) -> tuple[Outcome, str]:
        """The kind of reason why there is no answer, and a sentence that says it."""
        if unknown:
            named = " and ".join(f"“{name}”" for name in unknown)
            return "name never appears", f"The archive does not say: it never mentions {named}."
        if passages:
            return "does not say", (
                "The archive does not say: the nearest articles do not answer the question."
            )
        if filters and self.archive.search(question.text, 1):
            return "outside the dates", (
                "The archive does not say within the dates and sources that are asked for; "
                "outside them it has articles that are near."
            )
        return "nothing found", "The archive has nothing on this."

    def _matched(
        self, question: Question, passages: Sequence[Passage]
    ) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The names of the question that the passages spell otherwise, with their spellings."""
        there = {
            word
            for passage in passages
            for word in _WORD.findall(f"{passage.article.title} {passage.text}")
        }
        found = [
            (name, tuple(each for each in word.spelled if each in there))
            for name in question.names
            for word in self.archive.query_words(name)
        ]
        return tuple((name, spellings) for name, spellings in found if spellings)

    def _unknown(self, question: Question, passages: Sequence[Passage]) -> list[str]:
        """The names of the question that the archive never mentions."""
        # Elsewhere nouns are written as names are.
        if not question.is_english:
            return []
        sources = self.archive.overview().sources
        return [
            name for name in question.names if name not in sources and not self._has(name, passages)
        ]

    def _has(self, name: str, passages: Sequence[Passage]) -> bool:
        asked = self.archive.query_words(name)
        if not all(word.known for word in asked):
            return False
        # A person may be called by the surname alone, and a long name by part of it.
        if len(asked) < 2 or len(asked) > _LONGEST_NAME or people(name):
            return True
        return any(
            _has_together(asked, each.article)
            for some in (passages, self.archive.search(name))
            for each in some
        )


def choose(question: Question, topic: Topic, evidence: Sequence[Sentence]) -> list[Sentence]:
    """The sentences that make the answer, in the order in which they are shown."""
    if question.asks_for_all:
        return _all_named(question, evidence)
    best = _first(evidence)
    chosen = [best]
    while len(chosen) < _MOST_STATEMENTS:
        covered = frozenset().union(*(each.covers for each in chosen))
        room = MOST_WORDS - sum(map(_length, chosen))
        worth = {
            each: each.score + _GAIN * topic.share(each.covers - covered)
            for each in evidence
            if _length(each) <= room
            and (each.answers or (each.covers and not question.speaker))
            and not each.asks
            and _adds(question, each, chosen)
        }
        enough = [each for each in worth if worth[each] >= best.score - _MARGIN]
        if not enough:
            break
        # A number or a day another source may give otherwise, or anew.
        bonus = 0.0 if question.is_exact else _GOES_ON
        goes_on = {each: bonus * (each.article.id == best.article.id) for each in enough}
        chosen.append(max(enough, key=lambda each: worth[each] + goes_on[each]))
    return chosen


def _first(evidence: Sequence[Sentence]) -> Sentence:
    """The best sentence, or one that is nearly as good where that alone is no short answer."""
    short = (each for each in evidence if _length(each) <= MOST_WORDS)
    first = next(short, evidence[0])
    return first if first.score >= evidence[0].score - _NEARLY else evidence[0]


def _all_named(question: Question, evidence: Sequence[Sentence]) -> list[Sentence]:
    """The best sentence, and those before and after it that go on naming others."""
    best = evidence[0]
    together = sorted(
        (each for each in evidence if each.article.id == best.article.id),
        key=lambda each: each.start,
    )
    at = together.index(best)
    chosen = [best]
    for onward in (together[at + 1 :], reversed(together[:at])):
        misses = 0
        for sentence in onward:
            room = MOST_WORDS_OF_A_LIST - sum(map(_length, chosen))
            if _length(sentence) <= room and _names_others(question, sentence, chosen):
                chosen.append(sentence)
                misses = 0
            elif (misses := misses + 1) > _MOST_MISSES:
                break
    return sorted(chosen, key=lambda each: each.start)


def _has_together(asked: Sequence[QueryWord], article: Article) -> bool:
    """Whether an article has all words of a name beside each other, in their order."""
    there = words(GENITIVE.sub("", f"{article.title}\n{article.text}"))
    return any(
        all(there[at + step] in word.forms for step, word in enumerate(asked))
        for at in range(len(there) - len(asked) + 1)
    )


def _is_of_another_year(question: Question, evidence: Sequence[Sentence]) -> bool:
    """Whether the question names a year, and the best article neither has it nor is of it."""
    if not evidence or not question.years:
        return False
    article = evidence[0].article
    told = set(_YEAR.findall(f"{article.title}\n{article.text}"))
    if article.published:
        told.add(str(article.published.day.year))
    return told.isdisjoint(question.years)


def _today() -> date:
    """The day by the clock and the zone of this computer, as its user counts it."""
    return datetime.now().astimezone().date()


def _length(sentence: Sentence) -> int:
    return len(sentence.text.split())


def _names_others(question: Question, sentence: Sentence, chosen: Sequence[Sentence]) -> bool:
    """Whether a sentence names someone or something new: after John Smith, Mr Smith is not."""
    named = {part for each in chosen for answer in each.answers for part in question.parts(answer)}
    return any(question.parts(answer)[-1] not in named for answer in sentence.answers)


def _adds(question: Question, sentence: Sentence, chosen: Sequence[Sentence]) -> bool:
    """Whether a sentence says something that the chosen ones do not."""
    # That somebody said something, or why, is no answer, only a sign of one.
    shows = question.kind not in ("said", "why") and sentence.answers
    if shows and not _names_others(question, sentence, chosen):
        return False
    own = set(words(sentence.text))
    if not own:
        return False
    return all(
        len(own & theirs) / min(len(own), len(theirs) or 1) < _SAME
        for theirs in (set(words(each.text)) for each in chosen)
    )


def _statements(
    chosen: Sequence[Sentence],
    evidence: Sequence[Sentence],
    passages: Sequence[Passage],
    estimate: float,
) -> tuple[Statement, ...]:
    """The chosen sentences, each cited from every source that has it in the same words.

    Copies of one agency text are one source: one is cited, with those others that have the
    sentence too.
    """
    best = max(each.score for each in chosen)
    copies = {passage.article.id: passage.copies for passage in passages}
    statements = []
    marker = 0
    for sentence in chosen:
        same = [each for each in evidence if each.wording == sentence.wording]
        citations: list[Citation] = []
        counted: set[str] = set()
        for each in (sentence, *same):
            if each.article.id in counted:
                continue
            others = copies.get(each.article.id, ())
            counted |= {each.article.id, *(other.id for other in others)}
            marker += 1
            span = each.start, each.end
            citations.append(cite(marker, each.article, span, each.marks, others))
        share = 1 / (1 + 0.1 * max(0.0, best - sentence.score))
        statements.append(Statement(tuple(citations), estimate * share))
    return tuple(statements)


def _differences(
    differing: Sequence[tuple[Sentence, str]], statements: Sequence[Statement]
) -> tuple[Difference, ...]:
    """The values that sources disagree on, with the markers of those who give them."""
    if not differing:
        return ()
    values = []
    for sentence, value in differing:
        [statement] = [each for each in statements if each.text == sentence.text][:1]
        values.append((value, tuple(citation.marker for citation in statement.citations)))
    return (Difference(tuple(values)),)
