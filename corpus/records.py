"""Turns a record into a draft of an article, by the usual names of its fields.

A record is a JSON object, a row of a table or the header of a text. Names of fields are compared
without regard to case, accents, spaces, dashes, stops and underscores. Words in brackets or after
a slash (``Pub. Date (UTC)``, ``Autor/in``) and the words for an article (``Titre de l'article``)
are ignored, too.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from corpus.authors import is_nothing, names_of, unlisted
from corpus.dates import Order, no_date
from corpus.drafts import Draft, first_date, revision_of
from corpus.encoding import decode_entities
from corpus.markup import is_html, text_of_html, text_of_marked
from corpus.rich_text import html_of_rich_text

_NAMES: dict[str, str] = {
    # English, then German, French, Spanish, Italian, Portuguese and Dutch.
    "text": "text body content articlebody articletext fulltext maintext bodytext "
            "textcontent plaintext cleantext story article paragraphs contenthtml contenttext "
            "bodyhtml html articlehtml articlecontent storytext newstext postcontent "
            "contentencoded rawtext richcontent richtext htmlcontent message "
            "volltext artikeltext inhalt beitrag haupttext texte textecomplet texteintegral "
            "contenu corps "
            "texto textocompleto textointegral contenido cuerpo testo testocompleto contenuto "
            "conteudo corpo tekst artikeltekst inhoud artikel",
    "title": "title headline name articletitle heading head hed subject titletext webtitle "
             "posttitle headlines titel uberschrift schlagzeile titre titulo titular titolo "
             "manchete kop",
    "source": "source publisher outlet site sitename sourcename newspaper publication agency "
              "provider newssource medianame publicationtitle publicationname containertitle "
              "sourcedomain domain hostname quelle zeitung medium publikation journal editeur "
              "fuente periodico diario medio fonte giornale testata jornal veiculo bron krant",
    "published": "published publishedat publisheddate publishedon publishedtime publicationdate "
                 "publicationtime pubdate publishdate datepublished firstpublished date datetime "
                 "articledate posted postedat dateposted issued webpublicationdate created "
                 "createdat datecreated datepublish firstcreated displaydate firstpublishdate "
                 "postdate firstpublisheddate publishup dateissued seendate versioncreated "
                 "timestamp datum erscheinungsdatum "
                 "veroffentlicht veroffentlichtam publikationsdatum datedepublication publiele "
                 "dateparution fecha fechadepublicacion fechapublicacion publicado data "
                 "datadipubblicazione datapubblicazione pubblicatoil datadepublicacao "
                 "datadapublicacao "
                 "datapublicacao publicadoem publicatiedatum gepubliceerdop",
    "url": "url link canonicalurl canonical permalink articleurl weburl sourceurl href "
           "respondedurl requestedurl "
           "mainentityofpage lien adresse enlace direccion indirizzo ligacao webadres",
    "author": "author byline authors creator writer reporter dccreator authorname contributors "
              "autor autorin autoren verfasser auteur auteurs autores autore autori autora "
              "redakteur journalist journaliste periodista giornalista jornalista",
    "id": "id guid uuid articleid docid documentid externalid urn",
    "language": "language lang inlanguage languagecode sprache langue idioma lingua taal",
    "place": "place location dateline contentlocation city ort lieu lugar luogo local plaats",
    "section": "section articlesection sectionname rubrik ressort rubrique seccion sezione secao "
               "rubriek",
    "embargo": "embargo embargoed embargoeduntil embargountil embargodate embargotime",
    "withdrawn": "withdrawn retracted",
    "status": "pubstatus status poststatus",
    "summary": "summary description abstract abstractnote standfirst lead teaser excerpt snippet "
               "zusammenfassung vorspann anriss chapeau resume resumen entradilla sommario "
               "riassunto resumo samenvatting",
}  # fmt: skip
_FURTHER_NAMES = {
    # Polish, Turkish, Russian, Ukrainian, Arabic, Chinese, Japanese and Korean, without marks.
    "text": "tresc metin icerik текст полныитекст النص المحتوى 正文 全文 内容 內容 本文 본문 내용",
    "title": "tytuł baslık заголовок название назва العنوان 标题 標題 题名 題名 見出し 제목",
    "source": "zrodło gazeta kaynak gazete источник издание джерело видання المصدر الصحيفة "
              "来源 來源 媒体 媒體 报纸 報紙 報章 刊名 新聞名 媒体名 掲載紙 언론사 매체 매체명",
    "published": "datapublikacji tarih дата датапубликации датапублікаціі التاريخ تاريخالنشر 日期 "
                 "发布日期 發布日期 出版日期 发布时间 日付 発行日 掲載日 일자 날짜 발행일 게재일",
    "url": "baglantı ссылка адрес посилання الرابط 链接 鏈接 連結 网址 網址 リンク 링크 주소",
    "author": "yazar автор авторы автори الكاتب المولف 作者 记者 記者 著者 執筆者 "
              "기자 기고자 작성자",
    "language": "jezyk dil язык мова اللغة 语言 語言 言語 언어",
    "section": "dział рубрика раздел القسم 版面 版次 版頭 栏目 欄目 面名 지면",
    "summary": "streszczenie ozet аннотация описание опис الملخص 摘要 要約 요약",
}  # fmt: skip
_USUAL_NAMES = {
    field: tuple(f"{names} {_FURTHER_NAMES.get(field, '')}".split())
    for field, names in _NAMES.items()
}
_BY_NAME = {name: field for field, names in _USUAL_NAMES.items() for name in names}

FIELDS = tuple(field for field in _USUAL_NAMES if field != "summary")
"""Our names of the fields; for each of them a caller can give the record's own name."""

