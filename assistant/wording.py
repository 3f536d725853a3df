"""Words that say the same in a question and in the news, where the stem does not show it."""

from collections.abc import Iterable
from functools import cache

from index.lexical import words

IRREGULAR = """
begin began begun; break broke broken; bring brought; build built; buy bought; catch caught;
choose chose chosen; come came; cut; draw drew drawn; drink drank drunk; drive drove driven;
eat ate eaten; fall fell fallen; fight fought; find found; flee fled; fly flew flown;
forbid forbade forbidden; forget forgot forgotten; freeze froze frozen; get got gotten;
give gave given; go went gone; grow grew grown; hang hung; hear heard; hide hid hidden;
hold held; keep kept; know knew known; lead led; leave left; lend lent; lose lost; make made;
mean meant; meet met meeting; pay paid; ride rode ridden; ring rang rung; rise rose risen;
run ran; see saw seen; seek sought; sell sold; send sent; shake shook shaken; shoot shot;
show showed shown; sing sang sung; sink sank sunk; sit sat; speak spoke spoken; spend spent;
stand stood; steal stole stolen; strike struck; swear swore sworn; swim swam swum;
take took taken; teach taught; tear tore torn; tell told; think thought; throw threw thrown;
understand understood; wear wore worn; win won; withdraw withdrew withdrawn; write wrote written
"""
"""Forms of irregular verbs, in groups; the English stemmer joins only the regular ones."""

# What reporters say in several words of their own for one thing that a reader asks about.
_FAMILIES = """
die died dead death dying kill killed fatal fatality toll perish deadly;
people person civilian resident man men woman women;
injure injured injury wound wounded hurt;
attend attended attendance attendee present participate participant;
begin start commence break erupt outbreak;
fight battle clash combat; end finish conclude;
agree agreement deal accord pact treaty; refuse reject decline deny;
demand call insist require; vow pledge promise swear threaten;
arrest detain custody; resign resignation quit step; elect election vote won;
buy acquire acquisition purchase; cost price worth pay paid; rise increase climb grow jump;
fall drop decline decrease; head lead chair; strike walkout; fire blaze; quake earthquake;
film movie; doctor physician; lawyer attorney; job employ work; car vehicle; ill sick disease;
child kid; marry wed wedding marriage wife husband spouse widow; born birth; name call;
found discover; big large major; shut close closure closed; money fund; approve pass adopt;
ban prohibit forbid outlaw; launch unveil introduce release; prosecute prosecutor prosecution;
convict conviction acquit acquitted guilty; build construct construction; own owner; teach teacher
"""


@cache
def _groups() -> dict[str, frozenset[int]]:
    """The numbers of the groups that each word is in."""
    groups: dict[str, set[int]] = {}
    for number, group in enumerate((IRREGULAR + ";" + _FAMILIES).split(";")):
        for word in words(group):
            groups.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in groups.items()}


def groups_of(forms: Iterable[str]) -> frozenset[int]:
    """The groups of words that say the same in which any of the forms is."""
    found: set[int] = set()
    for form in forms:
        found |= _groups().get(form, frozenset())
    return frozenset(found)
