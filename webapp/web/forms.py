"""Read forms: text fields only, each at most once. Any other form is refused."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from webapp.notices import N_, Refusal

FORM_TYPE = "application/x-www-form-urlencoded"
MAX_FIELDS = 20


async def read_form(request: Request, *required: str) -> dict[str, str]:
    """Return the posted fields by name, stripped. Raises Refusal.

    415: wrong content type. 400: unreadable, or a repeated field. 422: a required field is missing or empty.
    """
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != FORM_TYPE:
        raise Refusal(N_("This address takes forms only."), 415)
    try:
        text = (await request.body()).decode()
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:
        raise Refusal(N_("This form could not be read."), 400) from None
    fields = {name: value.strip() for name, value in pairs}
    if len(fields) < len(pairs) or "\0" in "".join(fields.values()):
        raise Refusal(N_("This form could not be read."), 400)
    for name in required:
        if not fields.get(name):
            raise Refusal(N_("Something is missing in this form: %(field)s."), field=name)
    return fields
