"""What Flask-Security says, in words of ours, so that they are translated like all others."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_security.babel import FsDomain

from uptake.i18n import N_
from uptake.i18n import gettext as _

_LINK_SENT = N_("If there is an account with this address, a mail with a link is on its way to it.")
_EXPIRED = N_("The link is too old. Ask for a new one.")
_WRONG_CODE = N_("The code is wrong, or was used already.")
_STARTED_OVER = N_("That took too long. Please begin again.")
_UNKNOWN_KEY = N_("This passkey is not known here.")
WORDS = {
    "GENERIC_AUTHN_FAILED": N_("What you gave does not fit together."), "GENERIC_RECOVERY": _LINK_SENT,
    "PASSWORD_RESET_REQUEST": _LINK_SENT, "UNAUTHORIZED": N_("Your role does not allow this."),
    "UNAUTHENTICATED": N_("Please sign in first."), "LOGIN": N_("Please sign in first."),
    "REAUTHENTICATION_REQUIRED": N_("Please confirm that it is you."), "REFRESH": N_("Please confirm that it is you."),
    "REAUTHENTICATION_SUCCESSFUL": N_("Thank you, it is you."), "PASSWORD_MISMATCH": N_("The passwords differ."),
    "RETYPE_PASSWORD_MISMATCH": N_("The passwords differ."), "INVALID_RECOVERY_CODE": _WRONG_CODE,
    "NO_RECOVERY_CODES_SETUP": N_("No recovery codes have been made yet."), "PASSWORD_RESET_EXPIRED": _EXPIRED,
    "INVALID_RESET_PASSWORD_TOKEN": _EXPIRED, "DISABLED_ACCOUNT": N_("This account is closed."),
    "EMAIL_NOT_PROVIDED": N_("Give the e-mail address."), "INVALID_EMAIL_ADDRESS": N_("This is no e-mail address."),
    "INVALID_CODE": _WRONG_CODE, "TWO_FACTOR_INVALID_TOKEN": _WRONG_CODE, "PASSWORD_NOT_PROVIDED": N_("Give the password."),
    "PASSWORD_INVALID_LENGTH": N_("The password must have at least {length} characters."),
    "INVALID_PASSWORD": N_("The password is wrong."), "INVALID_PASSWORD_CODE": N_("The password or the code is wrong."),
    "USER_DOES_NOT_EXIST": N_("What you gave does not fit together."), "PASSWORD_RESET": N_("Your new password holds now."),
    "PASSWORD_RESET_NO_LOGIN": N_("Your new password holds now. Sign in with it."),
    "PASSWORD_IS_THE_SAME": N_("The new password must differ from the old one."),
    "PASSWORD_CHANGE": N_("Your new password holds now."), "ANONYMOUS_USER_REQUIRED": N_("You are signed in already."),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": N_("The code is right."),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": N_("The second factor is set up."),
    "TWO_FACTOR_PERMISSION_DENIED": N_("Please sign in first."),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": N_("Choose one of the ways that are offered."),
    "TWO_FACTOR_DISABLED": N_("The second factor is switched off."), "TWO_FACTOR_SETUP_EXPIRED": _STARTED_OVER,
    "WEBAUTHN_EXPIRED": _STARTED_OVER, "WEBAUTHN_NAME_REQUIRED": N_("Give the passkey a name."),
    "WEBAUTHN_NAME_INUSE": N_("You have a passkey with the name {name} already."),
    "WEBAUTHN_NAME_NOT_FOUND": N_("You have no passkey with the name {name}."),
    "WEBAUTHN_NAME_DISALLOWED_CHARACTERS": N_("The name may hold letters, digits, blanks and simple punctuation only."),
    "WEBAUTHN_CREDENTIAL_DELETED": N_("The passkey {name} is removed."),
    "WEBAUTHN_REGISTER_SUCCESSFUL": N_("The passkey {name} is added."),
    "WEBAUTHN_CREDENTIAL_ID_INUSE": N_("This passkey is known here already."),
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": _UNKNOWN_KEY, "WEBAUTHN_ORPHAN_CREDENTIAL_ID": _UNKNOWN_KEY,
    "WEBAUTHN_MISMATCH_USER_HANDLE": _UNKNOWN_KEY, "WEBAUTHN_NO_VERIFY": N_("The passkey could not be verified."),
    "WEBAUTHN_CREDENTIAL_WRONG_USAGE": N_("This passkey is not meant for this use."),
}  # fmt: skip
_OURS = frozenset(WORDS.values())


def setup(app: Flask, security: Any) -> None:
    """Put our words in the place of Flask-Security's."""
    for name, words in WORDS.items():
        kind = app.config.get(f"SECURITY_MSG_{name}", ("", "error"))[1]
        app.config[f"SECURITY_MSG_{name}"] = (words, kind)
    security.i18n_domain = _Domain(app)  # type: ignore[no-untyped-call]


class _Domain(FsDomain):
    def gettext(self, string: str, **variables: Any) -> str:
        """Our words from our catalogues; what we have no words for from Flask-Security's own."""
        if string in _OURS:
            return _(string, **variables)
        return str(super().gettext(string, **variables))  # type: ignore[no-untyped-call]
