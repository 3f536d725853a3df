"""What every part of the page is built with."""

from typing import Any

import gradio as gr

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""How an event is run that is no function for programs, and shows what it does by itself."""


def html(value: str, elem_id: str | None = None) -> gr.HTML:
    """A component that shows HTML, and runs and styles nothing."""
    return gr.HTML(value, elem_id=elem_id, apply_default_css=False, js_on_load=None)
