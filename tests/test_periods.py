"""The days that words stand for, in questions and in articles."""

import re
from datetime import UTC, date, datetime

import pytest

from assistant.answer import Citation
from assistant.grammar import has_no_content
from assistant.periods import asked_period, compared_periods, days_of
from assistant.relative_days import dated_words
from corpus import Article
from corpus.article import Precision, Published
from index import Filters

# A Wednesday.
TODAY = date(2022, 6, 22)


@pytest.mark.parametrize(
    ("question", "words", "first", "last"),
    [
        ("Who resigned in August 2016?", "in August 2016", "2016-08-01", "2016-08-31"),
        ("Who said in May 2016 that Holm is full?", "in May 2016", "2016-05-01", "2016-05-31"),
        ("What rose in June 2019 because of it?", "in June 2019", "2019-06-01", "2019-06-30"),
        ("What burned in 2019?", "in 2019", "2019-01-01", "2019-12-31"),
        ("Who met on 21 August 2016?", "on 21 August 2016", "2016-08-21", "2016-08-28"),
        ("Who met on May 21st, 2016 in Holm", "on May 21st, 2016", "2016-05-21", "2016-05-28"),
        ("What fell during February 2020?", "during February 2020", "2020-02-01", "2020-02-29"),
        ("Which mills closed since March 2020?", "since March 2020", "2020-03-01", None),
        ("What was said before 2019-05-04?", "before 2019-05-04", None, "2019-05-03"),
        ("What was said until May 2019?", "until May 2019", None, "2019-05-31"),
        ("Who left from May 2019 to 2020?", "from May 2019 to 2020", "2019-05-01", "2020-12-31"),
        ("Which team lost this week?", "this week", "2022-06-15", "2022-06-22"),
        ("Which team lost last week?", "last week", "2022-06-13", "2022-06-22"),
        ("What did he say yesterday?", "yesterday", "2022-06-21", "2022-06-22"),
        ("Who retired on Tuesday?", "on Tuesday", "2022-06-21", "2022-06-22"),
        ("Who retired on Thursday?", "on Thursday", "2022-06-16", "2022-06-22"),
        ("What rose last month?", "last month", "2022-05-01", "2022-06-22"),
        ("What rose last year?", "last year", "2021-01-01", "2022-06-22"),
        ("Who left in 2019 and 2020?", "in 2019 and 2020", "2019-01-01", "2020-12-31"),
        ("Who left after 4 March 2022?", "after 4 March 2022", "2022-03-05", None),
        ("Who left at the end of May 2022?", "at the end of May 2022", "2022-05-01", "2022-05-31"),
        ("What did he say two weeks ago?", "two weeks ago", "2022-06-05", "2022-06-15"),
        ("What burned 3 days ago?", "3 days ago", "2022-06-19", "2022-06-22"),
        ("What fell in the last three days?", "in the last three days", "2022-06-19", "2022-06-22"),
        ("Who left two months ago?", "two months ago", "2022-04-01", "2022-04-30"),
        ("Who met on 20/03/2019?", "on 20/03/2019", "2019-03-20", "2019-03-27"),
        ("Who met on 3/20/2019?", "on 3/20/2019", "2019-03-20", "2019-03-27"),
        ("Who met on 3.4.2019?", "on 3.4.2019", "2019-04-03", "2019-04-10"),
        ("Who met on 2019/04/03?", "on 2019/04/03", "2019-04-03", "2019-04-10"),
        ("Who met on March 3-5, 2019?", "on March 3-5, 2019", "2019-03-03", "2019-03-12"),
        ("Who met on 3–5 March 2019?", "on 3–5 March 2019", "2019-03-03", "2019-03-12"),
        ("Who met between 10 and 15 March 2019?", "between 10 and 15 March 2019",
         "2019-03-10", "2019-03-15"),
        ("Who met from March 3rd to March 5th?", "from March 3rd to March 5th",
         "2022-03-03", "2022-03-05"),
        ("Who met in March of 2019?", "in March of 2019", "2019-03-01", "2019-03-31"),
        ("What burned in spring 2019?", "in spring 2019", "2019-01-01", "2019-12-31"),
        ("Who left in the summer of 2019?", "in the summer of 2019", "2019-01-01", "2019-12-31"),
        ("What burned in the first week of May 2019?", "in the first week of May 2019",
         "2019-05-01", "2019-05-31"),
        # Without a year it is the last one.
        ("What burned in March?", "in March", "2022-03-01", "2022-03-31"),
        ("Who left in late July?", "in late July", "2021-07-01", "2021-07-31"),
        ("What burned in the first week of May?", "in the first week of May",
         "2022-05-01", "2022-05-31"),
        ("What burned in the last week of May 2019?", "in the last week of May 2019",
         "2019-05-25", "2019-05-31"),
        ("What burned in the second half of 2019?", "in the second half of 2019",
         "2019-07-01", "2019-12-31"),
        ("What burned in the third quarter of 2019?", "in the third quarter of 2019",
         "2019-07-01", "2019-12-31"),
        ("What burned in the second half of February 2019?", "in the second half of February 2019",
         "2019-02-16", "2019-02-28"),
        ("What burned over the weekend?", "over the weekend", "2022-06-18", "2022-06-22"),
        ("What rose over the last year?", "the last year", "2021-01-01", "2022-06-22"),
        ("What rose in the past month?", "the past month", "2022-05-01", "2022-06-22"),
        ("since 2019 how many left?", "since 2019", "2019-01-01", None),
        # In other languages, what has a year.
        ("Was beschloss der Landtag im Mai 2019?", "Mai 2019", "2019-05-01", "2019-05-31"),
        ("¿Qué pasó el 5 de mayo de 2019?", "5 de mayo de 2019", "2019-05-05", "2019-05-12"),
        ("Что случилось 5 мая 2019 года?", "5 мая 2019", "2019-05-05", "2019-05-12"),
        ("2019年5月发生了什么？", "2019年5月", "2019-05-01", "2019-05-31"),
        ("What closed since Monday?", "since Monday", "2022-06-20", "2022-06-22"),
        ("Who left in March of last year?", "in March of last year", "2021-03-01", "2021-03-31"),
        ("Who left in March last year?", "in March last year", "2021-03-01", "2021-03-31"),
        ("Who left on 5 May this year?", "on 5 May this year", "2022-05-05", "2022-05-12"),
        ("What fell in the first half of last year?", "in the first half of last year",
         "2021-01-01", "2021-12-31"),
        ("Who left between November 2020 and February?", "between November 2020 and February",
         "2020-11-01", "2021-02-28"),
        ("Who left between November and February 2020?", "between November and February 2020",
         "2019-11-01", "2020-02-29"),
        ("Who left between 2024 and 2020?", "between 2024 and 2020", "2020-01-01", "2024-12-31"),
        ("Who left from 15 to 10 March 2019?", "from 15 to 10 March 2019",
         "2019-03-10", "2019-03-15"),
        ("Who left on Wednesday last week?", "on Wednesday last week", "2022-06-15", "2022-06-21"),
        ("Who left last week, on Friday?", "last week, on Friday", "2022-06-17", "2022-06-22"),
        ("Is it shut on Monday of last week?", "on Monday of last week",
         "2022-06-13", "2022-06-19"),
        ("What burned this weekend?", "this weekend", "2022-06-18", "2022-06-22"),
        ("What burned this past weekend?", "this past weekend", "2022-06-18", "2022-06-22"),
    ],
)  # fmt: skip
def test_days_that_a_question_asks_for(
    question: str, words: str, first: str | None, last: str | None
) -> None:
    period = asked_period(question, TODAY)
    assert (period.words, period.first and str(period.first), period.last and str(period.last)) == (
        words,
        first,
        last,
    )


