"""The limits of a question, as somebody at the desk sets them."""

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
_parse = partial(parse_qs, max_num_fields=1_000)
# The arguments of ``chosen_filters``, in the order of the fields.
_FIELDS = ("after", "before", "as_of", "sources", "languages", "articles")


class Limits:
    """The fields for days, sources, languages and articles, in the current Blocks."""

    def __init__(self) -> None:
        self.panel = gr.Accordion(
            Later(lambda: gettext("Limit to dates and sources")), open=False, elem_id="limits"
        )
        with self.panel:
            # First, so that whoever opens an address with articles sees them.
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
        """The filters from the fields; if a field is empty, from the address.

        Raises ValueError if a date is not valid.
        """
        parameters = _parse(address.removeprefix("?"))
        defaults: list[Any] = [parameters.get(name.removesuffix("s"), []) for name in _FIELDS]
        for at in range(len(self._days)):
            defaults[at] = "".join(defaults[at][:1])
        pairs = zip(values, defaults, strict=True)
        return chosen_filters(*(value or default for value, default in pairs))

    def without(self, limit: Filters, values: Sequence[Any]) -> Update:
        """The fields without a limit that was removed, if they contain it."""
        changed: Update = {}
        for field, value, name in zip(self.fields, values, _FIELDS, strict=True):
            removed = getattr(limit, name)
            if removed and isinstance(removed, tuple):
                changed[field] = [name for name in value or [] if name not in removed]
            elif removed and removed in (typed_days(value) or ()):
                changed[field] = ""
        return changed

    def offered(self, archive: Archive, address: str) -> Update:
        """The choices of the fields, and the values that an address has for them.

        Other fields stay as they are, because somebody may already have filled them in.
        """
        overview, parameters = archive.overview(), _parse(address.removeprefix("?"))
        sources = [name for name in overview.sources if len(name) <= _LONGEST_NAME][:_MOST_NAMED]
        languages = [tag for tag in overview.languages if len(tag) <= _LONGEST_NAME][:_MOST_NAMED]
        articles = [
            (shortened(article.title, _LONGEST_NAME) or article.id, article.id)
            for id in parameters.get("article", [])[:MOST_CHOSEN]
            if (article := archive.article(id))
        ]
        update: Update = {
            self._sources: gr.update(
                choices=sources,
                value=[name for name in parameters.get("source", []) if name in sources],
            ),
            self._languages: gr.update(
                choices=[(spoken_language(tag), tag) for tag in languages],
                value=[tag for tag in parameters.get("language", []) if tag in languages],
                visible=len(languages) > 1,
            ),
            self._articles: gr.update(
                choices=articles, value=[id for _, id in articles], visible=bool(articles)
            ),
        }
        for name, field in zip(_FIELDS, self._days, strict=False):
            for day in parameters.get(name, [])[:1]:
                update[field] = day[:_LONGEST_NAME]
        if parameters.keys() - {"q"}:
            update[self.panel] = gr.update(open=True)
        return update
