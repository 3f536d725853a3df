"""The language model that chooses sentences, as visitors of the page set it for themselves."""

from functools import partial

import gradio as gr
import httpx

from assistant.language_model import LanguageModel, Model
from assistant.page.parts import QUIET, Later, button, html
from assistant.rendering import fill
from assistant.wording import gettext

_LONGEST = 500
_SECONDS = 5


def build_settings(started_with: Model | None) -> gr.State:
    """Add the fields for a model to the current Blocks; returns a state with the model, or None.

    Without one, the model that the page was ``started_with`` chooses. A key stays in this process,
    for this visit.
    """
    chosen = gr.State(None)
    usual = started_with.name if started_with else ""
    with gr.Accordion(Later(lambda: gettext("Language model")), open=False, elem_id="model"):
        with gr.Row():
            name = gr.Textbox(
                label=Later(lambda: gettext("Model")), placeholder="llama3.2", max_lines=1
            )
            address = gr.Textbox(
                label=Later(lambda: gettext("Address")),
                placeholder="http://localhost:11434/v1",
                max_lines=1,
            )
            key = gr.Textbox(
                label=Later(lambda: gettext("Key, if it needs one")), type="password", max_lines=1
            )
        with gr.Row():
            use = button(lambda: gettext("Use this model"))
            stop = button(lambda: gettext("Stop using it"))
        state = html(partial(fill, "model.html", name=usual))

    def set_model(name: str, address: str, key: str) -> tuple[LanguageModel | None, str]:
        try:
            model = _model(name, address, key)
        except ValueError as error:
            return None, fill("notice.html", problem=str(error))
        return model, fill("model.html", name=model.name)

    def unset() -> tuple[None, str]:
        return None, fill("model.html", name=usual)

    use.click(set_model, [name, address, key], [chosen, state], **QUIET)
    stop.click(unset, None, [chosen, state], **QUIET)
    return chosen


def _model(name: str, address: str, key: str) -> LanguageModel:
    """The model of these fields; raises ValueError if one is too long, or no server answers."""
    if max(map(len, (name, address, key))) > _LONGEST:
        raise ValueError(
            gettext(
                "A model’s name, address and key have at most %(num)s characters.", num=_LONGEST
            )
        )
    model = LanguageModel(name.strip(), address.strip(), key.strip())
    try:
        # Any answer will do: it shows that there is a server.
        with httpx.stream("GET", f"{model.base_url}/models", timeout=_SECONDS):
            return model
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ValueError(
            gettext(
                "No server answers at %(address)s: start that of the model, or mend the address.",
                address=model.base_url,
            )
        ) from error
