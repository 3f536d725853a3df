"""The English names of months and days of the week: in order, by number, and as patterns."""

MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)
WEEKDAYS = tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())

MONTH_NUMBERS = {
    form: number
    for number, name in enumerate(MONTHS, start=1)
    for form in {name.lower(), name[:3].lower(), *(["sept"] if name == "September" else [])}
}
"""1 to 12 for the name of a month or its usual short form, in lower case and without a stop."""

MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
"""A pattern for the same, to be compiled without regard to case; a stop may follow."""

WEEKDAY = rf"(?:{'|'.join(WEEKDAYS)})"
