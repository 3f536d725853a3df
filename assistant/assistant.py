"""Asking an archive: from a question to an answer made of the archive's own sentences."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import chain

from assistant import mentions
from assistant.answer import Answer, Turn
from assistant.assembling import (
    BY_ITS_WORDS,
    FOUND,
    by_reading,
    distinct,
    sides,
    stated,
    statements_of,
    together,
    unmarked,
)
from assistant.choosing import having_all
from assistant.conversation import Contextual, contextual, going_on
from assistant.evidence import TextReader, by_words, read
from assistant.holdings import holding, listed, on_keywords, on_topic
from assistant.language_model import Model, ModelError
from assistant.languages import not_english
from assistant.periods import asked_period, current_day, without_dates
from assistant.pointing import Understood, chosen, failed, understood
from assistant.question import Question
from assistant.refusing import why_not
from assistant.story import later_reports
from assistant.suggestions import first_questions
from assistant.support import SURE, THRESHOLD, support
from assistant.topics import asked_topic, more
from assistant.wording import gettext
from corpus.encoding import without_halves
from corpus.languages import in_latin_letters
from index import Archive, Filters, Passage
from index.checks import day, must_be, several, whole
from index.passage import check

READ = 8
"""How many passages are read for a question."""

# The score of a passage of another article is multiplied by this in a follow-up.
_OF_ANOTHER_STORY = 0.6

_CAN_BE_CHOSEN = ("answered", "does not say")
# How many passages are added for each further search of a language model.
_READ_BESIDE = 3


class Assistant:
    """Answers questions from an archive.

    An answer's statements are sentences of the archive, verbatim. The ``reader`` finds the
    sentences that answer, and the words in them: it is the reader that comes with the project, the
    name of another (see ``assistant.reader.model``), or an object with the same methods. The
    ``second`` reader reads the best few sentences again. Beside the project's own reader it is that
    of ``assistant.reader.second``, if that was put together. If the best evidence is too weak, the
    answer says so. A language ``model``, if there is one, chooses among the sentences.
    """

    def __init__(
        self,
        archive: Archive,
        model: Model | None = None,
        reader: str | TextReader | None = None,
        second: TextReader | None = None,
    ) -> None:
        must_be("archive", archive, Archive, "an open one, such as Archive.open('archive')")
        self.archive = archive
        self.model = model
        self._reader = reader
        self._second = second
        self._lock = threading.Lock()

    @property
    def reader(self) -> TextReader:
        """The reading model, loaded when it is first needed."""
        return self._models()[0]

    def _models(self) -> tuple[TextReader, TextReader | None]:
        """The reader and the second reader, loaded when they are first needed."""
        with self._lock:
            if self._reader is None or isinstance(self._reader, str):
                from assistant.reader import second
                from assistant.reader.model import DEFAULT, Reader

                self._reader = Reader(self._reader or DEFAULT)
                if self._second is None and self._reader.name == DEFAULT:
                    self._second = second.load()
            return self._reader, self._second

    def chosen_by(self, model: Model | None) -> "Assistant":
        """An assistant for the same archive whose sentences another model chooses, or none."""
        return Assistant(self.archive, model, *self._models())

    def over(self, archive: Archive) -> "Assistant":
        """An assistant for another archive with the same reading and choosing models."""
        return Assistant(archive, self.model, *self._models())

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

        What a follow-up leaves out is taken from ``history``, the earlier turns in their order.
        Dates in the question become filters, unless ``read_filters`` is off or ``filters`` has
        dates; "last week" is counted from ``today``. With ``as_typed`` nothing is added to the
        question or searched for beside it. Raises ValueError for a question without a word in it,
        and TypeError for an argument of another type.
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
        """Yield the answer at once, and then, if there is a model, the answer that it chooses.

        ``ask`` returns the last one. The model is asked at most twice: first what to search for, if
        a conversation goes on or the archive hardly answers; then which sentences answer.
        """
        check("question", question, filters)
        filters, today = filters or Filters(), day("today", today)
        history = () if as_typed else several("history", history, Turn, "turns such as answer.turn")

        def extract(understood: Contextual) -> Answer:
            return self._extract(question, understood, filters, read_filters, today)

        def ask_alone(text: str) -> Answer:
            return self.chosen_by(None).ask(text, filters, (), read_filters, today)

        if not as_typed and (further := more(self.archive, ask_alone, question, history, filters)):
            return iter([further])
        answer = extract(contextual(question, history))
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
        extract: Callable[[Contextual], Answer] | None,
        today: date | None,
    ) -> Iterator[Answer]:
        """The answer, and then the model's choice; with ``extract`` the model searches first."""
        yield answer
        if extract is not None:
            try:
                understanding = understood(model, answer.question, history)
            except ModelError as error:
                yield failed(model, answer, str(error))
                return
            answer = self._search_further(answer, understanding, extract, today)
        yield chosen(model, answer, history, today)

    def _search_further(
        self,
        answer: Answer,
        understanding: Understood,
        extract: Callable[[Contextual], Answer],
        today: date | None,
    ) -> Answer:
        """The answer to the question as the model understood it, with what it searched for."""
        if understanding.question not in (answer.question, answer.standalone):
            again = extract(Contextual(understanding.question, understanding.question))
            # A model may put a name into the question that the archive never mentions.
            answer = again if again.outcome in _CAN_BE_CHOSEN else answer
        passages = list(answer.passages)
        for text in understanding.search:
            beside = self.archive.search(text, _READ_BESIDE, answer.filters, asked=today)
            places = {(passage.article.id, passage.start) for passage in passages}
            passages += (new for new in beside if (new.article.id, new.start) not in places)
        return replace(answer, passages=tuple(passages), searched=understanding.search)

    def _extract(
        self,
        question: str,
        understood: Contextual,
        filters: Filters,
        read_filters: bool,
        today: date | None,
    ) -> Answer:
        """The answer in the archive's own sentences, part by part of the question."""
        if not any(character.isalnum() for character in question):
            raise ValueError("The question is empty: ask about something in the archive.")
        # A terminal may pass on half of a surrogate pair, which cannot be encoded.
        understood = understood.changed(_encodable)
        parts = {side: understood.part(text) for side, text in sides(understood.asked).items()}
        answer_of: dict[str, Answer] = {}
        # A part that names nobody comes last: it is about the people whom the other parts name.
        for side, part in sorted(parts.items(), key=lambda item: not item[1].alone):
            contextual_part = going_on(part, [answer.turn for answer in answer_of.values()])
            answer_of[side] = self._in_its_days(contextual_part, filters, read_filters, today)
        answers = [answer_of[side] for side in parts]
        if len(parts) > 1 and not any(answer.statements for answer in answers):
            answers = [self._in_its_days(understood, filters, read_filters, today)]
        answer = together(list(parts), answers) if len(answers) > 1 else answers[0]
        standalone = (answer.standalone if len(answers) == 1 else "") or understood.whole
        return replace(answer, question=_encodable(question), standalone=standalone)

    def _in_its_days(
        self, part: Contextual, filters: Filters, read_filters: bool, today: date | None
    ) -> Answer:
        """The answer to one question, from the days that it names, if it names any."""
        period = None
        if read_filters and not (filters.after or filters.before):
            now = today or filters.as_of or current_day()
            period = asked_period(part.asked, now, self.archive.overview().last)
        if period is None:
            answer = self._in_its_story(part, filters, today)
        else:
            undated = part.changed(period.left_of)
            if request := holding(part.asked, period):
                days = replace(period, last=period.named)
                counted = listed(self.archive, request, undated.asked, days.within(filters))
                # A count in those days is the answer; its articles need not contain "in 2024".
                if counted and (counted.statements or not request.is_ordered):
                    return replace(counted, read=Filters(days.first, days.last))
                period = days if period.is_long else period
            answer = self._answer(undated, period.within(filters), today)
        if period and not answer.statements and not period.relative:
            # An article of that year may say "in 2024" in so many words.
            answer = self._answer(part, period.within(filters), today)
        # Articles of other days may tell of those days. But if the archive has this week's news,
        # which does not answer, the news of another week is no answer.
        if period and not answer.statements and not (period.relative and answer.passages):
            undated = part.changed(partial(period.left_of, relative=True))
            anywhere = self._answer(undated, filters, today)
            if anywhere.statements and (
                period.relative or period.is_told_in(anywhere.citations[0])
            ):
                note = gettext(
                    "Nothing that was published %(period)s answers this; older or later articles "
                    "do.",
                    period=period,
                )
                notes = anywhere.notes if period.guessed else (*anywhere.notes, note)
                answer, period = replace(anywhere, notes=notes), None
        return replace(answer, read=Filters(period.first, period.last) if period else Filters())

    def _in_its_story(self, part: Contextual, filters: Filters, today: date | None) -> Answer:
        """The answer to a follow-up, from the articles of the last answer if they surely give it.

        Newer articles that go on with their story are read with them. If these do not answer, the
        whole archive is searched. That answer replaces the first only if its support is higher and
        its article has all the names of the story, if it has any: "she" is never somebody from
        another story. A question that need not belong to the story leaves it if the story's
        articles do not answer it.
        """
        story = part.articles or part.story
        if not story or filters.articles:
            return self._answer(part, filters, today)
        passages = self.archive.search(part.before or part.whole, READ, filters, asked=today)
        later = later_reports(self.archive, story, passages)
        within = replace(filters, articles=tuple(sorted(story | later)))
        near = replace(self._answer(part, within, today), filters=filters)
        whole = part.whole
        if part.before:
            whole = f"{part.before} {part.asked[:1].upper()}{part.asked[1:]}"
            near = replace(near, standalone=whole)
        if near.statements and not near.hedged:
            return near
        anywhere = self._answer(part, filters, today)
        named = mentions.capitalised(whole, near.passages)
        is_better = anywhere.support > near.support and mentions.are_all_in(named, anywhere)
        is_new = bool(part.before) and not near.statements
        return anywhere if is_better or is_new else near

    def suggest_questions(
        self, count: int = 4, go_on: Callable[[], bool] = lambda: True
    ) -> list[str]:
        """Questions about the newest articles that the archive answers, each of another kind.

        There may be fewer than ``count``. Each is about another article, with which its answer
        begins. No more are tried once ``go_on`` returns false.
        """
        count = whole("count", count)
        others_in = partial(mentions.others_in, self.archive)
        newest = self.archive.newest(12 * count)
        return first_questions(self.chosen_by(None).ask, newest, others_in, count, go_on)

    def _answer(self, understood: Contextual, filters: Filters, today: date | None) -> Answer:
        """The answer to one question, from the articles that the filters let through."""
        text = understood.asked
        request = holding(text)
        counted = listed(self.archive, request, text, filters) if request else None
        topic = request.near if request else asked_topic(text)
        # An article on "the latest on the talks" may use other words; a count is final.
        is_final = request and not (topic or request.is_ordered)
        if counted and (counted.outcome != "nothing found" or is_final):
            return counted
        question = Question(text)
        if topic and not topic.fact:
            found = on_topic(self.archive, topic, text, filters, today) or counted
            if found:
                return found
        query_words = self.archive.query_words(text)
        within = mentions.within_source(self.archive, question, filters)
        passages = self._passages_for(understood, within, today)
        question = Question(mentions.capitalised(text, passages))
        text_read = mentions.respelled(self.archive, question, passages)
        reader, second = self._models()
        evidence = read(self.archive, reader, text_read, passages, second)
        evidence = mentions.others_last(self.archive, question, evidence)
        nearest = evidence[0].article if evidence else None
        texts = [text, *(sentence.text for sentence in evidence[:1])]
        is_read = not reader.latin_only or all(map(in_latin_letters, texts))
        estimate = support(evidence)
        if not is_read:
            evidence, estimate = by_words(query_words, evidence)
        if evidence:
            estimate = mentions.limited(self.archive, question, evidence[0], estimate)
        is_refused = estimate < THRESHOLD
        matches = []
        if is_refused and question.is_keywords:
            # An article need not write its own date.
            undated_words = self.archive.query_words(without_dates(text)) or query_words
            matches = having_all(undated_words, evidence)
        found = None
        if topic and topic.fact and estimate < SURE:
            found = on_topic(self.archive, topic, text, filters, today)
        elif question.is_keywords and not topic and not matches and estimate < SURE:
            found = on_keywords(self.archive, text, filters, today, unanswered=is_refused)
        if found:
            return found
        answer = Answer(
            text,
            "answered",
            estimate,
            passages=tuple(by_reading(passages, evidence)),
            filters=filters,
            matched=mentions.matched(self.archive, question, passages),
        )
        if matches:
            statements = statements_of(matches, evidence, estimate)
            return replace(answer, statements=statements, reason=gettext(FOUND))
        if is_refused:
            outcome, reason = why_not(self.archive, question, evidence, passages, filters)
            notes = not_english(question, nearest) if reader.latin_only else ()
            return replace(answer, outcome=outcome, reason=reason, notes=notes)
        comparable = mentions.comparable(self.archive, question, evidence)
        answer = stated(answer, question, query_words, evidence, comparable, today)
        if not is_read:
            notes = (gettext(BY_ITS_WORDS), *answer.notes)
            statements = tuple(map(unmarked, answer.statements))
            answer = replace(answer, statements=statements, notes=notes)
        elif estimate < SURE and reader.latin_only:
            answer = replace(answer, notes=(*not_english(question, nearest), *answer.notes))
        return replace(answer, hedged=estimate < SURE)

    def _passages_for(
        self, understood: Contextual, filters: Filters, today: date | None
    ) -> list[Passage]:
        """The passages to read for a question and, if it goes on, for the completed question."""
        texts = understood.searched
        passages = [*chain.from_iterable(self._passages(text, filters, today) for text in texts)]
        if understood.articles and not understood.alone:
            passages = [
                passage
                if passage.article.id in understood.articles
                else replace(passage, score=passage.score * _OF_ANOTHER_STORY)
                for passage in passages
            ]
        return distinct(passages) if len(texts) > 1 else passages

    def _passages(self, text: str, filters: Filters, today: date | None) -> list[Passage]:
        """The passages to read for a text, with no discount for further passages of one article."""
        return self.archive.search(text, READ, filters, asked=today, discount=1.0)


def _encodable(text: str) -> str:
    return without_halves(text.strip())