_NO = frozenset(["", *"0 false f no n none null nan n/a na nein non nee não never off".split()])
_YES = frozenset("1 true t yes y x ✓ ✔ on ja oui sí sim".split())
_WITHDRAWN = frozenset("canceled cancelled killed retracted withdrawn withheld".split())
_UNPUBLISHED = frozenset(
    """draft auto-draft private pending future scheduled trash trashed unpublished inherit
    false""".split()
)
_KEYS = ("name", "rendered", "basic", "main", "text", "content", "#text", "$t", "_", "value",
         "title", "label", "$oid", "$date", "$numberLong", "@value", "@id", "url")  # fmt: skip
"""Keys of an object that stands for a plain value; the first that is present has the value."""

_TEXT_KEYS = ("text", "content", "rendered", "html", "#text", "$t", "_", "value", "@value")
_VOCABULARY = re.compile(r"\A(?:article|dc|dcterms|og|schema):(?!\w{1,80}:)", re.IGNORECASE)
_LOCALE = re.compile(r"[a-z]{2}[-_][A-Z]{2}")
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|(?<=.)/[\s\S]*")
_OF_ARTICLE = re.compile(
    r"(?<![^\W_])(?:(?:of|d[aeou]|des|della?|dell|der|van)[ '’]+(?:(?:the|la|el|l|het)[ '’]+)?)?"
    r"(?:article|articulo|articolo|artikel|artigo|noticia|notizia|nachricht|news|story)s?(?![^\W_])"
)
_NOT_COMPARED = str.maketrans("", "", "_- :.*")
_ADDRESS = re.compile(r"https?://[\w.-]+(?::\d{1,5})?(?:[/?#]\S*)?")
_CUT_OFF = re.compile(r"\s?\[\+?\d{1,9} chars\]\s*$")
_WRAPPED = re.compile(r"<(b|em|i|span|strong)(?:\s[^<>]*)?>.*</\1>", re.DOTALL)
_OF_DOTNET = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
_BEFORE_TEXT = re.compile(r"([^()]{2,80}?)\s?\([^()]{2,40}\)\s?[-–—]*\s*")
PROSE = 100
"""Characters; a longer value of an unknown field may be the text."""


def check_field_names(field_names: Mapping[str, str]) -> dict[str, str]:
    """The mapping with our own names as keys; their usual synonyms are understood, too.

    Raises ValueError, with one sentence, for a field that no article has.
    """
    checked: dict[str, str] = {}
    for ours, theirs in field_names.items():
        field = next((field for field in FIELDS if plain_name(ours) in _USUAL_NAMES[field]), None)
        if field is None:
            raise ValueError(f"{ours!r} is not a field of an article: {', '.join(FIELDS)}")
        if not theirs.strip():
            raise ValueError(f"no name is given for the field {ours!r}")
        checked[field] = theirs.strip()
    return checked


def field_of(name: object, field_names: Mapping[str, str]) -> str | None:
    """Our name of the field that a record calls ``name``, or ``summary``; None if it is unknown."""
    plain = plain_name(name)
    fields = (ours for ours, theirs in field_names.items() if plain_name(theirs) == plain)
    return next(fields, None) or _BY_NAME.get(_usual_name(str(name)[:200]))


