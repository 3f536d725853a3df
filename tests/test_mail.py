"""Mail: messages, mailboxes and digests, what is attached, and what is broken."""

from pathlib import Path

import pytest

from corpus import Article, Unreadable, read_articles
from tests.reading_files import (
    BODY,
    FIRST,
    SECOND,
    Write,
    articles,
    dated,
    listed,
    one,
    said,
    told,
    written,
)

MESSAGE = (
    "From: =?utf-8?q?Courier_=C3=A0_la_carte?= <news@town.example>\r\n"
    "Subject: =?utf-8?b?Q2Fmw6k=?= and\r\n =?iso-8859-1?q?_cr=E8me?=\r\n"
    "Date: Mon, 03 Mar 2025 10:00:00 +0100 (CET)\r\nMessage-ID: <7@town.example>\r\n"
    "Content-Language: en-GB\r\nMIME-Version: 1.0\r\n"
    "Received: from x; Fri, 05 Jan 2024 08:00:00 +0000\r\n{headers}\r\n{body}"
)
PLAIN = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"


def message(headers: str = PLAIN, body: str = BODY) -> str:
    return MESSAGE.format(headers=headers, body=body)


def test_a_message(write: Write) -> None:
    path = write("a.eml", message())
    article = one(path)
    assert (article.id, article.title, article.text) == ("7@town.example", "Café and crème", BODY)
    assert (article.source, article.language) == ("Courier à la carte", "en")
    assert dated(article) == ("2025-03-03T10:00:00+01:00", "metadata")
    assert article.origin == str(path)


HTML_PART = f"""<html><head><style>p {{}}</style></head><body>
<div style="display:none; max-height:0">Preview &zwnj;</div><table><tr><td><p>{FIRST}</p></td></tr>
<tr><td><p>{SECOND}</p></td></tr></table></body></html>"""


@pytest.mark.parametrize(
    ("plain", "text"), [("See the web.", BODY), (f"{BODY}\n\nGoodbye.", f"{BODY}\n\nGoodbye.")]
)
def test_a_message_in_two_forms(write: Write, plain: str, text: str) -> None:
    body = (
        f"--=b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{plain}\r\n"
        f"--=b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{HTML_PART}\r\n"
        "--=b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nNo.\r\n"
        "--=b--\r\n"
    )
    headers = 'Content-Type: multipart/alternative; boundary="=b"\r\n'
    assert one(write("a.eml", message(headers, body))).text == text


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        ("Content-Type: text/plain; charset=utf-8; format=flowed\r\n",
         "The council \r\nmet in \r\nthe mill.\r\n\r\n From it.\r\n-- \r\nJane\r\n",
         "The council met in the mill.\n\nFrom it.\n--\nJane"),
        ("Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\n",
         "The coun \r\ncil met.\r\n", "The council met."),
        (PLAIN.replace("8bit", "quoted-printable"),
         "Na=C3=AFve=\r\n caf=C3=A9s.\r\n", "Naïve cafés."),
        ("Content-Type: text/plain; charset=no-such\r\nContent-Transfer-Encoding: base64\r\n",
         "Q2Fmw6lzLg==\r\n", "Cafés."),
        ("", "It rained.\r\n", "It rained."),
    ],
)  # fmt: skip
def test_the_text_of_a_message(write: Write, headers: str, body: str, text: str) -> None:
    assert one(write("a.eml", message(headers, body))).text == text


def test_a_message_in_an_old_encoding(write: Write) -> None:
    text = message().replace("utf-8", "windows-1252").replace("🌉", "")
    text = text.replace("=?windows-1252?b?Q2Fmw6k=?= and", "Café and")
    article = one(write("a.eml", text.encode("cp1252")))
    assert (article.title, article.text) == ("Café and crème", BODY.replace("🌉", ""))


def test_a_mailbox(write: Write) -> None:
    separator = "From news@town.example Fri Jan  5 08:00:00 2024\n"
    last = "From 10:30 on 3 March 2025 it rose."
    first = message(body=f"Head.\r\n\r\n>From the mill.\r\nFrom here.\r\n\r\n{last}\r\n")
    second = message().replace("7@town", "8@town").replace("Message-ID: <8@town.example>\r\n", "")
    broken = "no headers at all\n"
    mailbox = f"{separator}{first}\n{separator}{broken}\n{separator}{second}"
    path = write("a.mbox", mailbox)
    found = list(read_articles(path))
    read = [article for article in found if isinstance(article, Article)]
    assert [(article.id, article.text) for article in read] == [
        ("7@town.example", f"Head.\n\nFrom the mill.\nFrom here.\n\n{last}"),
        (f"{path}#3", BODY),
    ]
    assert [str(unreadable) for unreadable in found if isinstance(unreadable, Unreadable)] == [
        f"{path}#2: is not a message: it has no headers"
    ]
    assert dated(read[0]) == ("2025-03-03T10:00:00+01:00", "metadata")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.eml", "It rained.", "is not a message: it has no headers"),
        ("a.eml", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is a binary file, not text"),
        ("a.eml", message(body=""), "has no text"),
        ("a.eml", message('Content-Type: multipart/mixed; boundary="=b"\r\n', "--=b"),
         "has no text"),
        ("a.eml", message(body="\0\1\2\3" * 99), "is a binary file, not text"),
        ("a.mbox", "It rained.", "is not a mailbox: its first line does not begin with From"),
    ],
    ids=range(6),
)  # fmt: skip
def test_broken_mail(write: Write, name: str, content: str | bytes, reason: str) -> None:
    titles, ((_, told_reason),) = listed(write(name, content))
    assert (titles, told_reason) == ([], reason)


