"""The body of POST /sessions, as far as types, lengths and enums go. https://docs.xendit.co/apidocs/create-session

`session_type`, `mode`, `currency` and `country` have error codes of their own: see session_rules.py.
"""

from .schema import Rule

TEXT = Rule("string")
URL = Rule("string", nullable=True)
INTERVALS = ("DAY", "WEEK", "MONTH")
LARGEST = 10**12  # ours: no limit is documented
COUNT = Rule("integer", least=1, most=32_000)


def text(least: int, most: int, **more: object) -> Rule:
    return Rule("string", least=least, most=most, **more)  # type: ignore[arg-type]


INDIVIDUAL = Rule(
    "object",
    required=("given_names",),
    names={
        "given_names": text(1, 50),
        "surname": text(1, 50, nullable=True),
        "nationality": text(2, 2, nullable=True),
        "place_of_birth": text(1, 60, nullable=True),
        "date_of_birth": Rule("string", format="date", nullable=True),
        "gender": Rule("string", one_of=("MALE", "FEMALE", "OTHER"), nullable=True),
    },
)
CUSTOMER = Rule(
    "object",
    nullable=True,
    required=("reference_id", "type", "individual_detail"),
    names={
        "reference_id": text(1, 255),
        "type": Rule("string", one_of=("INDIVIDUAL",)),
        "individual_detail": INDIVIDUAL,
        "email": text(4, 50, format="email", nullable=True),
        "mobile_number": Rule("string", pattern=r"\+[1-9][0-9]{1,49}", nullable=True),
    },
)
ITEM_TYPES = ("DIGITAL_PRODUCT", "PHYSICAL_PRODUCT", "DIGITAL_SERVICE", "PHYSICAL_SERVICE", "FEE")
ITEM = Rule(
    "object",
    required=("reference_id", "type", "name", "net_unit_amount", "quantity", "category"),
    names={
        "reference_id": text(1, 255),
        "type": Rule("string", one_of=ITEM_TYPES),
        "name": text(1, 255),
        "net_unit_amount": Rule("number", least=-LARGEST, most=LARGEST),
        "quantity": Rule("integer", least=1, most=LARGEST),
        "category": text(1, 255),
        "subcategory": text(1, 255, nullable=True),
        "description": text(1, 255, nullable=True),
        "url": Rule("string", format="uri", nullable=True),
        "image_url": Rule("string", format="uri", nullable=True),
        "metadata": Rule("object", nullable=True),
    },
)
CARDS = Rule(
    "object",
    names={
        "card_on_file_type": Rule("string", one_of=("RECURRING", "MERCHANT_UNSCHEDULED", "CUSTOMER_UNSCHEDULED")),
        "recurring_configuration": Rule("object"),
        "mid_label": TEXT,
        "skip_three_ds": Rule("boolean"),
    },
)
SCHEDULE = Rule(
    "object",
    required=("anchor_date", "interval", "interval_count"),
    names={
        "anchor_date": Rule("string", format="date-time"),
        "interval": Rule("string", one_of=INTERVALS),
        "interval_count": Rule("integer", least=1, most=365),
        "total_recurrence": COUNT,
        "retry_interval": Rule("string", one_of=INTERVALS),
        "retry_interval_count": COUNT,
        "total_retry": Rule("integer", least=1, most=10),
        "failed_attempt_notifications": Rule("array", each=Rule("integer", least=1, most=10)),
    },
)
SUBSCRIPTION = Rule(
    "object",
    nullable=True,
    required=("schedule",),
    names={
        "schedule": SCHEDULE,
        "failed_cycle_action": Rule("string", one_of=("RESUME", "STOP")),
        "payment_link_for_failed_attempt": Rule("boolean"),
        "immediate_payment": Rule("boolean"),
    },
)
COMPONENTS = Rule(
    "object",
    required=("origins",),
    names={"origins": Rule("array", least=1, most=50, each=Rule("string", format="origin")), "return_url": URL},
)
CHANNELS = Rule("array", each=TEXT, most=200, nullable=True)
SESSION = Rule(
    "object",
    required=("reference_id", "session_type", "mode", "currency", "country", "amount"),
    names={
        "reference_id": text(1, 64),
        "session_type": Rule("string", one_of=("PAY", "SAVE", "SUBSCRIPTION", "AUTHORIZATION")),
        "mode": TEXT,
        "currency": TEXT,
        "country": TEXT,
        "amount": Rule("number", least=0),
        "customer_id": Rule("string", nullable=True),
        "customer": CUSTOMER,
        "allow_save_payment_method": Rule("string", one_of=("DISABLED", "OPTIONAL", "FORCED")),
        "capture_method": Rule("string", one_of=("AUTOMATIC", "MANUAL")),
        "items": Rule("array", each=ITEM, nullable=True),
        "expires_at": Rule("string", format="date-time"),
        "locale": Rule("string", pattern="[a-z]{2}"),
        "description": text(1, 1000),
        "metadata": Rule("object", nullable=True),
        "success_return_url": URL,
        "cancel_return_url": URL,
        "channel_properties": Rule("object", nullable=True, names={"cards": CARDS}),
        "allowed_payment_channels": CHANNELS,
        "notification_channels": Rule("array", each=Rule("string", one_of=("EMAIL",))),
        "subscription": SUBSCRIPTION,
        "components_configuration": Rule("object", nullable=True, names=COMPONENTS.names),
        "payment_link_configuration": Rule("object", names={"primary_payment_channels": CHANNELS}),
    },
)