@pytest.mark.parametrize(
    ("newest", "first"),
    [
        ("2022-06-20", "2022-05-03"),
        ("2020-11-03", "2020-05-03"),
        # It may have got nothing for a month.
        ("2020-04-20", "2020-05-03"),
        ("2020-04-01", "2019-05-03"),
        ("9999-12-31", "2022-05-03"),
    ],
)
def test_a_day_is_the_last_one_that_an_archive_may_have(newest: str, first: str) -> None:
    period = asked_period("What burned on 3 May?", TODAY, date.fromisoformat(newest))
    assert str(period and period.first) == first


@pytest.mark.parametrize(
    ("days", "named"),
    [
        ("in the first week of May 2019", "2019-05-07"),
        ("in the third quarter of 2019", "2019-09-30"),
        ("in the 4th quarter of 2019", "2019-12-31"),
        ("in the first half of 2020", "2020-06-30"),
        ("over the weekend", "2022-06-19"),
        ("last weekend", "2022-06-19"),
        ("this weekend", "2022-06-19"),
        ("on Tuesday of last week", "2022-06-14"),
        # There is no such part.
        ("in the third half of May 2019", "2019-05-31"),
    ],
)
def test_what_is_counted_ends_with_the_days_themselves(days: str, named: str) -> None:
    period = asked_period(f"How many articles appeared {days}?", TODAY)
    assert str(period and period.named) == named