def test_headers_and_parts_without_end(write: Write, tmp_path: Path) -> None:
    write("a.eml", "Subject: A\n" + "X: y\n" * 200_001)
    write("b.eml", message('Content-Type: multipart/mixed; boundary="b"\r\n', "--b\r\n" * 10_002))
    write("c.mbox", "From x\nSubject: " + "=?utf-8?q?a?= " * 50_000 + "\n\nBody.")
    titles, lines = listed(tmp_path)
    assert lines == [
        ("/a.eml", "has headers of more than 1 MB"),
        ("/b.eml", "has more than 10,000 parts"),
    ]
    assert [set(title) for title in titles] == [{"a"}]


def test_parts_in_parts_without_end_are_no_trouble(write: Write) -> None:
    nested = "".join(
        f'Content-Type: multipart/mixed; boundary="{n}"\r\n\r\n--{n}\r\n' for n in range(5_000)
    )
    titles, lines = listed(write("a.eml", MESSAGE.format(headers=nested, body="")))
    assert titles == []
    assert len(lines) == 1


# What messages are made of

KEEPER = "Tam Rennie climbed down from the lighthouse of Skerry on Sunday with one bag and his dog."
LONELY = "He said that he had never been lonely there, and that the lamp would miss him."


def mail(kind: str, *parts: str) -> str:
    headers = (
        "From: Skerry Observer <news@a.example>\nSubject: Morning\nMIME-Version: 1.0\n"
        "Date: Wed, 13 May 2015 09:30:00 +0100\nMessage-ID: <m1@a.example>\n"
    )
    inside = "".join(f"--b\n{part}\n" for part in parts)
    return f'{headers}Content-Type: multipart/{kind}; boundary="b"\n\n{inside}--b--\n'


IN_PLAIN = "Content-Type: text/plain; charset=utf-8\n\n{}"
MARKED = "Content-Type: text/html; charset=utf-8\n\n<p>{}</p>"
PICTURE = 'Content-Type: image/png; name="a.png"\nContent-Disposition: inline\n\nabc'


def inner(title: str, text: str) -> str:
    return (
        f"From: Dale Gazette <g@b.example>\nSubject: {title}\n"
        f"Date: Tue, 12 May 2015 08:00:00 +0100\n\n{text}"
    )


@pytest.mark.parametrize(
    "parts",
    [
        (IN_PLAIN.format(KEEPER), PICTURE, IN_PLAIN.format(LONELY)),
        (MARKED.format(KEEPER), PICTURE, MARKED.format(LONELY)),
        (IN_PLAIN.format(KEEPER), MARKED.format(LONELY)),
    ],
)
def test_text_goes_on_after_a_picture(tmp_path: Path, parts: tuple[str, ...]) -> None:
    assert one(written(tmp_path / "a.eml", mail("mixed", *parts))).text == f"{KEEPER}\n\n{LONELY}"


@pytest.mark.parametrize("kind", ["digest", "mixed"])
def test_the_messages_of_a_digest_are_articles(tmp_path: Path, kind: str) -> None:
    mark = "" if kind == "digest" else "Content-Type: message/rfc822\n"
    parts = [f"{mark}\n{inner('Keeper goes', KEEPER)}", f"{mark}\n{inner('Lamp stays', LONELY)}"]
    day = "2015-05-12T08:00:00+01:00"
    assert list(map(said, articles(written(tmp_path / "a.eml", mail(kind, *parts))))) == [
        ("Keeper goes", day, "Dale Gazette", None, KEEPER),
        ("Lamp stays", day, "Dale Gazette", None, LONELY),
    ]


def test_a_message_as_apple_keeps_it(tmp_path: Path) -> None:
    message = mail("mixed", IN_PLAIN.format(KEEPER))
    below = "<?xml version='1.0'?><plist><dict><key>flags</key></dict></plist>"
    assert one(written(tmp_path / "a.emlx", f"{len(message)}\n{message}{below}")).text == KEEPER


