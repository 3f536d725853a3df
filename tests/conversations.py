"""Conversations, with each question as somebody would ask it who had heard nothing before.

They stand in ``conversations.txt``. The first twenty were written before there was code for
follow-ups, the last five before it was written anew.
Some are about the sample, others about the articles that are made up here. A line ``?`` is what
was typed, ``=`` the whole question (left out where that is what was typed), and ``>`` what was
answered: a part of an article's headline, and a sentence of it in which the words in brackets are
the answer. ``-`` says that the archive did not say.
"""

from dataclasses import dataclass
from pathlib import Path

from corpus import Article

MADE = (
    Article(
        "quake",
        "Death toll of earthquake in Tessaly rises to 57",
        "The death toll of the earthquake in Tessaly has risen to 57. The earthquake had a "
        "magnitude of 7.1. Governor Paul Ines said that he would ask for tents. His deputy, Clara "
        "Voss, flew to the coast, and she promised to stay until every village was reached.",
    ),
    Article(
        "president",
        "Marin Delorme sworn in as president of Valdoria",
        "Marin Delorme was sworn in on Friday as president of Valdoria. Mr Delorme promised lower "
        "taxes. In Brennland, President Ada Krol said that she would visit him in May.",
    ),
    Article(
        "insult",
        "Man jailed for insulting bus driver",
        "Gareth Pole was jailed on Monday for insulting Delia Lindley, a bus driver. Mr Pole said "
        "that he had been drunk. Ms Lindley told the court that she had not slept for a month.",
    ),
    Article(
        "steel",
        "Holm Steel to cut 300 jobs",
        "Holm Steel, which is led by Anna Blum, will cut 300 jobs. Ms Blum said that the price of "
        "ore had doubled. The unions called the plan a disgrace, and they will strike on Monday.",
    ),
    Article(
        "jackpot",
        "Lottery jackpot reaches 90 million crowns",
        "The jackpot of the Kest lottery stands at 90 million crowns. Who takes it at once is "
        "given 54 million. The draw is on Saturday in Port Amery.",
    ),
    Article(
        "trial",
        "Skier wins trial over crash",
        "Greta Paltz won the trial over the crash at Hochried. Thomas Sander, a doctor, had "
        "demanded 3 million from her. He said that she had run into him. Mr Sander broke four "
        "ribs.",
    ),
    Article(
        "film",
        "Ivo Larsen wins prize for The Long Winter",
        "Ivo Larsen won the Golden Lamp for The Long Winter. The film tells of two sisters on an "
        "island. He thanked his mother, Ruth Larsen, who had sold her house to pay for it.",
    ),
    Article(
        "observatory",
        "Observatory on Mount Kell closes its dome",
        "Professor Rin Okabe, who runs the observatory on Mount Kell, said on Tuesday that its "
        "large mirror had cracked. She called the crack a disaster for the whole valley. The "
        "minister for research, Teo Brask, offered her two million crowns, and he hoped to see it "
        "mended by spring. Visitors will be shown the old telescope, which stands in a hut by the "
        "gate.",
    ),
)  # fmt: skip

TEXT = Path(__file__).with_name("conversations.txt")


@dataclass(frozen=True, slots=True)
class Asked:
    """One turn: what was typed, the whole question, and what was answered, if anything was.

    ``answer`` is part of a headline and a sentence, in which brackets enclose the answer.
    """

    typed: str
    whole: str
    answer: tuple[str, str] | None

    @property
    def sentence(self) -> str:
        """The words that answer."""
        return self.answer[1].partition("[")[2].partition("]")[0] if self.answer else ""


def conversations() -> list[list[Asked]]:
    """The conversations, each as its turns."""
    found = []
    for block in TEXT.read_text(encoding="utf-8").strip().split("\n\n"):
        turns: list[Asked] = []
        for line in block.splitlines():
            kind, text = line[0], line[1:].strip()
            if kind == "?":
                turns.append(Asked(text, text, None))
            elif kind == "=":
                turns[-1] = Asked(turns[-1].typed, text, None)
            elif kind == ">":
                title, _, sentence = text.partition(" | ")
                turns[-1] = Asked(turns[-1].typed, turns[-1].whole, (title, sentence))
        found.append(turns)
    return found