@pytest.mark.parametrize(
    "question",
    [
        "Who won the 2020 election?",
        "Wer gewann die Wahl 2020?",
        "storm July 2020",
        "What did the May 2020 report say?",
        "Who scored in the Euro 2022 final?",
        "Who won in 2022 midterms?",
        "What will happen later this month?",
        "Who meets next Tuesday?",
        "What will happen on Friday?",
        "How high is it expected to climb in 2023?",
        "Which prices are higher than they were a year ago?",
        "Who led in the last week of the war?",
        "What opens every Tuesday?",
        "Who rides Tuesdays?",
        "Who is in charge of May Street?",
        "What is in room 2016a?",
        "Who lives in May Street?",
        "Who fell from 10 to 15 points?",
        "How many rose from 10 to 2019 of them?",
        "What did USA TODAY write of Holm?",
        "Who meets in March of next year?",
        "Who meets in August this coming year?",
        "Who meets on Monday of next week?",
        "Who meets on Friday this week?",
        "Who is on the Today show?",
        # Of the two days that this may be, neither.
        "Who met on 03/04/2019?",
    ],
)
def test_questions_that_ask_for_no_days(question: str) -> None:
    assert asked_period(question, TODAY) is None


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        (
            "How did the price change between May and July 2024?",
            {
                "How did the price change in May 2024?": "How did the price in May 2024?",
                "How did the price change in July 2024?": "How did the price in July 2024?",
            },
        ),
        (
            "How did Holm vote in 1971 and in 2025?",
            dict.fromkeys(["How did Holm vote in 1971?", "How did Holm vote in 2025?"]),
        ),
        (
            "Was it dearer in 2023 than in 2024?",
            dict.fromkeys(["Was it dearer in 2023?", "Was it dearer in 2024?"]),
        ),
        (
            "Was bread dearer in May or in July?",
            dict.fromkeys(["Was bread dearer in May?", "Was bread dearer in July?"]),
        ),
        (
            "Compare the harvests of 2023 and 2024",
            {
                "Compare the harvests in 2023": "the harvests in 2023",
                "Compare the harvests in 2024": "the harvests in 2024",
            },
        ),
        (
            "How did Rishi Chang see the risk at Niagara Falls develop between 2020 and 2021?",
            {
                f"How did Rishi Chang see the risk at Niagara Falls develop in {year}?": (
                    f"How did Rishi Chang see the risk at Niagara Falls in {year}?"
                )
                for year in (2020, 2021)
            },
        ),
        (
            "Rose Blum got how many votes in 2020 and in 2021?",
            dict.fromkeys(f"Rose Blum got how many votes in {year}?" for year in (2020, 2021)),
        ),
        (
            "What was the growth of Rosewood Developers in 2020 and 2021?",
            dict.fromkeys(
                f"What was the growth of Rosewood Developers in {year}?" for year in (2020, 2021)
            ),
        ),
        (
            "Did the price of bread rise in May or in July?",
            dict.fromkeys(f"Did the price of bread rise in {month}?" for month in ("May", "July")),
        ),
        ("How many were killed between May and July 2024?", {}),
        ("How many were killed in Fallujah between May and July 2024?", {}),
        ("How much did the developer of Rosewood pay from May to July 2024?", {}),
        ("What burned in the fall of 2020 and 2021?", {}),
        ("What changed in May 2024?", {}),
    ],
)
def test_two_periods_that_are_compared(question: str, sides: dict[str, str | None]) -> None:
    """Each side with what is asked for it, which is mostly the same."""
    compared = compared_periods(question)
    assert compared == {side: asked or side for side, asked in sides.items()}
    assert list(compared) == list(sides)


