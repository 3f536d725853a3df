"""Pages that list other articles, and articles that stand among lists."""

from pathlib import Path

import pytest

from tests.reading_files import one, told, written

HEADLINES = [
    "The lamp of Skerry goes out for good",
    "Bakers strike over their early hours",
    "A letter of 1812 is found in the mill",
    "The choir sings for the lifeboat fund",
    "Fishermen ask for a much longer pier",
    "The northern road is closed by storms",
]
TEASERS = [
    "Tam Rennie climbed down from the lighthouse on Sunday with one bag and his dog.",
    "Nobody in Marrowby will have rolls before seven, the bakers have told the mayor.",
    "It was written by a sailor to his mother, and was never sent, says the museum.",
    "Two hundred people came to the harbour and gave more than eight thousand crowns.",
    "The harbour fills with sand, they say, and the ferry cannot land at low water.",
    "Snow and wind have shut it since Monday night; the pass may open by the weekend.",
]
LONG = " ".join(TEASERS)

ENTRIES = {
    "headings": "<h2>{link}</h2><p>{said}</p>",
    "cards": "<article><h3>{link}</h3><p>{said}</p><time>3 May</time></article>",
    "linked cards": '<a href="/{n}"><div><h3>{head}</h3><p>{said}</p></div></a>',
    "spans in a link": '<a href="/{n}"><span>{head}</span><span>{said}</span></a>',
    "no headings": "<div><div>{link}</div><div>{said}</div></div>",
    "links that read on": '<div>{link}<p>{said} <a href="/{n}">Read more</a></p></div>',
    "lines": "<p><b>{link}</b><br>{said}</p>",
    "terms": "<dt>{link}</dt><dd>{said}</dd>",
    "rows": "<table><tr><td>{n} May</td><td>{link}</td><td>{said}</td></tr></table>",
    "headlines alone": "<li>{n} May {link}</li>",
    "results": "<div><h3>{link}</h3><div>… {said} …</div><i>a.example/{n}</i></div>",
    "long entries": '<div><h2>{link}</h2><p>{long}</p><a href="/{n}">More</a></div>',
    "whole articles": "<article><h2>{link}</h2><p>{said} {long}</p>"
    "<p>{long}</p><p>{long}</p></article>",
}


def page(inside: str, title: str = "News") -> str:
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title} | Skerry '
        f'Observer</title></head><body><nav><a href="/">Home</a></nav>{inside}'
        "<footer><p>© Skerry Observer. All rights reserved.</p></footer></body></html>"
    )


def listed(kind: str, number: int = 6) -> str:
    entries = enumerate(zip(HEADLINES, TEASERS, strict=True), start=1)
    return "".join(
        ENTRIES[kind].format(
            link=f'<a href="/{n}">{head}</a>', n=n, head=head, said=said, long=LONG
        )
        for n, (head, said) in [*entries][:number]
    )


@pytest.mark.parametrize("begins", ["", "<h1>News</h1><p>All that we wrote about Skerry.</p>"])
@pytest.mark.parametrize("kind", ENTRIES)
def test_a_page_that_lists_articles_is_one_line(tmp_path: Path, kind: str, begins: str) -> None:
    path = written(tmp_path / "a.html", page(f"<main>{begins}{listed(kind)}</main>"))
    titles, reasons = told(path)
    assert titles == []
    assert [reason.partition(":")[0] for reason in reasons] == ["is a page without an article"]


def test_two_entries_are_a_list_where_there_is_nothing_else(tmp_path: Path) -> None:
    both = page(f"<main>{listed('headings', 2)}</main>")
    assert told(written(tmp_path / "a.html", both))[0] == []
    # A blog links the headline of an article to its own page, where it is the page's title too.
    own = page(f"<main>{listed('long entries', 1)}</main>", HEADLINES[0])
    assert LONG in one(written(tmp_path / "b.html", own)).text


def test_scripts_whose_headlines_are_short_have_lists_as_well(tmp_path: Path) -> None:
    entries = "".join(
        f'<div><a href="/{at}">马罗比的灯塔熄灭了</a><p>第{at}天，他带着狗离开。</p></div>'
        for at in range(8)
    )
    assert told(written(tmp_path / "a.html", page(f"<main>{entries}</main>")))[0] == []


CARDS = f"<section>{listed('headings')}</section>"
LIVE = "".join(
    f'<div><h2><a href="#{at}">{head}</a></h2><p>{said}</p></div>'
    for at, (head, said) in enumerate(zip(HEADLINES, TEASERS, strict=True))
)


@pytest.mark.parametrize(
    "inside",
    [
        f"<p>{LONG}</p>",
        f"<p>{LONG}</p>"
        + "".join(f'<p>{teaser} <a href="/1">{teaser}</a></p>' for teaser in TEASERS),
        f"<p>{LONG}</p>{LIVE}",
        f"<p>{LONG}</p><ul>{listed('headlines alone')}</ul>",
        f"<div>{LONG}<br><br>{LONG}</div>{CARDS}",
    ],
)
def test_an_article_is_no_list(tmp_path: Path, inside: str) -> None:
    whole = page(f"<article><h1>Keeper goes</h1>{inside}</article>", "Keeper goes")
    assert TEASERS[0] in one(written(tmp_path / "a.html", whole)).text


def test_a_short_article_among_cards_is_read_without_them(tmp_path: Path) -> None:
    article = f"<article><h1>Keeper goes</h1><p>{TEASERS[0]}</p><p>{TEASERS[1]}</p></article>"
    cards = "".join(
        f'<div><h3><a href="/{at}">{head} again</a></h3><p>All of Skerry slept for {at} nights.</p>'
        "</div>"
        for at, head in enumerate(HEADLINES)
    )
    path = written(tmp_path / "a.html", page(f"<main>{article}{cards}</main>", "Keeper goes"))
    assert one(path).text == f"{TEASERS[0]}\n\n{TEASERS[1]}"
