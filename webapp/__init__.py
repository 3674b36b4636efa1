"""Selat Coffee Roasters: a demo storefront for Xendit."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the sentence is for them
    raise SystemExit("selat: Python 3.11 or newer is needed, and this is {}.{}.".format(*sys.version_info))