def draft_of_record(
    record: Mapping[str, Any], field_names: Mapping[str, str], order: Order | None = None
) -> Draft:
    """The draft of the article in a record; its text is empty if the record has none.

    A summary counts as the text only if no unknown field may contain a longer one.
    """
    by_name: dict[str, Any] = {}
    for name_of in (plain_name, _usual_name):
        for key, value in record.items():
            by_name.setdefault(name_of(str(key)[:200]), value)

    def values(field: str) -> Iterator[Any]:
        if field in field_names:
            yield value_at(record, field_names[field])
        yield from (by_name[name] for name in _USUAL_NAMES[field] if name in by_name)

    def line(field: str) -> str | None:
        lines = (decode_entities(_as_text(value, ", ")) for value in values(field))
        return next((line for line in lines if not is_nothing(line)), None)

    language = line("language")
    text = next(filter(str.strip, map(text_of, values("text"))), "")
    if not text:
        summary = next(filter(str.strip, map(text_of, values("summary"))), "")
        longest = max((len(value) for key, value in record.items() if may_be_text(key, value)),
                      default=0)  # fmt: skip
        text = summary if longest <= max(len(summary), PROSE) else ""
    embargoes = (_as_word(value) for value in values("embargo"))
    embargo = next((date for date in embargoes if not _says_no(date)), None)
    withdrawn = any(not _says_no(_as_word(value)) for value in values("withdrawn"))
    statuses = (_as_word(value).lower().removeprefix("stat:") for value in values("status"))
    urls = (_as_text(_url(value), "") for value in values("url"))
    authors = (decode_entities(names_of(value)) for value in values("author"))
    sections = (decode_entities(names_of(value)) for value in values("section"))
    urls = (url for url in urls if url.strip())
    sources = [decode_entities(_as_text(value, ", ")) for value in values("source")]
    source, address = _paper_and_address(sources)
    place = line("place")
    before_text = _BEFORE_TEXT.fullmatch(place[:200]) if place else None
    return Draft(
        text=text,
        title=line("title"),
        id=line("id"),
        dates=[first_date(map(_date, values("published")), language, order)],
        url=next(urls, address),
        source=source,
        author=next((author for author in authors if author), None),
        language=language,
        place=before_text[1] if before_text else place,
        section=next((section for section in sections if section), None),
        undated=no_date(map(_date, values("published"))),
        embargo="" if embargo and embargo.lower() in _YES else embargo,
        withdrawn=withdrawn or any(status in _WITHDRAWN for status in statuses),
        revision=revision_of(
            _as_word(by_name.get("version")),
            first_date([_date(by_name.get("versioncreated"))], language, order),
        ),
    )


def _paper_and_address(sources: Iterable[str]) -> tuple[str | None, str | None]:
    """The paper, and the address of the article, from the values of the source field.

    The address of a front page gives its host as the paper.
    """
    address = paper = None
    for source in sources:
        parts = urlsplit(source) if _ADDRESS.fullmatch(source) else None
        if parts is None:
            paper = paper or (None if is_nothing(source) else source)
        elif parts.path.strip("/") or parts.query:
            address = address or source
        else:
            paper = paper or parts.netloc.removeprefix("www.")
    return paper, address


def is_unpublished(record: Mapping[str, Any]) -> bool:
    """Whether a record says that it is a draft, or not public."""
    for key, value in record.items():
        name, word = plain_name(key), _as_word(value).lower()
        if (
            (name in _USUAL_NAMES["status"] and word in _UNPUBLISHED)
            or (name in {"ispublished", "published"} and word == "false")
            or (name in {"draft", "isdraft"} and word in _YES)
            # Data sets of Sanity mark drafts by such an id.
            or (key == "_id" and word.startswith("drafts."))
        ):
            return True
    return False


def unclear_withdrawal(record: Mapping[str, Any], field_names: Mapping[str, str]) -> str | None:
    """The words in a field for withdrawals if they say neither yes nor no nor when; or None."""
    words = (_as_word(value) for key, value in record.items()
             if field_of(key, field_names) == "withdrawn")  # fmt: skip
    return next((word for word in words if not _says_no(word)
                 and word.lower() not in _YES | _WITHDRAWN
                 and not any(map(str.isdigit, word))), None)  # fmt: skip


def _says_no(word: str) -> bool:
    return word.lower().strip("-–—._ ") in _NO


def has_field(record: Mapping[str, Any], field: str, field_names: Mapping[str, str]) -> bool:
    """Whether a record has a value in one of our fields, or in ``summary``."""
    values = [value for key, value in record.items() if field_of(key, {}) == field]
    if field in field_names:
        values.append(value_at(record, field_names[field]))
    return any(not is_nothing(text_of(value)) for value in values)


def value_at(record: Any, path: str) -> Any:
    """The value at a dotted path; in a list, of the numbered element, or of all as a list."""
    if isinstance(record, dict):
        if path in record:
            return record[path]
        head, dot, tail = path.partition(".")
        # Keys may contain dots, so longer beginnings of the path are tried, too.
        while dot or head:
            if head in record and dot:
                return value_at(record[head], tail)
            more, dot, tail = tail.partition(".")
            if not more:
                break
            head = f"{head}.{more}"
        plain = {plain_name(key): value for key, value in record.items()}
        return plain.get(plain_name(path))
    if isinstance(record, list):
        head, dot, tail = path.partition(".")
        if head.isdecimal() and len(head) < 6:
            inner = record[int(head)] if int(head) < len(record) else None
            return value_at(inner, tail) if dot else inner
        return [inner for item in record if (inner := value_at(item, path)) is not None]
    return None


