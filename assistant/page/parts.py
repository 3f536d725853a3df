"""The building blocks of every part of the page."""

import threading
from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.i18n import I18nData

from assistant import wording

Update = dict[Any, Any]
"""New values of components, as Gradio takes them from a handler."""

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""For an event that is not offered to programs, and whose handler shows its own progress."""


# An element inside an HTML component sends the event "told" when somebody chooses something in it;
# the component's handler of ``select`` gets its ``detail``. See ``tell`` in static/script.js.
_TELLS = "element.addEventListener('told', ({detail}) => trigger(detail.event ?? 'select', detail))"


class Later(I18nData):
    """A text of a component, made anew in the reader's language whenever the page is opened."""

    def __init__(self, make: Callable[[], str]) -> None:
        super().__init__("")
        self._make = make

    def __str__(self) -> str:
        return self._make()


class Spoken(gr.Blocks):
    """A page whose events are answered in the language of the browser that sends them.

    The functions for programs answer in English.
    """

    async def process_api(self, block_fn: Any, *args: Any, **kwargs: Any) -> Any:
        function = self.fns[block_fn] if isinstance(block_fn, int) else block_fn
        headers: Any = getattr(kwargs.get("request"), "headers", {})
        is_ours = function.api_visibility == "private"
        wording.choose(wording.accepted(headers.get("accept-language", "") if is_ours else ""))
        return await super().process_api(block_fn, *args, **kwargs)


def button(make: Callable[[], str], elem_id: str | None = None) -> gr.Button:
    """A small button; ``make`` returns its text each time that the page is opened."""
    component = gr.Button(size="sm", elem_id=elem_id)
    component.value = Later(make)
    return component


def html(make: Callable[[], str] = str, elem_id: str | None = None, tells: bool = False) -> gr.HTML:
    """A component that shows HTML without styles; if it ``tells``, it reports what is chosen in it.

    ``make`` returns its first content each time that the page is opened.
    """
    component = gr.HTML(
        elem_id=elem_id, apply_default_css=False, js_on_load=_TELLS if tells else None
    )
    component.value = Later(make)
    return component


class Busy:
    """How many answers are being computed; ``with busy:`` counts one more."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            self.count += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.count -= 1