@pytest.mark.parametrize("words", ["last week", "last month", "last year", "two years ago"])
def test_no_days_before_the_calendar(words: str) -> None:
    assert asked_period(f"Who left {words}?", date(1, 1, 1)) is None


def test_a_period_keeps_the_other_filters() -> None:
    period = asked_period("Who left in May 2021?", TODAY)
    filters = Filters(sources=("Harbour Post",), as_of=date(2021, 6, 1))
    assert period.within(filters) == Filters(
        date(2021, 5, 1), date(2021, 5, 31), ("Harbour Post",), (), date(2021, 6, 1)
    )


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("It burned in May.", True),
        ("It burned in (May).", True),
        ("Mayor Blum saw it burn.", False),
        ("It may burn.", False),
        ("It burned in 2016.", True),
        ("2016年5月", True),
        ("It cost 120160 crowns.", False),
    ],
)
def test_a_month_or_a_year_is_told_in_whole_words(text: str, is_told: bool) -> None:
    period = asked_period("What burned in May 2016?", TODAY)
    assert period.is_told_in(Citation(1, article(text), 0, len(text))) == is_told


def article(text: str, precision: Precision = "day") -> Article:
    return Article(
        "a", "", text, published=Published(datetime(2016, 8, 21, tzinfo=UTC), precision, "page")
    )


@pytest.mark.parametrize(
    ("text", "days"),
    [
        # 21 August 2016 was a Sunday.
        ("They met [yesterday] in Holm.", "08-20"),
        ("Firing began [on Tuesday evening].", "08-16"),
        ("It burned [Sunday].", "08-21"),
        ("It burned [last Sunday].", "08-14"),
        ("The council will vote [on Tuesday].", "08-23"),
        ("They meet [next Monday].", "08-22"),
        ("Prices rose [last month].", "07-01 07-31"),
        ("Prices rose [last week].", "08-08 08-14"),
        ("Blum, who was elected in 2011, said [on Tuesday] that it began in 1998.", "08-16"),
        ("[On Tuesday night] in 2016 the war ended.", "08-16"),
        ("[On Monday last week] it burned.", "08-08"),
        ("[On Monday evening of last week] it burned.", "08-08"),
        ("[Last week, on Monday], it burned.", "08-08"),
        ("It will open [on Tuesday next week].", "08-23"),
        ("They will not pay, Blum said [on Friday].", "08-19"),
        ("It will open in June, Falk told parliament [on Friday].", "08-19"),
        ("She said it would stay in port until [Friday].", "08-26"),
        ("The storm was forecast to reach Holm [on Friday].", "08-26"),
        ("[On Friday], the council will vote.", "08-26"),
        ("The plan, which will cost much, was approved [on Friday].", "08-19"),
        ("The final is [this Friday].", "08-26"),
        ("Results are expected [on Sunday].", "08-21"),
        ("[On Friday] Anna Blum resigned.", "08-19"),
        ("The plan was approved [on Sunday].", "08-21"),
        ("𝔘𝔫 soir — é — [tonight]!", "08-21"),
        # Words of what is to come beside something that is over.
        ("Police held three men [on Tuesday] ahead of the vote.", "08-16"),
        ("A strike planned for months was called off late [on Thursday].", "08-18"),
        ("The mayor was shot [on Friday] as she left a talk on the plan to build.", "08-19"),
        ("The train that leaves at six crashed [on Tuesday morning].", "08-16"),
        ("Thousands fled [on Saturday] until the fire was out.", "08-20"),
        ("She plans to appeal the verdict given [on Tuesday].", "08-16"),
        ("The hearing was held [this Friday].", "08-19"),
        ("The law takes effect [on Tuesday].", "08-23"),
        ("The bridge, where a girl drowned, is to be rebuilt [on Friday].", "08-26"),
        ("He vanished [the day before yesterday].", "08-19"),
        # Verbs that are the same in the past: as the verb that they go with, if it tells.
        ("Five people were killed when shells hit a hall [on Tuesday].", "08-16"),
        ("Fares rose when companies put up prices [on Tuesday].", "08-16"),
    ],
)
def test_relative_dates_in_an_article(text: str, days: str) -> None:
    """The words in brackets stand for the first to the last of the days."""
    before = "Earlier on Monday, nothing. "
    begin, words, end = re.split(r"[\[\]]", text)
    long = article(before + begin + words + end)
    [found] = dated_words(long, len(before), len(long.text))
    assert long.text[found.start : found.end] == words
    first, *_, last = days.split() * 2
    assert (str(found.first), str(found.last)) == (f"2016-{first}", f"2016-{last}")


