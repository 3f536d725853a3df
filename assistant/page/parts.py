"""What every part of the page is built with."""

import threading
from typing import Any

import gradio as gr

Update = dict[Any, Any]
"""New values of components, as Gradio takes them from a handler."""

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""How an event is run that is no function for programs, and shows what it does by itself."""


# What stands in a component of HTML says by an event "told" what somebody chose in it; its handler
# of ``select`` gets what the event has in its ``detail``. See ``tell`` in static/script.js.
_TELLS = "element.addEventListener('told', ({detail}) => trigger(detail.event ?? 'select', detail))"


def html(value: str, elem_id: str | None = None, tells: bool = False) -> gr.HTML:
    """A component that shows HTML and styles nothing; if it ``tells``, what is chosen in it."""
    return gr.HTML(
        value, elem_id=elem_id, apply_default_css=False, js_on_load=_TELLS if tells else None
    )


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
