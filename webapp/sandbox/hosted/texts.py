"""Sentences of the hosted pages: marked here for translation, translated in the templates."""


def N_(message: str) -> str:
    """Mark a text for the catalogues."""
    return message


GROUPS = {
    "CARDS": N_("Card"),
    "QR_CODE": N_("QR code"),
    "EWALLET": N_("Wallet"),
    "ONLINE_BANKING": N_("Online banking"),
    "VIRTUAL_ACCOUNT": N_("Bank transfer"),
    "OVER_THE_COUNTER": N_("In a shop"),
    "PAYLATER": N_("Pay later"),
}

CARD_NOTES = {
    "visa": N_("Succeeds at once"),
    "mastercard": N_("Succeeds at once"),
    "challenge": N_("The bank asks for approval first"),
    "declined": N_("Is declined"),
}

FAILURES = {
    "CARD_DECLINED": N_("The card was declined."),
    "DECLINED_BY_ISSUER": N_("The bank that issued the card declined it."),
    "DECLINED_BY_PROCESSOR": N_("The payment was declined."),
    "EXPIRED_CARD": N_("The card has expired."),
    "INSUFFICIENT_BALANCE": N_("There is not enough money in the account."),
    "STOLEN_CARD": N_("The card has been reported as stolen."),
    "INVALID_CVV": N_("The card's security code is wrong."),
    "AUTHENTICATION_FAILED": N_("The bank could not confirm that it was you."),
    "USER_DECLINED_PAYMENT": N_("You did not approve it."),
}
FAILED = N_("It did not go through.")

# The customer's step at a bank, a wallet or a shop, by the type of channel.
STEPS = {
    "CARDS": N_("Your bank asks whether it is really you who pays."),
    "QR_CODE": N_("Scan the code with your banking app or wallet."),
    "EWALLET": N_("%(brand)s asks you to approve."),
    "ONLINE_BANKING": N_("%(brand)s asks you to approve."),
    "PAYLATER": N_("%(brand)s asks you to approve."),
    "VIRTUAL_ACCOUNT": N_("Transfer the exact amount to this account number."),
    "OVER_THE_COUNTER": N_("Show this code at the counter and pay there."),
}
APPROVE = {
    "QR_CODE": N_("I have paid"),
    "VIRTUAL_ACCOUNT": N_("I have transferred it"),
    "OVER_THE_COUNTER": N_("I have paid"),
}
APPROVE_OTHERWISE = N_("Approve")
