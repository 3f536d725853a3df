"""Downloads from press databases: each is split into its articles, or is one line."""

import pytest

from corpus import Article, read_articles
from tests.downloads import rows, rtf, sections
from tests.made_files import docx, paragraph
from tests.reading_files import Write, articles, told

OLDER = """Download Request: Selected Items: 1-2
Time Of Request: Friday, March 20, 2020  16:51:31

Terms: lighthouse


                               1 of 2 DOCUMENTS


                              The Skerry Observer (Final)

                            May 11, 2015 Monday
                                  Edition 1;
                                  Islands

Keeper of the last lighthouse retires after forty years on
the rock

BYLINE: Moira Quill

SECTION: ISLANDS; Pg. 3

LENGTH: 24 words

DATELINE: SKERRYVORE

HIGHLIGHT: Nobody will follow him.

Tam Rennie climbed down from the lighthouse on Sunday with one bag and his dog,
and said that he had never been lonely there.

QUINN: Was he not?

The lamp has been lit by a machine since March.

GRAPHIC: Tam Rennie and his dog.

LOAD-DATE: May 12, 2015

LANGUAGE: ENGLISH

PUBLICATION-TYPE: Newspaper


                    Copyright 2015 The Skerry Observer
                           All Rights Reserved

                               2 of 2 DOCUMENTS


                              Dale Gazette

                            June 2015

Boats to stay

LENGTH: 9 words

The boats will stay in the harbour all winter.

LOAD-DATE: June 2, 2015
"""
KEEPER = (
    "Keeper of the last lighthouse retires after forty years on the rock", "2015-05-11",
    "The Skerry Observer (Final)", "Moira Quill",
    "Nobody will follow him.\n\nTam Rennie climbed down from the lighthouse on Sunday with one bag "
    "and his dog, and said that he had never been lonely there.\n\nQUINN: Was he not?\n\n"
    "The lamp has been lit by a machine since March.",
)  # fmt: skip
BOATS = (
    "Boats to stay", "2015-06", "Dale Gazette", None,
    "The boats will stay in the harbour all winter.",
)  # fmt: skip


def test_the_older_lexisnexis_text(write: Write) -> None:
    path = write("download.txt", OLDER)
    assert rows(path) == [KEEPER, BOATS]
    first = next(iter(read_articles(path)))
    assert isinstance(first, Article)
    assert (first.place, first.language) == ("SKERRYVORE", "en")
    assert sections(path) == ["ISLANDS; Pg. 3", None]
    assert first.origin == f"{path}#1"


def test_lexisnexis_in_german(write: Write) -> None:
    text = """
                               Dokument 1 von 1

                              Küstenbote

                            11. Mai 2015 Montag

Wärter geht

AUTOR: Anna Beispiel

AUTEUR: Anne Exemple

RUBRIK: INSELN; S. 3

LÄNGE: 12 Wörter

Der letzte Wärter stieg am Sonntag vom Turm.

UPDATE: 12. Mai 2015

SPRACHE: GERMAN; DEUTSCH

                    Copyright 2015 Küstenbote
                       Alle Rechte vorbehalten
"""
    row = ("Wärter geht", "2015-05-11", "Küstenbote", "Anna Beispiel")
    path = write("a.txt", text)
    assert rows(path) == [(*row, "Der letzte Wärter stieg am Sonntag vom Turm.")]
    assert sections(path) == ["INSELN; S. 3"]


def test_the_older_lexisnexis_page(write: Write) -> None:
    def article(number: int, *lines: str) -> str:
        inner = "".join(f'<div class="c3"><p><span>{line}</span></p></div>' for line in lines)
        return f'<div class="c0"><p><span>{number} of 2 DOCUMENTS</span></p></div>{inner}'

    page = article(
        1, "Skerry Observer", "May</span><span> 11, 2015 Monday", "Keeper goes", "BYLINE: M. Quill",
        "Tam Rennie climbed down from the lighthouse on Sunday with one bag and his old dog.",
    ) + article(2, "Dale Gazette", "June 2, 2015", "Boats to stay", "They stay.")  # fmt: skip
    assert rows(write("a.html", f"<html><title>Lamp</title><body>{page}</body></html>")) == [
        (
            "Keeper goes", "2015-05-11", "Skerry Observer", "M. Quill",
            "Tam Rennie climbed down from the lighthouse on Sunday with one bag and his old dog.",
        ),
        ("Boats to stay", "2015-06-02", "Dale Gazette", None, "They stay."),
    ]  # fmt: skip


