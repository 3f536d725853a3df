"""python -m assistant save and new: searches that are saved, and what is new on them."""

import argparse
import json

from assistant import Assistant, saved_searches
from assistant.command import add_model_options, language_model
from assistant.exports import limits, line
from assistant.printing import headline, whole
from assistant.saved_searches import News, NotSaved, Search
from assistant.spoken import counted, spoken_day
from index import Archive, ArchiveError
from index.command import (
    Parser,
    add_common_options,
    add_filter_options,
    configure_models,
    filters,
    report_errors,
)

COMMANDS = {
    "save": "save a search or a question, to be told what is new on it",
    "new": "tell what is new on what was saved, since the last time",
}
"""The help text of each command, by its name."""

_STATUS = """exit status: 0 there is something new; 3 there is nothing new; 2 the command or the
archive cannot be used."""


def main(arguments: list[str], program: str) -> int:
    """Run the command that comes first; returns its exit status."""
    command, *command_options = arguments
    epilog = _STATUS if command == "new" else None
    parser = Parser(f"{program} {command}", description=COMMANDS[command], epilog=epilog)
    add_common_options(parser)
    if command == "new":
        parser.add_argument("--again", action="store_true", help="tell the same again next time")
        add_model_options(parser)
        options = parser.parse_args(command_options)
        return report_errors(lambda: _new(options))
    parser.add_argument("words", help="words that an article has to have, or a question")
    parser.add_argument("--remove", action="store_true", help="save it no longer")
    add_filter_options(parser)
    options = parser.parse_args(command_options)
    return report_errors(lambda: _save(options))


def _save(options: argparse.Namespace) -> int:
    archive = Archive.open(options.archive)
    limited = filters(options)
    if options.remove:
        name = saved_searches.name_of(options.words, limited)
        if not saved_searches.remove(archive, name):
            raise ArchiveError(
                f"“{line(options.words)}” is not saved with these limits; dateline new lists what "
                "is."
            )
    else:
        archive.require(limited)
        try:
            saved_searches.save(archive, options.words, limited)
        except NotSaved as error:
            raise ArchiveError(str(error)) from error
    done = "removed" if options.remove else "saved"
    if options.json:
        print(json.dumps({"query": line(options.words), "done": done}, ensure_ascii=False))
    elif not options.quiet:
        print(f"{done.capitalize()}: {line(options.words)}")
    return 0


def _new(options: argparse.Namespace) -> int:
    configure_models(options)
    archive = Archive.open(options.archive)
    assistant = Assistant(archive, language_model(options), options.reader)
    searches = saved_searches.saved(archive)
    if not searches:
        raise ArchiveError("No search is saved yet: dateline save WORDS saves one.")
    news = [saved_searches.news(archive, search, assistant.ask) for search in searches]
    if options.json:
        print(json.dumps([item.as_dict() for item in news], ensure_ascii=False, indent=2))
    elif paragraphs := list(filter(None, (_as_paragraphs(item, options.quiet) for item in news))):
        print("\n\n".join(paragraphs))
    if not options.again:
        for item in news:
            saved_searches.look(archive, item.search.name, item.seen)
    return 0 if any(news) else 3


def _as_paragraphs(news: News, quiet: bool) -> str:
    """What is new on a search, as paragraphs; "" if nothing is new and ``quiet`` is on."""
    search = news.search
    since = f"since {spoken_day(search.looked.date())}, {search.looked:%H:%M} UTC"
    if not news:
        return "" if quiet else f"{_describe(search)}: nothing new {since}."
    if news.answer:
        return "\n\n".join([f"{_describe(search)}: new {since}.", *whole(news.answer, quiet)])
    assert news.hits is not None
    articles = [passage.article for passage in news.hits.passages]
    total = counted(news.hits.total, "article")
    lines = [f"{_describe(search)}: {total} new or changed {since}."]
    lines += map(headline, articles)
    if news.hits.total > len(articles):
        lines.append(f"  and {news.hits.total - len(articles):,} more")
    return "\n".join(lines)


def _describe(search: Search) -> str:
    return ", ".join([f"“{search.query}”", *(words for _, words in limits(search.filters))])
