"""The body of POST /sessions: types, lengths and enums. https://docs.xendit.co/apidocs/create-session

`session_type`, `mode`, `currency` and `country` have error codes of their own: see session_rules.py.
"""

from .schema import Rule

TEXT = Rule("string")
URL = Rule("string", nullable=True)
INTERVALS = ("DAY", "WEEK", "MONTH")
MAX_NUMBER = 10**12  # ours: no limit is documented


def text(minimum: int, maximum: int, **more: object) -> Rule:
    """Return the rule for a text of limited length."""
    return Rule("string", minimum=minimum, maximum=maximum, **more)  # type: ignore[arg-type]


INDIVIDUAL = Rule(
    "object",
    required=("given_names",),
    properties={
        "given_names": text(1, 50),
        "surname": text(1, 50, nullable=True),
        "nationality": text(2, 2, nullable=True),
        "place_of_birth": text(1, 60, nullable=True),
        "date_of_birth": Rule("string", format="date", nullable=True),
        "gender": Rule("string", enum=("MALE", "FEMALE", "OTHER"), nullable=True),
    },
)
CUSTOMER = Rule(
    "object",
    nullable=True,
    required=("reference_id", "type", "individual_detail"),
    properties={
        "reference_id": text(1, 255),
        "type": Rule("string", enum=("INDIVIDUAL",)),
        "individual_detail": INDIVIDUAL,
        "email": text(4, 50, format="email", nullable=True),
        "mobile_number": Rule("string", pattern=r"\+[1-9][0-9]{1,49}", nullable=True),
    },
)
ITEM_TYPES = ("DIGITAL_PRODUCT", "PHYSICAL_PRODUCT", "DIGITAL_SERVICE", "PHYSICAL_SERVICE", "FEE")
ITEM = Rule(
    "object",
    required=("reference_id", "type", "name", "net_unit_amount", "quantity", "category"),
    properties={
        "reference_id": text(1, 255),
        "type": Rule("string", enum=ITEM_TYPES),
        "name": text(1, 255),
        "net_unit_amount": Rule("number", minimum=-MAX_NUMBER, maximum=MAX_NUMBER),
        "quantity": Rule("integer", minimum=1, maximum=MAX_NUMBER),
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
    properties={
        "card_on_file_type": Rule("string", enum=("RECURRING", "MERCHANT_UNSCHEDULED", "CUSTOMER_UNSCHEDULED")),
        "recurring_configuration": Rule("object"),
        "mid_label": TEXT,
        "skip_three_ds": Rule("boolean"),
    },
)
SCHEDULE = Rule(
    "object",
    required=("anchor_date", "interval", "interval_count"),
    properties={
        "anchor_date": Rule("string", format="date-time"),
        "interval": Rule("string", enum=INTERVALS),
        "interval_count": Rule("integer", minimum=1, maximum=365),
        "total_recurrence": Rule("integer", minimum=1, maximum=32_000, nullable=True),
        "retry_interval": Rule("string", enum=("DAY",), nullable=True),
        "retry_interval_count": Rule("integer", minimum=1, maximum=365, nullable=True),
        "total_retry": Rule("integer", minimum=1, maximum=10, nullable=True),
        "failed_attempt_notifications": Rule(
            "array", maximum=10, items=Rule("integer", minimum=1, maximum=10), nullable=True
        ),
    },
)
SUBSCRIPTION = Rule(
    "object",
    nullable=True,
    required=("schedule",),
    properties={
        "schedule": SCHEDULE,
        "failed_cycle_action": Rule("string", enum=("RESUME", "STOP")),
        "payment_link_for_failed_attempt": Rule("boolean"),
        "immediate_payment": Rule("boolean"),
    },
)
COMPONENTS = Rule(
    "object",
    required=("origins",),
    properties={
        "origins": Rule("array", minimum=1, maximum=50, items=Rule("string", format="origin")),
        "return_url": URL,
    },
)
CHANNELS = Rule("array", items=TEXT, maximum=200, nullable=True)
SESSION = Rule(
    "object",
    required=("reference_id", "session_type", "mode", "currency", "country", "amount"),
    properties={
        "reference_id": text(1, 64),
        "session_type": Rule("string", enum=("PAY", "SAVE", "SUBSCRIPTION", "AUTHORIZATION")),
        "mode": TEXT,
        "currency": TEXT,
        "country": TEXT,
        "amount": Rule("number", minimum=0),
        "customer_id": Rule("string", nullable=True),
        "customer": CUSTOMER,
        "allow_save_payment_method": Rule("string", enum=("DISABLED", "OPTIONAL", "FORCED")),
        "capture_method": Rule("string", enum=("AUTOMATIC", "MANUAL")),
        "items": Rule("array", items=ITEM, nullable=True),
        "expires_at": Rule("string", format="date-time"),
        "locale": Rule("string", pattern="[a-z]{2}"),
        "description": text(1, 1000),
        "metadata": Rule("object", nullable=True),
        "success_return_url": URL,
        "cancel_return_url": URL,
        "channel_properties": Rule("object", nullable=True, properties={"cards": CARDS}),
        "allowed_payment_channels": CHANNELS,
        "notification_channels": Rule("array", items=Rule("string", enum=("EMAIL",))),
        "subscription": SUBSCRIPTION,
        "components_configuration": Rule("object", nullable=True, properties=COMPONENTS.properties),
        "payment_link_configuration": Rule("object", properties={"primary_payment_channels": CHANNELS}),
    },
)