def test_lexisnexis_before_2005(write: Write) -> None:
    """Headline and text have labels, and the line of who has the rights stands first."""
    text = """
                               1 of 2 DOCUMENTS

                   Copyright 1998 Skerry Press
                         Skerry Observer

                  January 3, 1998, Saturday, Late Edition

SECTION: Section A; Page 1

LENGTH: 11 words

HEADLINE: Keeper Goes in a
Storm

BYLINE:  By MOIRA QUILL

BODY:
   The keeper climbed down from the lighthouse on Friday night.

   He had a dog

                               2 of 2 DOCUMENTS

                         Dale Gazette

                       January 4, 1998, Sunday

SECTION: Pg. 2

LENGTH: 2 words

Boats: 7

LOAD-DATE: January 4, 1998

We are sorry but there is an error in this document.
"""
    keeper = "The keeper climbed down from the lighthouse on Friday night.\n\nHe had a dog"
    assert rows(write("a.txt", text)) == [
        ("Keeper Goes in a Storm", "1998-01-03", "Skerry Observer", "MOIRA QUILL", keeper),
        ("Boats: 7", "1998-01-04", "Dale Gazette", None, "Boats: 7"),
    ]


NEWER = (
    "Date and Time: Friday, 5. July 2019 09:31:00 CEST", "Job Number: 00000001", "Documents (2)",
    "1. Keeper goes", "Client/Matter: -None-", "Search Terms: lamp", "2. Boats to stay",
    "Client/Matter: -None-",
    "Keeper goes", "Skerry Observer", "May 11, 2015 Monday 9:30 AM GMT",
    "Copyright 2015 Skerry Observer All Rights Reserved", "Section: ISLANDS; Pg. 3",
    "Length: 20 words", "Byline: Moira Quill", "Highlight: Nobody follows.", "Body",
    "Tam Rennie climbed down.", "Was it May 1, 2015? No.", "Classification", "Language: ENGLISH",
    "Subject: LAMPS (90%)", "Load-Date: May 12, 2015", "End of Document",
    "Boats to stay", "Dale Gazette", "11. Juni 2015", "Copyright 2015 Dale Gazette",
    "Length: 2 words", "Body", "They stay.", "Load-Date: June 12, 2015", "End of Document",
)  # fmt: skip
NEWER_ROWS = [
    (
        "Keeper goes", "2015-05-11", "Skerry Observer", "Moira Quill",
        "Nobody follows.\n\nTam Rennie climbed down.\n\nWas it May 1, 2015? No.",
    ),
    ("Boats to stay", "2015-06-11", "Dale Gazette", None, "They stay."),
]  # fmt: skip


@pytest.mark.parametrize("name", ["a.docx", "a.rtf", "a.txt"])
def test_nexis_uni(write: Write, name: str) -> None:
    made = {"a.docx": docx(*map(paragraph, NEWER)), "a.rtf": rtf(*NEWER), "a.txt": "\n".join(NEWER)}
    path = write(name, made[name])
    assert rows(path) == NEWER_ROWS
    assert sections(path) == ["ISLANDS; Pg. 3", None]


def newer(*body: str, header: tuple[str, ...] = ("Keeper goes",)) -> str:
    """One article of Nexis Uni, each of whose lines is a paragraph."""
    above = ("Skerry Observer", "May 11, 2015 Monday", "Copyright 2015 Skerry Observer")
    return "\n\n".join([*header, *above, "Length: 9 words", "Body", *body, "End of Document\n"])


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (["Correction: He is 40.", "Tam left."], ["Correction: He is 40.", "Tam left."]),
        (["Tam left.", "Notes: he wrote some.", "He sang."],
         ["Tam left.", "Notes: he wrote some.", "He sang."]),
        (["Correction", "He is 40, not 41.", "Tam left."],
         ["Correction", "He is 40, not 41.", "Tam left."]),
        (["Tam left.", "Language: he swore.", "Classification", "Language: ENGLISH"],
         ["Tam left.", "Language: he swore."]),
        (["Tam left the tower.", "Graphic: Tam.", "He."], ["Tam left the tower."]),
        (["Tam climbed down.", "Graphic", "Tam.", "Classification", "Subject: LAMPS AND TOWERS"],
         ["Tam climbed down."]),
    ],
)  # fmt: skip
def test_a_label_with_more_text_below_it_is_text(
    write: Write, body: list[str], text: list[str]
) -> None:
    path = write("a.txt", newer(*body, "Load-Date: May 12, 2015"))
    assert [row[4] for row in rows(path)] == ["\n\n".join(text)]


