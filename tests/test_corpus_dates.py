"""Dates and datelines: what is certain, how it is known, and nothing guessed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.datelines import Dateline, prose_start, read_dateline
from corpus.dates import best_date, date_in_line, date_in_path, parse_date
from corpus.other_calendars import day_of_other_calendar


@pytest.mark.parametrize(
    ("written", "read", "precision"),
    [
        ("2016-08-21", "2016-08-21", "day"),
        ("2016-08-21T10:30:00Z", "2016-08-21T10:30:00+00:00", "instant"),
        ("2016-08-21T10:30:00.123+03:00", "2016-08-21T10:30:00+03:00", "instant"),
        ("2016-08-21 10:30:00 -0500", "2016-08-21T10:30:00-05:00", "instant"),
        ("2016-08-21T23:59:60Z", "2016-08-21T23:59:59+00:00", "instant"),
        ("20160821T103000Z", "2016-08-21T10:30:00+00:00", "instant"),
        ("Sun, 21 Aug 2016 10:30:00 +0300", "2016-08-21T10:30:00+03:00", "instant"),
        ("Sun, 21 Aug 2016 10:30:00 GMT", "2016-08-21T10:30:00+00:00", "instant"),
        ("Sun Aug 21 10:30:00 +0000 2016", "2016-08-21T10:30:00+00:00", "instant"),
        ("March 3, 2025 10:30 p.m. EST", "2025-03-03T22:30:00-05:00", "instant"),
        ("Published on 3 March 2025 at 10:30 UTC", "2025-03-03T10:30:00+00:00", "instant"),
        # Without a zone only the publisher's day is certain; midnight is a day.
        ("2016-08-21T10:30:00", "2016-08-21", "day"),
        ("2016-08-21 00:00:00", "2016-08-21", "day"),
        ("2016-08-21T00:00:00+02:00", "2016-08-21", "day"),
        (1471775400, "2016-08-21T10:30:00+00:00", "instant"),
        ("1471775400", "2016-08-21T10:30:00+00:00", "instant"),
        (1471775400000, "2016-08-21T10:30:00+00:00", "instant"),
        (1471775400.75, "2016-08-21T10:30:00+00:00", "instant"),
        (1471737600, "2016-08-21", "day"),
        (20160821, "2016-08-21", "day"),
        ("20160821103000", "2016-08-21", "day"),
        ("201608211030", "2016-08-21", "day"),
        (201608211030, "2016-08-21", "day"),
        ("20160821T1030Z", "2016-08-21T10:30:00+00:00", "instant"),
        (200000000000, "1976-05-03T19:33:20+00:00", "instant"),
        ("Sun, 21 Apr 96 10:30:00 EDT", "1996-04-21T10:30:00-04:00", "instant"),
        ("2. 5. 2024", "2024-05-02", "day"),
        ("1. 12. 2023 um 9 Uhr", "2023-12-01", "day"),
        ("2024.05.02.", "2024-05-02", "day"),
        ("2024. 5. 2.", "2024-05-02", "day"),
        ("02.05.2024. u 12:30", "2024-05-02", "day"),
        ("2.5.2024 klo 12.30", "2024-05-02", "day"),
        ("Do., 02.05.2024", "2024-05-02", "day"),
        ("čt 2. 5. 2024", "2024-05-02", "day"),
        ("le 02/05/2024", "2024-05-02", "day"),
        ("until 02.05.2024", None, None),
        ("21 Aug 2016", "2016-08-21", "day"),
        ("21-Aug-2016", "2016-08-21", "day"),
        ("Aug. 21, 2016", "2016-08-21", "day"),
        ("August 21, 2016", "2016-08-21", "day"),
        ("Sunday, August 21st, 2016", "2016-08-21", "day"),
        ("Sunday 21 August 2016", "2016-08-21", "day"),
        ("the 21st", None, None),
        ("12 juin 2025", "2025-06-12", "day"),
        ("1er août 2016", "2016-08-01", "day"),
        ("21 de agosto de 2016", "2016-08-21", "day"),
        ("21. März 2016", "2016-03-21", "day"),
        ("21. elokuuta 2016", "2016-08-21", "day"),
        ("Ngày 21 tháng 8, 2016", "2016-08-21", "day"),
        ("21. listopada 2016", None, None),  # in Polish in November, in Croatian in October
        ("21 августа 2016", "2016-08-21", "day"),
        ("٢١ أغسطس ٢٠١٦", "2016-08-21", "day"),
        ("3 марта 2021 г., 14:30", "2021-03-03", "day"),
        ("2016年8月21日", "2016-08-21", "day"),
        ("2016/08/21", "2016-08-21", "day"),
        ("21/08/2016", "2016-08-21", "day"),
        ("08/21/2016", "2016-08-21", "day"),
        ("03.04.2025", "2025-04-03", "day"),
        ("05/05/2025", "2025-05-05", "day"),
        ("03/04/2025", "2025", "year"),
        ("3/15/21", "2021-03-15", "day"),
        ("31.12.99 14:05", "1999-12-31", "day"),
        ("21-Aug-16", "2016-08-21", "day"),
        ("3/4/21", "2021", "year"),
        ("16-08-21", None, None),
        ("2016-08", "2016-08", "month"),
        ("August 2016", "2016-08", "month"),
        ("201608", "2016-08", "month"),
        ("2016", "2016", "year"),
        (2016, "2016", "year"),
        ("1871-05-21", "1871-05-21", "day"),
        ("2031-01-01", "2031-01-01", "day"),
        ("2025-02-30", None, None),
        ("31/31/2025", None, None),
        ("2025-13-01", None, None),
        ("2025-03-03T25:00:00Z", None, None),
        ("0001-01-01", None, None),
        ("1400/01/15", None, None),  # of a calendar that begins later
        ("1970-01-01T00:00:00Z", None, None),  # where computers begin to count
        ("1970-01-01T00:00:00", None, None),
        ("1970-01-01T12:00:00Z", "1970-01-01T12:00:00+00:00", "instant"),
        ("1970-01-01", "1970-01-01", "day"),
        ("9999-12-31", None, None),
        (0, None, None),
        (True, None, None),
        (float("nan"), None, None),
        (float("inf"), None, None),
        (10**400, None, None),
        ("yesterday", None, None),
        ("two days ago", None, None),
        ("March", None, None),
        ("12 points 2025", None, None),
        ("", None, None),
        (None, None, None),
        ({"day": 1}, None, None),
    ],
)
def test_a_date_is_read_as_exactly_as_it_is_certain(
    written: object, read: str | None, precision: str | None
) -> None:
    published = parse_date(written, "metadata")
    assert (published and str(published)) == read
    assert (published and published.precision) == precision
    assert published is None or published.value.tzinfo is not None


@pytest.mark.parametrize(
    ("language", "read"),
    [("en-US", "2025-03-04"), ("en-GB", "2025-04-03"), ("fr", "2025-04-03"), ("en", "2025")],
)
def test_the_language_decides_between_day_first_and_month_first(language: str, read: str) -> None:
    assert str(parse_date("03/04/2025", "metadata", language)) == read


@pytest.mark.parametrize("written", ["3 มีนาคม 2564", "3/3/2564", "2564-03-03"])
def test_years_in_thai_are_of_the_calendar_of_thailand(written: str) -> None:
    assert str(parse_date(written, "metadata", "th")) == "2021-03-03"
    assert parse_date("29 กุมภาพันธ์ 2564", "metadata", "th") is None


@pytest.mark.parametrize(("language", "read"), [("pl", "2016-11-21"), ("hr", "2016-10-21")])
def test_the_language_decides_which_month_a_name_is(language: str, read: str) -> None:
    assert str(parse_date("21. listopada 2016", "metadata", language)) == read


@given(st.text() | st.integers() | st.floats())
def test_no_value_makes_it_fail(value: object) -> None:
    published = parse_date(value, "dateline")
    assert published is None or 1400 <= published.value.year <= 2200


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31)))
def test_any_day_is_read_back(day: date) -> None:
    for written in (day.isoformat(), day.strftime("%d %b %Y"), day.strftime("%B %d, %Y")):
        published = parse_date(written, "metadata")
        assert published.day == day


@pytest.mark.parametrize(
    ("language", "line", "read"),
    [
        ("fr", "ORVAL, le 9 mai 2024 (AFP) – Le pont ferme.", ("2024-05-09", "ORVAL", "AFP")),
        ("de", "ORLAU, 7. Mai 2024 (dpa/lno) – Alles gut.", ("2024-05-07", "ORLAU", "dpa/lno")),
        ("uk", "ОРЛІВ, 5 травня 2024 р. (Вісті) – Міст закрито.", ("2024-05-05", "ОРЛІВ", "Вісті")),
        ("uk", "ОРЛІВ, 5 травня 2024 року – Міст закрито.", ("2024-05-05", "ОРЛІВ", None)),
        ("ru", "ОРЛОВ, 5 мая 2024 года (ТАСС) – Мост закрыт.", ("2024-05-05", "ОРЛОВ", "ТАСС")),
        ("he", "אורל, 3 במאי 2024 (קול) – הגשר נסגר.", ("2024-05-03", "אורל", "קול")),
        ("ar", "أورل، ٣ مايو ٢٠٢٤ (قلم) – أغلق الجسر.", ("2024-05-03", "أورل", "قلم")),
        ("ar", "أورل، 3 أيار/مايو 2024 – أغلق الجسر.", ("2024-05-03", "أورل", None)),
        ("ar", "أورل، 3 أيار 2024 – أغلق الجسر.", ("2024-05-03", "أورل", None)),
        ("fa", "اورل، ۱ فروردین ۱۴۰۳ (قلم) – پل بسته شد.", ("2024-03-20", "اورل", "قلم")),
        ("fa", "اورل، 5 مه 2024 – پل بسته شد.", ("2024-05-05", "اورل", None)),
        ("hi", "ओरल, 14 मई 2024 (कलम) – पुल बंद है।", ("2024-05-14", "ओरल", "कलम")),
        ("lt", "ORLAS, 2024 m. gegužės 14 d. – Tiltas uždarytas.", ("2024-05-14", "ORLAS", None)),
        ("zh", "新华社奥城2024年5月14日电 大桥通车。", ("2024-05-14", "奥城", "新华社")),
        ("ja", "（令和7年1月25日）橋が開いた。", ("2025-01-25", None, None)),
        # Until then, since then, no such day, and prose.
        ("fr", "ORVAL, jusqu'au 9 mai 2024 – Le pont ferme.", None),
        ("it", "ORLA, dal 5 maggio 2024 – Il ponte chiude.", None),
        ("nl", "ORLE, vanaf 5 mei 2024 – De brug is dicht.", None),
        ("fa", "اورل، 30 اسفند 1402 – پل بسته شد.", None),
        ("zh", "（奥城讯）2024年5月14日，大桥通车。", None),
        ("ar", "قال الوزير (سالم) – أغلق الجسر.", None),
        ("en", "ORL, 5 травня 2024 року – The bridge is shut.", None),
    ],
)  # fmt: skip
def test_a_dateline_as_its_language_writes_it(
    language: str, line: str, read: tuple[str, str | None, str | None] | None
) -> None:
    found = read_dateline(line, language)
    day, place, source = read or (None, None, None)
    assert (found.published and str(found.published)) == day
    assert found.published is None or found.published.how == "dateline"
    if read:
        assert (found.place, found.source) == (place, source)


def test_the_language_of_a_dateline_is_told_from_its_line() -> None:
    line = "ОРЛІВ, 5 травня 2024 року (Вісті) – Міст через річку закрито до кінця літа."
    assert str(read_dateline(line).published) == "2024-05-05"
    assert line[prose_start(line) or 0 :] == "Міст через річку закрито до кінця літа."


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1 فروردین 1300", date(1921, 3, 21)),
        ("22 بهمن ماه 1357", date(1979, 2, 11)),
        ("30 اسفند 1403", date(2025, 3, 20)),
        ("31 مهر 1403", None),
        ("1 مهر 2024", None),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("昭和20年2月30日", None),
    ],
)
def test_days_of_other_calendars(written: str, day: date | None) -> None:
    assert day_of_other_calendar(written) == day


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("/2016/08/21/meeting", "2016-08-21"),
        ("/world/2016/aug/21/meeting", "2016-08-21"),
        ("/news/2016-08-21-meeting.html", "2016-08-21"),
        ("/story/20160821.html", "2016-08-21"),
        ("paper/2016_08_21.txt", "2016-08-21"),
        ("/2016/08/meeting", "2016-08"),
        ("/story/71600370007/", None),
        ("/2016/13/45/x", None),
        ("20160821103000.html", None),
        ("/plan-for-2030/", None),
        ("/2016/the/12/", None),
    ],
)
def test_the_date_in_a_path(path: str, read: str | None) -> None:
    published = date_in_path(path)
    assert (published and str(published)) == read
    assert published is None or published.how == "url"


def test_the_most_trusted_date_wins_unless_another_says_the_same_more_exactly() -> None:
    month = parse_date("2016-08", "url")
    inside = parse_date("21 Aug 2016", "dateline")
    outside = parse_date("3 September 2016", "dateline")
    assert best_date([None, month, inside]) == inside
    assert best_date([month, outside]) == month
    assert best_date([inside, parse_date("2016-08-22", "metadata")]) == inside
    assert best_date([None]) is None


@pytest.mark.parametrize(
    ("line", "day", "source", "place", "author"),
    [
        ("21 Aug 2016 – BasNews – QAMISHLO — So it.", "2016-08-21", "BasNews", "QAMISHLO", None),
        ("21 Aug 2016 - BasNews - QAMISHLO - So it.", "2016-08-21", "BasNews", "QAMISHLO", None),
        ("Aug. 21, 2016 | BasNews | QAMISHLO | So it.", "2016-08-21", "BasNews", "QAMISHLO", None),
        ("2016-08-21 / BasNews / QAMISHLO / So it is.", "2016-08-21", "BasNews", "QAMISHLO", None),
        ("21 Aug 2016, BasNews, QAMISHLO — So it is.", "2016-08-21", "BasNews", "QAMISHLO", None),
        ("21 Aug 2016 – AFP – PARIS – So it is.", "2016-08-21", "AFP", "PARIS", None),
        ("2 Dec 2024 – Eskby Courier – MARBY — A.", "2024-12-02", "Eskby Courier", "MARBY", None),
        ("12 juin 2025 – Le Phare – VALMORET — La.", "2025-06-12", "Le Phare", "VALMORET", None),
        ("QAMISHLO, Syria (BasNews) — Following it.", None, "BasNews", "QAMISHLO, Syria", None),
        ("PARIS (AFP) - The mayor spoke.", None, "AFP", "PARIS", None),
        ("London (CNN) The mayor of the town spoke at length.", None, "CNN", "London", None),
        ("LONDON, March 3 (Reuters) — The bank closed.", None, "Reuters", "LONDON", None),
        ("PARIS, 3 March 2025 (AFP) – The mayor.", "2025-03-03", "AFP", "PARIS", None),
        ("MOSCOW, August 21. /TASS/. The mayor spoke.", None, "TASS", "MOSCOW", None),
        ("AUGSBURG, Aug. 21 (dpa) — The mayor spoke.", None, "dpa", "AUGSBURG", None),
        ("3 March 2025 – AFP – JUNEAU — So it is.", "2025-03-03", "AFP", "JUNEAU", None),
        ("MARSEILLE, France (AFP) - The mayor spoke.", None, "AFP", "MARSEILLE, France", None),
        ("MAYFIELD — The mayor spoke.", None, None, "MAYFIELD", None),
        ("DECATUR, Dec 2 (AP) — The mayor spoke.", None, "AP", "DECATUR", None),
        ("ST. ANDREWS, Scotland — The mayor spoke.", None, None, "ST. ANDREWS, Scotland", None),
        ("By Jane Doe, Town Courier, 3 March 2025", "2025-03-03", "Town Courier", None, "Jane Doe"),
        ("Town News | 3 March 2025 | By Jane Doe", "2025-03-03", "Town News", None, "Jane Doe"),
        ("By Jane Doe and John Roe", None, None, None, "Jane Doe and John Roe"),
        ("Town Courier, 3 March 2025", "2025-03-03", "Town Courier", None, None),
        ("*Town Courier, 3 March 2025*", "2025-03-03", "Town Courier", None, None),
        ("**By Jane Doe**, _Town Courier_", None, "Town Courier", None, "Jane Doe"),
        ("***PARIS* (AFP)** — The mayor spoke.", None, "AFP", "PARIS", None),
        ("London, 3 March 2025", "2025-03-03", None, "London", None),
        ("Monday, March 3, 2025", "2025-03-03", None, None, None),
        ("Published 3 March 2025 | Updated 5 March 2025", "2025-03-03", None, None, None),
        ("Nov. 27, 2024 Updated Jan. 17, 2025, 12:23 p.m. ET", "2024-11-27", None, None, None),
        ("New York, 3 March 2025", "2025-03-03", None, "New York", None),
        # A name beside a day is whose it is, or where, only if it is known to be.
        ("Jane Doe, 3 March 2025", "2025-03-03", None, None, None),
        ("Jane Doe | 3 March 2025", "2025-03-03", None, None, None),
        ("Opinion | Jane Doe | 3 March 2025", "2025-03-03", None, None, None),
        ("Sport | Town Courier | 3 March 2025", "2025-03-03", "Town Courier", None, None),
        ("By Jane Doe | Staff Writer | March 3, 2025", "2025-03-03", None, None, "Jane Doe"),
        ("By Jane Doe, AP Business Writer", None, None, None, "Jane Doe"),
        ("— By Jane Doe, City editor", None, None, None, "Jane Doe"),
        ("Interview by Jane Doe", None, None, None, "Jane Doe"),
        ("By Jane Doe, The Town Reporter", None, "The Town Reporter", None, "Jane Doe"),
        ("Von Jana Muster, Berlin", None, None, None, "Jana Muster"),
        ("(Updated March 5, 2025) By Jane Doe", None, None, None, "Jane Doe"),
    ],
)  # fmt: skip
def test_a_dateline_is_read(
    line: str, day: str | None, source: str | None, place: str | None, author: str | None
) -> None:
    read = read_dateline(line + "\n\nThe second paragraph.")
    assert (read.published and str(read.published), read.source, read.place, read.author) == (
        day, source, place, author,
    )  # fmt: skip
    assert read.published is None or read.published.how == "dateline"


@pytest.mark.parametrize(
    "line",
    [
        "On 21 Aug 2016 – a day that many remember – the mayor spoke.",
        "21 August 2016 was a bright day — and a long one.",
        "NATO — the alliance — said nothing.",
        "The mayor — elected in 2016 — never denied that he took the bribes.",
        "In 2019 - his last year - Brandt led nothing.",
        "BREAKING — The mayor has resigned from her office.",
        "By Monday, Israel - which had waited - replied to the note.",
        "Mr. Smith – who was 61 – said that he was ill.",
        "The Burlington (Vt.) Free Press",
        "SMITH: I never said it.",
        "When: Saturday, March 13, 2027",
        "STOCKS — Shares fell in Paris.",
        "FILE PHOTO — The mayor is at her desk.",
        "I — we — they.",
        "— — —",
        "2016 – a year of floods.",
        "Nov. 27, 2024 Updated rules for all flights hold from Monday.",
        "(5 min read) The mayor spoke.",
    ],
)
def test_prose_is_no_dateline(line: str) -> None:
    assert read_dateline(line) == Dateline()
    assert prose_start(line) is None


@pytest.mark.parametrize(
    ("dateline", "sentence"),
    [
        ("DARMSTADT — ", "The European Space Agency (ESA) has lost contact with a probe."),
        ("BRUSSELS, 5 May 2025 — ", "The European Union (EU) Commission has kept the rates."),
        ("OSLO, 3 March 2025 — ", "Anna Blum — the mayor of the town — has resigned."),
        ("Paris, 3 March 2025 (Agence Centrale) ", "The mayor spoke in the town hall."),
    ],
)
def test_the_subject_of_the_sentence_is_no_part_of_the_dateline(
    dateline: str, sentence: str
) -> None:
    assert prose_start(dateline + sentence) == len(dateline)
    assert read_dateline(dateline + sentence).source in {None, "Agence Centrale"}


def test_the_dateline_may_stand_over_several_lines() -> None:
    text = "By Jane Doe\n\n3 March 2025\n\nPARIS (AFP) — The mayor spoke.\n\nOSLO (AP) — Not this."
    read = read_dateline(text)
    assert (str(read.published), read.source, read.place, read.author) == (
        "2025-03-03", "AFP", "PARIS", "Jane Doe",
    )  # fmt: skip


def test_a_day_below_two_sentences_is_no_dateline() -> None:
    lead = "The mayor spoke of the lamp that her father had once lit each evening."
    assert str(read_dateline(f"{lead}\n\n3 March 2025").published) == "2025-03-03"
    assert read_dateline(f"{lead}\n\n{lead}\n\n3 March 2025").published is None
    assert read_dateline(f"{lead}\n\n{lead}\n\nBy Jane Doe").author == "Jane Doe"
    assert read_dateline(f"{lead}\n\n{lead}\n\nMARBY — The mayor spoke.").place == "MARBY"


def test_where_the_article_begins_after_its_dateline() -> None:
    line = "21 Aug 2016 – BasNews – QAMISHLO — Following the clashes."
    assert line[prose_start(line) :] == "Following the clashes."
    assert prose_start("3 March 2025") == len("3 March 2025")


@given(st.text())
def test_no_text_makes_the_dateline_fail(text: str) -> None:
    read_dateline(text)


def test_a_line_that_names_two_days_is_of_the_first() -> None:
    days = {
        "Stored 2016-08-21, shown again 3 March 2017": "2016-08-21",
        "Shown 3 March 2017, stored 2016-08-21": "2017-03-03",
        "March 3, 2017 and 21.08.2016": "2017-03-03",
    }
    assert {line: date_in_line(line).value.date().isoformat() for line in days} == days
