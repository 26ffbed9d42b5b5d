"""What an argument is, by the words of its name."""

import re

TIME = re.compile(r"\b(time|hour)\b")
DAY = re.compile(r"\b(day|weekday)\b")
DATE = re.compile(r"\b(date|when)\b")
PLACE = re.compile(
    r"\b(city|town|location|place|destination|origin|country|region|state|airport|area|address|where)\b"
)
MOMENTS = (DAY, DATE, TIME)


def is_moment(name: str) -> bool:
    return any(label.search(name) for label in MOMENTS)