COVER = ("Job Number: 1", "Documents (1)", "1. Keeper goes after forty", "years", "Search Type: x")


@pytest.mark.parametrize(
    ("header", "title"),
    [
        (("Keeper goes after forty", "years"), "Keeper goes after forty years"),
        ((*COVER, "Keeper goes after forty", "years"), "Keeper goes after forty years"),
        ((*COVER, "News -None-", "Keeper goes"), "Keeper goes"),
    ],
)
def test_a_headline_of_two_lines(write: Write, header: tuple[str, ...], title: str) -> None:
    assert [row[0] for row in rows(write("a.txt", newer("Tam left.", header=header)))] == [title]


@pytest.mark.parametrize("kept", [1, 4, 7])
def test_a_download_that_breaks_off(write: Write, kept: int) -> None:
    whole = newer("Tam left.")
    cut = "\n\n".join(whole.split("\n\n")[:kept])
    reason = "breaks off: the end of its last article is missing"
    assert told(write("a.txt", f"{whole}\n{cut}")) == (["Keeper goes"], [reason])


def proquest_article(title: str, text: str, day: str = "May 11, 2015") -> str:
    return f"""{title}

Author: Quill, Moira; Sample, Bob

Publication info: Skerry Observer ; Skerry [Skerry]. 09 May 2015: A.3.

ProQuest document link: https://search.proquest.example/docview/100

Abstract: None available.

Full text: {text}

CREDIT: Moira Quill

Subject: Lamps; Boats

Location: Skerry

Title: {title}

Publication title: Skerry Observer; Skerry

Publication date: {day}

Section: Islands

Language of publication: English

ProQuest document ID: {len(title)}

Database: Dailies
"""


RULE = f"\n{'_' * 60}\n"


def test_proquest_as_text(write: Write) -> None:
    first = proquest_article("Keeper goes", "Tam climbed down.\nHe did.\n\nTitle: none.\n\nReally.")
    second = proquest_article("Boats to stay", "They stay.")
    cover = "\nReport Information from ProQuest\n20 March 2018 16:51\n"
    names = "Moira Quill, Bob Sample"
    paper = ("2015-05-11", "Skerry Observer", names)
    wanted = [
        ("Keeper goes", *paper, "Tam climbed down.\n\nHe did.\n\nTitle: none.\n\nReally."),
        ("Boats to stay", *paper, "They stay."),
    ]
    path = write("a.txt", RULE.join(["", cover, first, second, ""]))
    assert rows(path) == wanted
    assert sections(path) == ["Islands"] * 2
    counted = RULE.join(["", cover, f"Document 1 of 2\n{first}", f"Document 2 of 2\n{second}"])
    assert rows(write("b.txt", counted)) == wanted


def test_labels_of_proquest_are_no_text(write: Write) -> None:
    text = proquest_article("Keeper goes", "He goes.\n\nSource type: Dailies\n\nISSN: 03624331")
    address = "https://p.example/docview/2496?accountid=1"
    text = text.replace("document ID: 11", f"document ID: 2496\n\nDocument URL: {address}")
    text = text.replace("Section: Islands", "Section: Islands\n\nPublication subject: General")
    path = write("a.txt", f"{RULE}{text}{RULE}")
    (article,) = articles(path)
    assert (article.text, article.id, article.url) == ("He goes.", "2496", address)
    assert article.section == "Islands"


def test_labels_of_a_book_are_in_the_text_of_its_review(write: Write) -> None:
    lines = ["The Lamp", "Author: Carol Book", "Publisher: Penguin", "Pages: 320", "A good book."]
    text = proquest_article("Keeper goes", "\n\n".join(lines))
    text = text.replace("CREDIT", "Publisher: Skerry Press\n\nCREDIT")
    (article,) = articles(write("a.txt", f"{RULE}{text}{RULE}"))
    assert (article.text, article.author) == ("\n\n".join(lines), "Moira Quill, Bob Sample")


def as_mail(html: str) -> str:
    return (
        "From: ProQuest <no-reply@proquest.example>\nSubject: Your Research\n"
        "Date: Sun, 5 Jul 2020 01:02:03 -0400\nMIME-Version: 1.0\n"
        f"Content-Type: text/html; charset=utf-8\n\n{html}\n"
    )


