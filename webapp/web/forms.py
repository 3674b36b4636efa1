"""Read forms: text fields only, each at most once. Any other form is refused."""

from starlette.exceptions import HTTPException
from starlette.requests import Request

from webapp.notices import N_, Refusal

FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
MAX_FIELDS = 20


async def read_form(request: Request, *required: str) -> dict[str, str]:
    """Return the posted fields by name, stripped. Raises Refusal.

    415: wrong content type. 400: unreadable, or a repeated field. 422: a required field is missing or empty.
    """
    if request.headers.get("content-type", "").split(";")[0].strip().lower() not in FORM_TYPES:
        raise Refusal(N_("This address takes forms only."), 415)
    try:
        form = await request.form(max_files=0, max_fields=MAX_FIELDS)
    except HTTPException as error:
        if error.status_code in (408, 413):
            raise
        raise Refusal(N_("This form could not be read."), 400) from None
    except (UnicodeDecodeError, ValueError):
        raise Refusal(N_("This form could not be read."), 400) from None
    fields: dict[str, str] = {}
    for name, value in form.multi_items():
        if not isinstance(value, str) or name in fields:
            raise Refusal(N_("This form could not be read."), 400)
        if "\x00" in value:
            raise Refusal(N_("This form could not be read."), 400)
        fields[name] = value.strip()
    for name in required:
        if not fields.get(name):
            raise Refusal(N_("Something is missing in this form: %(field)s."), field=name)
    return fields
