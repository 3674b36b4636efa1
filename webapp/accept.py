"""Read ``Accept-Language`` and ``Accept-Encoding`` (https://www.rfc-editor.org/rfc/rfc9110#section-12.4.2)."""

import re

MAX_LENGTH = 500
OLD_TAGS = {"in": "id"}  # what old Androids call Indonesian


def accepted(header: str) -> dict[str, float]:
    """Return each value in lower case with its weight, 1 unless ``q`` says otherwise.

    A value whose weight can't be read is left out. Weight 0 means: not acceptable.
    """
    weights: dict[str, float] = {}
    for part in header[:MAX_LENGTH].lower().split(","):
        value, _, parameters = part.partition(";")
        try:
            weights[value.strip()] = _weight(parameters) if parameters else 1.0
        except ValueError:
            continue
    return weights


def _weight(parameters: str) -> float:
    named = (text.strip() for text in parameters.split(";"))
    weight = next((text[2:].strip() for text in named if text.startswith("q=")), "1")
    return min(max(float(weight), 0.0), 1.0)


def accepts(header: str, coding: str) -> bool:
    """Return whether a client takes this content coding."""
    weights = accepted(header)
    return weights.get(coding, weights.get("*", 0.0)) > 0


def spoken(header: str, languages: list[str]) -> str:
    """Return the best language of an ``Accept-Language`` header that the shop speaks; the first one if none."""
    wanted = sorted(accepted(header).items(), key=lambda item: -item[1])
    tags = (re.split("[-_]", tag)[0] for tag, weight in wanted if weight > 0)
    return next((tag for each in tags if (tag := OLD_TAGS.get(each, each)) in languages), languages[0])
