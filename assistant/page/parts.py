"""What every part of the page is built with."""

import threading
from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.i18n import I18nData

from assistant import wording

Update = dict[Any, Any]
"""New values of components, as Gradio takes them from a handler."""

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""How an event is run that is no function for programs, and shows what it does by itself."""


# What stands in a component of HTML says by an event "told" what somebody chose in it; its handler
# of ``select`` gets what the event has in its ``detail``. See ``tell`` in static/script.js.
_TELLS = "element.addEventListener('told', ({detail}) => trigger(detail.event ?? 'select', detail))"


class Later(I18nData):
    """A text of a component, made anew for everybody who opens the page: in their language."""

    def __init__(self, make: Callable[[], str]) -> None:
        super().__init__("")
        self._make = make

    def __str__(self) -> str:
        return self._make()


class Spoken(gr.Blocks):
    """A page whose events speak the language of the browser that sends them.

    What programs may call speaks English to all.
    """

    async def process_api(self, block_fn: Any, *given: Any, **named: Any) -> Any:
        function = self.fns[block_fn] if isinstance(block_fn, int) else block_fn
        headers: Any = getattr(named.get("request"), "headers", {})
        is_ours = function.api_visibility == "private"
        wording.choose(wording.accepted(headers.get("accept-language", "") if is_ours else ""))
        return await super().process_api(block_fn, *given, **named)


def button(make: Callable[[], str], elem_id: str | None = None) -> gr.Button:
    """A small button; ``make`` makes what it says, for everybody who opens the page."""
    component = gr.Button(size="sm", elem_id=elem_id)
    component.value = Later(make)
    return component


def html(make: Callable[[], str] = str, elem_id: str | None = None, tells: bool = False) -> gr.HTML:
    """A component that shows HTML and styles nothing; if it ``tells``, what is chosen in it.

    ``make`` makes what it shows at first, for everybody who opens the page.
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
