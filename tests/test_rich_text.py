"""Texts that editors keep as trees of JSON, in the shapes of the editors."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.reading_files import one, told, written

TEXT = "The lamp went out at noon.\n\nNobody <saw> it."


def text(words: str, kind: str = "text") -> dict[str, Any]:
    return {"type": kind, "text": words}


LINE = [text("The lamp "), text("went"), text(" out at noon.")]
SECOND = [text("Nobody <saw> it.")]
PROSEMIRROR = {
    "type": "doc",
    "content": [
        {"type": "paragraph", "content": LINE},
        {"type": "image", "attrs": {"src": "lamp.jpg"}, "content": [text("A lamp")]},
        {"type": "paragraph", "content": SECOND},
    ],
}
LEXICAL = {
    "root": {
        "type": "root",
        "children": [
            {"type": "paragraph", "children": LINE},
            {"type": "list", "children": [{"type": "listitem", "children": SECOND}]},
        ],
    }
}
SLATE = [{"type": "p", "children": [{"type": "link", "children": LINE}]},
         {"type": "p", "children": SECOND}]  # fmt: skip
DRAFT = {
    "blocks": [text("The lamp went out at noon.", "unstyled"), text(" ", "atomic"),
               text("Nobody <saw> it.", "unstyled")],
    "entityMap": {},
}  # fmt: skip
EDITOR = {
    "time": 1,
    "blocks": [
        {"type": "paragraph", "data": {"text": "The lamp <b>went</b> out at noon."}},
        {"type": "list", "data": {"style": "ordered", "items": ["Nobody <saw> it."]}},
    ],
}
PORTABLE = [
    {"_type": "block", "children": [{"_type": "span", "text": "The lamp went out at noon."}]},
    {"_type": "photo", "caption": "A lamp"},
    {"_type": "block", "children": [{"_type": "span", "text": "Nobody <saw> it."}]},
]
CONTENTFUL = {
    "nodeType": "document",
    "content": [
        {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": "The lamp "},
         {"nodeType": "entry-hyperlink", "content": [{"nodeType": "text", "value": "went"}]},
         {"nodeType": "text", "value": " out at noon."}]},
        {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": "Nobody <saw> it."}]},
    ],
}  # fmt: skip
WIX = {
    "nodes": [
        {"type": "PARAGRAPH", "nodes": [
            {"type": "TEXT", "nodes": [], "textData": {"text": "The lamp went out at noon."}}]},
        {"type": "PARAGRAPH", "nodes": [{"type": "TEXT", "textData": {"text": SECOND[0]["text"]}}]},
    ]
}  # fmt: skip
MODELS = [{"type": "paragraph", "model": {"text": "The lamp went out at noon."}},
          {"type": "list", "model": {"blocks": [text("Nobody <saw> it.", "item")]}}]  # fmt: skip
VALUES = [{"type": "text", "value": "<strong>The lamp went out at noon.</strong>"},
          {"type": "text", "value": "Nobody <saw> it."}]  # fmt: skip
TELEGRAM = ["The lamp ", {"type": "bold", "text": "went"}, " out at noon.\n\nNobody <saw> it."]


@pytest.mark.parametrize(
    "tree",
    [PROSEMIRROR, LEXICAL, SLATE, DRAFT, EDITOR, PORTABLE, CONTENTFUL, WIX, MODELS, VALUES,
     TELEGRAM, {"en-GB": CONTENTFUL}, json.dumps(EDITOR)],
)  # fmt: skip
def test_the_text_of_a_tree(tmp_path: Path, tree: Any) -> None:
    record = {"title": "Lamp out", "excerpt": "A lamp.", "content": tree}
    article = one(written(tmp_path / "a.json", json.dumps([record])))
    assert (article.title, article.text) == ("Lamp out", TEXT)


def test_blocks_beside_the_headline_are_its_text(tmp_path: Path) -> None:
    record = {"headline": "Lamp out", "published": 1431518400000, "blocks": MODELS}
    article = one(written(tmp_path / "a.json", json.dumps(record)))
    assert (article.title, article.text) == ("Lamp out", TEXT)


def test_records_with_types_are_no_tree(tmp_path: Path) -> None:
    records = [{"type": "story", "title": name, "text": "Out."} for name in ("Lamp", "Boats")]
    path = written(tmp_path / "a.json", json.dumps({"content": records, "pages": 1}))
    assert told(path) == (["Lamp", "Boats"], [])


def test_an_article_in_apple_news_format(tmp_path: Path) -> None:
    article = {
        "identifier": "lamp", "title": "Lamp out", "language": "en",
        "metadata": {"datePublished": "2015-05-13T12:00:00Z", "authors": ["Moira Quill"],
                     "canonicalURL": "https://a.example/lamp"},
        "components": [
            {"role": "title", "text": "Lamp out"}, {"role": "byline", "text": "By Moira Quill"},
            {"role": "photo", "URL": "bundle://lamp.jpg", "caption": "A lamp"},
            {"role": "body", "text": "The lamp went out at noon."},
            {"role": "container", "components": [
                {"role": "body", "format": "html", "text": "<p>Nobody &lt;saw&gt; it.</p>"}]},
        ],
    }  # fmt: skip
    found = one(written(tmp_path / "a.json", json.dumps(article)))
    assert (found.text, found.author, str(found.published)) == (
        TEXT, "Moira Quill", "2015-05-13T12:00:00+00:00"
    )  # fmt: skip
    assert found.url == "https://a.example/lamp"