def test_a_digest_that_is_plain_text(tmp_path: Path) -> None:
    dashes = "-" * 30
    text = (
        f"Today's topics:\n1. Keeper\n\n{'-' * 70}\n\nDate: Tue, 12 May 2015 08:00:00 +0100\n"
        f"From: m@a.example\nSubject: Keeper goes\n\n{KEEPER}\n\n{dashes}\n\n"
        f"From: m@a.example\nSubject: Lamp stays\n\n{LONELY}\n\n{dashes}\n\nEnd of Digest"
    )
    path = written(tmp_path / "a.eml", f"From: L <l@a.example>\nSubject: Digest\n\n{text}")
    assert [(article.title, article.text) for article in articles(path)] == [
        ("Keeper goes", KEEPER), ("Lamp stays", LONELY),
    ]  # fmt: skip


def test_what_is_attached_is_read_by_its_own_reader(tmp_path: Path) -> None:
    attached = "Content-Disposition: attachment; filename={}\nContent-Type: {}\n\n{}"
    path = written(
        tmp_path / "a.eml",
        mail(
            "mixed",
            IN_PLAIN.format("See below, all of you."),
            attached.format("keeper.txt", "text/plain", f"Keeper goes\n\n{KEEPER}"),
            attached.format("old.doc", "application/msword", "abc"),
            attached.format("more.zip", "application/zip", "abc"),
            attached.format("sign.asc", "application/pgp-signature", "abc"),
            PICTURE,
        ),
    )
    titles, reasons = told(path)
    assert titles == ["Morning", "Keeper goes"]
    assert [reason.partition(";")[0] for reason in reasons] == [
        "is in a format that is not read (.doc)", "is attached and not opened",
    ]  # fmt: skip


FORWARDED = (
    "From: Cleo Park <cleo@coastal.example>",
    "Date: Mon, Mar 3, 2025 at 10:00 AM",
    "Subject: Lamp: out at noon",
    "To: Bob Sample <bob@skerry.example>",
)


@pytest.mark.parametrize(
    "body",
    [
        f"---------- Forwarded message ---------\n{{headers}}\n\n{BODY}",
        f"Worth a look.\n\nBegin forwarded message:\n\n{{apart}}\n\n{BODY}",
        f"Begin forwarded message:\n\n> {{quoted}}\n> \n> {FIRST}\n> \n> {SECOND}",
        f"-------- Weitergeleitete Nachricht --------\n{{german}}\n\n{BODY}",
        "---------- Forwarded message ---------\nFrom: Bob <bob@skerry.example>\n"
        "Date: Tue, 4 Mar 2025\nSubject: Fwd: Lamp\n\n"
        f"---------- Forwarded message ---------\n{{headers}}\n\n{BODY}",
        f"Worth a look.\n\n{'_' * 32}\n{{outlook}}\n\n{BODY}",
        f"Worth a look.\n\n{{outlook}}\n\n{BODY}",
        f"{{outlook}}\n\n{BODY}",
    ],
    ids=["gmail", "paragraphs", "quoted", "german", "twice", "rule", "bare", "at the top"],
)
def test_of_a_forwarded_message_that_is_the_article(write: Write, body: str) -> None:
    german = [
        f"Betreff: {FORWARDED[2].partition(': ')[2]}",
        "Datum: 3. März 2025 um 10:00",
        f"Von: {FORWARDED[0].partition(': ')[2]}",
        "An: bob@skerry.example",
    ]
    text = body.format(
        headers="\n".join(FORWARDED),
        apart="\n\n".join(FORWARDED),
        quoted="\n> ".join(FORWARDED),
        german="\n".join(german),
        outlook="\n".join([german[2], "Gesendet: Montag, 3. März 2025 10:00", *german[:1:-1]])
        + f"\n{german[0]}",
    )
    article = one(write("a.eml", message(body=text).replace("Subject: ", "Subject: Fwd: ", 1)))
    assert (article.title, article.source, article.text) == ("Lamp: out at noon", "Cleo Park", BODY)
    assert dated(article) == ("2025-03-03", "metadata")


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        # An answer, headers without a day, and more above than below.
        ("Re: Lamp", f"-----Original Message-----\n{{headers}}\n\n{BODY}"),
        ("Fwd: Lamp", f"Begin forwarded message:\n\nFrom: Cleo Park\nSubject: Lamp\n\n{BODY}"),
        ("Fwd: Lamp", f"{BODY}\n\nBegin forwarded message:\n\n{{headers}}\n\nThe lamp is out."),
        ("Lamp", f"Contact: cleo@park.example\nDate: 3 March 2025\n\n{BODY}"),
    ],
)
def test_what_is_no_forwarded_message_stays(write: Write, subject: str, body: str) -> None:
    text = body.format(headers="\n".join(FORWARDED))
    whole = (
        f"From: News <n@town.example>\nSubject: {subject}\nDate: Tue, 4 Mar 2025 10:00:00 +0000\n"
    )
    article = one(write("a.eml", f"{whole}{PLAIN}\n{text}".replace("\r\n", "\n")))
    assert (article.title, article.source, article.text) == (subject, "News", text)