@pytest.mark.parametrize(
    "text",
    [
        "Sales on Black Friday rose.",
        "It closes every Monday.",
        "They met on Tuesday, August 16, in Holm.",
        "They met on Tuesday 16 August.",
        "Mondays are quiet.",
        "The Sunday Times and USA Today wrote of it.",
        "He spoke on the “Today” show.",
        "Prices rose over the last year.",
        "The Tuesday Club met.",
        "She had been due to appear on Tuesday.",
        "The strike may have ended on Tuesday.",
        # Six days off: a report that was mended on the day after, and the caption of yesterday.
        "Police held three men on Monday.",
        "The mayor is seen on Saturday at the town hall.",
        "A hearing was set for Friday.",
        "He faces ten years in prison after his arrest on Monday.",
        "She leads by fewer votes than on Sunday.",
        "The museum is open from Tuesday to Sunday.",
        "The office was shut from Monday to Friday.",
        "Doctors quit on Monday after a row.",
        "The funeral will be held on Thursday week.",
        "The council meets a week on Friday.",
        "She was last seen on the Saturday before last.",
        "He left two weeks ago last Sunday.",
        "It was opened on a Thursday in May.",
        "On Tuesday night in 1945 the war ended.",
        "In May 1945, on Tuesday, the war ended.",
        "On Tuesday, 1998, he died.",
        "On Tuesday, 16 years ago, he died.",
    ],
)
def test_words_that_are_no_relative_dates(text: str) -> None:
    assert dated_words(article(text), 0, len(text)) == ()


def test_a_weekday_where_nothing_reads_verbs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.grammar._pipeline", lambda: None)
    text = "They met on Friday at Holm, as they did last Friday."
    [found] = dated_words(article(text), 0, len(text))
    assert text[found.start : found.end] == "last Friday"
    assert not has_no_content(text, 0, 4)


def test_a_pronoun_or_an_auxiliary_answers_nothing() -> None:
    text = "Blum did eat it, and she was right."
    for words, is_one in (("did", True), ("she was", True), ("right", False), ("Blum did", False)):
        start = text.index(words)
        assert has_no_content(text, start, start + len(words)) is is_one


def test_nothing_is_relative_to_a_month() -> None:
    text = "They met yesterday."
    assert dated_words(article(text, "month"), 0, len(text)) == ()
    assert dated_words(Article("a", "", text), 0, len(text)) == ()


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("2022", ("2022-01-01", "2022-12-31")),
        ("May 2024", ("2024-05-01", "2024-05-31")),
        ("2024-02", ("2024-02-01", "2024-02-29")),
        (" 21  August 2016 ", ("2016-08-21", "2016-08-21")),
        ("2016-08-21", ("2016-08-21", "2016-08-21")),
        ("04/04/2022", ("2022-04-04", "2022-04-04")),
        ("Yesterday", ("2022-06-21", "2022-06-21")),
        ("last week", ("2022-06-13", "2022-06-19")),
        ("last Monday", ("2022-06-20", "2022-06-20")),
        ("today", ("2022-06-22", "2022-06-22")),
    ],
)
def test_days_by_what_they_are_called(words: str, days: tuple[str, str]) -> None:
    found = days_of(words, TODAY)
    assert found is not None
    assert tuple(map(str, found)) == days


@pytest.mark.parametrize(
    "words",
    [
        "",
        "May",
        "31 June 2022",
        "a/b/c",
        "1//2022",
        "03/04/2022",
        "some day",
        "yesterday’s news",
        "x" * 999,
    ],
)
def test_no_days(words: str) -> None:
    assert days_of(words, TODAY) is None
