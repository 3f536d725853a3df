"""What a question is limited to, as somebody at the desk sets it."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import gradio as gr

from assistant.page.inputs import MOST_CHOSEN, chosen_filters, typed_days
from assistant.page.parts import Later, Update
from assistant.spoken import shortened, spoken_language
from assistant.wording import gettext
from index import Archive, Filters

_MOST_NAMED = 500
_LONGEST_NAME = 100
_given = partial(parse_qs, max_num_fields=1_000)
# What the fields stand for, in their order.
_FIELDS = ("after", "before", "as_of", "sources", "languages", "articles")


class Limits:
    """The fields for days, sources, languages and articles, in the current Blocks."""

    def __init__(self) -> None:
        self.panel = gr.Accordion(
            Later(lambda: gettext("Limit to dates and sources")), open=False, elem_id="limits"
        )
        with self.panel:
            # First, because whoever comes by such an address is to see what it limits to.
            self._articles = gr.Dropdown(
                [], multiselect=True, label=Later(lambda: gettext("Articles")), visible=False
            )
            with gr.Row():
                self._days = [
                    gr.Textbox(
                        label=Later(label),
                        placeholder=Later(placeholder),
                        max_lines=1,
                        elem_classes="day",
                    )
                    for label, placeholder in (
                        (lambda: gettext("From"), lambda: gettext("May 2024")),
                        (lambda: gettext("To"), lambda: gettext("yesterday")),
                        (lambda: gettext("As known on"), lambda: "2016-08-21"),
                    )
                ]
            self._sources = gr.Dropdown(
                [], multiselect=True, label=Later(lambda: gettext("Sources"))
            )
            self._languages = gr.Dropdown(
                [], multiselect=True, label=Later(lambda: gettext("Languages")), visible=False
            )
        self.fields = [*self._days, self._sources, self._languages, self._articles]

    def chosen(self, address: str, *values: Any) -> Filters:
        """What stands in the fields, and where nothing does, what the address names.

        ValueError says which of them is no date.
        """
        given = _given(address.removeprefix("?"))
        named: list[Any] = [given.get(name.removesuffix("s"), []) for name in _FIELDS]
        for at in range(len(self._days)):
            named[at] = "".join(named[at][:1])
        return chosen_filters(*(value or other for value, other in zip(values, named, strict=True)))

    def without(self, limit: Filters, chosen: Sequence[Any]) -> Update:
        """The fields without what was taken off, as far as it stands in them."""
        changed: Update = {}
        for field, value, name in zip(self.fields, chosen, _FIELDS, strict=True):
            was = getattr(limit, name)
            if was and isinstance(was, tuple):
                changed[field] = [name for name in value or [] if name not in was]
            elif was and was in (typed_days(value) or ()):
                changed[field] = ""
        return changed

    def offered(self, archive: Archive, address: str) -> Update:
        """What can be chosen in the fields, and what an address gives for them.

        What it does not give is left alone: somebody may have filled it in already.
        """
        held, given = archive.overview(), _given(address.removeprefix("?"))
        named = [name for name in held.sources if len(name) <= _LONGEST_NAME][:_MOST_NAMED]
        spoken = [tag for tag in held.languages if len(tag) <= _LONGEST_NAME][:_MOST_NAMED]
        articles = [
            (shortened(article.title, _LONGEST_NAME) or article.id, article.id)
            for id in given.get("article", [])[:MOST_CHOSEN]
            if (article := archive.article(id))
        ]
        update: Update = {
            self._sources: gr.update(
                choices=named, value=[name for name in given.get("source", []) if name in named]
            ),
            self._languages: gr.update(
                choices=[(spoken_language(tag), tag) for tag in spoken],
                value=[tag for tag in given.get("language", []) if tag in spoken],
                visible=len(spoken) > 1,
            ),
            self._articles: gr.update(
                choices=articles, value=[id for _, id in articles], visible=bool(articles)
            ),
        }
        for name, field in zip(_FIELDS, self._days, strict=False):
            for day in given.get(name, [])[:1]:
                update[field] = day[:_LONGEST_NAME]
        if given.keys() - {"q"}:
            update[self.panel] = gr.update(open=True)
        return update