def test_proquest_as_page_and_as_mail(write: Write) -> None:
    def labelled(name: str, value: str) -> str:
        return f"<p><strong>{name}:  </strong>{value}</p>\n"

    def article(title: str, text: str) -> str:
        return (
            f"<div><p>{title}</p>"
            + labelled("Author", "Quill, Moira")
            + labelled("Publication info", "Skerry Observer ; Skerry [Skerry]11 May 2015: A.3.")
            + '<p><a href="https://p.example/1">ProQuest document link</a></p>'
            + labelled("Full text", f"<text><p>{text}</p><p>It did.</p></text>")
            + labelled("Subject", "Lamps")
            + labelled("Publication title", "Skerry Observer; Skerry")
            + labelled("Database", "Dailies")
            + "</div>"
        )

    html = article("Keeper goes", "It happened.") + article("Boats to stay", "It stayed.")
    paper = ("2015-05-11", "Skerry Observer", "Moira Quill")
    wanted = [
        ("Keeper goes", *paper, "It happened.\n\nIt did."),
        ("Boats to stay", *paper, "It stayed.\n\nIt did."),
    ]
    assert rows(write("a.html", html)) == wanted
    assert rows(write("a.eml", as_mail(html))) == wanted


def test_europresse(write: Write) -> None:
    def article(title: str, header: str, author: str) -> str:
        return (
            '<article><header><div class="rdp__DocPublicationName">'
            f'<span class="DocPublicationName">Le Phare, no. 4301</span></div>'
            f'<span class="DocHeader">{header}</span>'
            f'<div class="titreArticle"><p class="sm-margin-TopNews titreArticleVisu">{title}</p>'
            f'</div>{author}</header><section><div class="DocText clearfix"><p>Le gardien est'
            " descendu.</p><p>Son chien aussi.</p></div></section><aside>Note</aside></article>"
        )

    page = article("Il descend", "Îles, lundi 11 mai 2015, p. 3", '<p class="docAuthors">A. Q.</p>')
    page += article("He goes", "World, Friday, June 12, 2015", "")
    page += article("It goes", "Saturday, June 13, 2015 900 words, p. 2", "<div>Ann Q.</div>")
    text = "Le gardien est descendu.\n\nSon chien aussi."
    path = write("a.html", f"<html><body>{page}</body></html>")
    assert sections(path) == ["Îles", "World", None]
    assert rows(path) == [
        ("Il descend", "2015-05-11", "Le Phare", "A. Q.", text),
        ("He goes", "2015-06-12", "Le Phare", None, text),
        ("It goes", "2015-06-13", "Le Phare", "Ann Q.", text),
    ]


@pytest.mark.parametrize(
    ("name", "content", "database"),
    [
        ("a.txt", OLDER.partition("1 of 2 DOCUMENTS")[0], "LexisNexis"),
        ("a.docx", docx(*map(paragraph, NEWER[:8])), "LexisNexis"),
        ("a.html", '<title>Factiva</title><div class="article enArticle"></div>', "Factiva"),
        ("a.html", '<p class="titreArticleVisu">Le phare</p>', "Europresse"),
        ("a.txt", f"{RULE}Report Information from ProQuest\n20 March 2018\n{RULE}", "ProQuest"),
    ],
)
def test_what_cannot_be_split_is_one_line(
    write: Write, name: str, content: str | bytes, database: str
) -> None:
    reason = (
        f"looks like a download from {database}, but no article could be found in it; "
        "download it again as text, with the full text of the articles"
    )
    assert told(write(name, content)) == ([], [reason])


@pytest.mark.parametrize(
    "text",
    [
        "Papers found\n\nThe minister signed 1 of 2 documents on Monday.\n\nEnd of Document",
        "Full text\n\nThe full text: it is in Document 1 of 2, said the mayor on Monday.",
        "Library to close\n\nProQuest and Factiva are no longer paid for, the library said.",
    ],
)
def test_an_article_that_speaks_of_documents_is_none(write: Write, text: str) -> None:
    assert told(write("a.txt", text)) == ([text.partition("\n")[0]], [])


def test_an_article_without_its_text_is_a_line(write: Write) -> None:
    bare = proquest_article("Keeper goes", "Not available.")
    whole = proquest_article("Boats to stay", "They stay.")
    assert told(write("a.txt", RULE.join(["", bare, whole]))) == (
        ["Boats to stay"],
        ["has no text"],
    )