def text_of(value: Any) -> str:
    """The text of a body in HTML, a list or an editor's tree, with entities decoded."""
    value = _of_first_locale(value)
    if (tree := html_of_rich_text(value)) is not None:
        return text_of_html(tree)
    if isinstance(value, list):
        return "\n\n".join(filter(str.strip, map(text_of, value)))
    text = _as_text(_scalar(value, _TEXT_KEYS), "\n\n")
    if (listed := unlisted(text)) is not None:
        return text_of(listed)
    if text.startswith("{") and text.rstrip().endswith("}"):
        with suppress(ValueError, RecursionError):
            if tree := html_of_rich_text(json.loads(text)):
                return text_of_html(tree)
    # NewsAPI and GNews say at the end how much of a text they cut off.
    text = "" if is_nothing(text) else _CUT_OFF.sub("", text) if text.endswith("]") else text
    if is_html(text) or _WRAPPED.fullmatch(text.strip()):
        return text_of_html(text)
    decoded = decode_entities(text)
    # Feeds and spreadsheets may contain HTML with escaped tags.
    return text_of_html(decoded) if "&lt;" in text and is_html(decoded) else text_of_marked(decoded)


def may_be_text(key: object, value: Any) -> bool:
    """Whether a field is unknown and contains words with spaces between them."""
    return (
        isinstance(value, str) and field_of(key, {}) is None and value.count(" ") > len(value) // 20
    )


def plain_name(name: object) -> str:
    """The name of a field without case, accents and signs, so that names can be compared."""
    return _plain_name(str(name)[:200])


@lru_cache(maxsize=4096)
def _plain_name(name: str) -> str:
    name = _without_accents(name)
    return (_ASIDE.sub("", name).strip() or name).translate(_NOT_COMPARED)


@lru_cache(maxsize=4096)
def _usual_name(name: str) -> str:
    """The plain name without a vocabulary's prefix, such as ``dc:`` or ``og:``.

    ``of the article`` and the like are removed, too, from a name that is known only without them.
    """
    name = _VOCABULARY.sub("", name)
    plain, shorter = plain_name(name), plain_name(_OF_ARTICLE.sub("", _without_accents(name)))
    # Several articles may have the id of one story.
    return shorter if plain not in _BY_NAME and _BY_NAME.get(shorter, "id") != "id" else plain


def _without_accents(name: str) -> str:
    plain = "".join(character for character in unicodedata.normalize("NFKD", name.lower())
                    if not unicodedata.combining(character))  # fmt: skip
    return unicodedata.normalize("NFC", plain)  # the syllables of Korean


def _as_text(value: Any, separator: str) -> str:
    """A value as text: an object gives its name or the like, a list all its values, joined."""
    if isinstance(value, list):
        return separator.join(text for part in value if (text := _as_text(part, separator)))
    value = _scalar(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return str(value) if isinstance(value, str | int | float) and value is not True else ""


def _scalar(value: Any, keys: Iterable[str] = _KEYS) -> Any:
    """The plain value of an object: the value of the first of ``keys``, at any depth."""
    value = _inner_value(value, keys)
    return None if isinstance(value, bool | dict) else value


def _inner_value(value: Any, keys: Iterable[str]) -> Any:
    for _ in range(5):
        value = _of_first_locale(value)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if not isinstance(value, dict):
            break
        value = next((value[key] for key in keys if value.get(key) not in (None, "")), None)
    return value


def _of_first_locale(value: Any) -> Any:
    """The first value of an object with a value for each language, ``{"en-US": …}``."""
    is_by_locale = isinstance(value, dict) and value and all(map(_LOCALE.fullmatch, value))
    return next(iter(value.values())) if is_by_locale else value


def _date(value: Any) -> Any:
    """A date as text or a number; CSL-JSON has a list of year, month and day, or words."""
    parts = value.get("date-parts") if isinstance(value, dict) else None
    if isinstance(parts, list) and parts and isinstance(parts[0], list):
        return "-".join(f"{part!s:0>2}" for part in parts[0][:3])
    value = _scalar(value, (*_KEYS, "raw", "literal"))
    counted = _OF_DOTNET.fullmatch(value) if isinstance(value, str) else None
    return int(counted[1]) if counted else value


def _as_word(value: Any) -> str:
    value = _inner_value(value, _KEYS)
    return str(value).lower() if isinstance(value, bool) else _as_text(value, "").strip()


def _url(value: Any) -> Any:
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        return next((value[key] for key in ("@id", "url", "href", "value") if key in value), None)
    return value
