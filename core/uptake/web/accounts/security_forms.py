"""Flask-Security's forms and tools with our rules: accounts close after many failures, codes work once, mails are ours."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_security import (
    ForgotPasswordForm,
    LoginForm,
    MailUtil,
    MfRecoveryForm,
    PasswordUtil,
    Totp,
    TwoFactorRescueForm,
    TwoFactorSetupForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
    WebAuthnRegisterForm,
    WebauthnUtil,
    hash_password,
)
from flask_security.utils import validate_redirect_url
from passlib.totp import TotpMatch
from wtforms import RadioField, SelectChoice

from uptake.db import after_commit, session
from uptake.i18n import gettext as _
from uptake.models.people import PersonSetting, User
from uptake.services.people import letters, sign_ins
from uptake.services.people.passwords import weakness
from uptake.settings import Settings
from uptake.web.addresses import mail_root

COUNTER = "totp.counter"
RESET_HOURS = 24


class SignInForm(LoginForm):
    """The answer is the same whether the account is unknown, closed, blocked, or the password wrong."""

    remember = None

    def validate(self, **values: Any) -> bool:
        if not validate_redirect_url(self.next.data):
            self.next.data = ""
        known = current_app.extensions["security"].datastore.find_user(
            case_insensitive=True, email=(self.email.data or "").strip()
        )
        if known is not None and known.is_locked():
            hash_password(self.password.data or "")
            self.password.errors = [""]
            return False
        if super().validate(**values):
            return True
        if isinstance(self.user, User) and not self.user_authenticated:
            count_failure(self.user)
        return False


class ConfirmForm(VerifyForm):
    """The password once more, before something delicate."""

    def validate(self, **values: Any) -> bool:
        return _guarded(self, self.user, super().validate, self.password, **values)


class CodeForm(TwoFactorVerifyCodeForm):
    """The code of the authenticator app."""

    def validate(self, **values: Any) -> bool:
        if self.is_setup:
            return super().validate(**values)
        return _guarded(self, self.user, super().validate, self.code, **values)


class RecoveryForm(MfRecoveryForm):
    """A recovery code."""

    def validate(self, **values: Any) -> bool:
        return _guarded(self, self.user, super().validate, self.code, **values)


class SetUpForm(TwoFactorSetupForm):
    """Switching the second factor on or off; choices as this WTForms wants them, like in the two after it."""

    setup = RadioField(choices=[SelectChoice("disable"), SelectChoice("authenticator")], validate_choice=False)


class RescueForm(TwoFactorRescueForm):
    """Not offered: a recovery code is the way in."""

    help_setup = RadioField(choices=[SelectChoice("help")])


class PasskeyForm(WebAuthnRegisterForm):
    """The name of a new passkey, and what it is for."""

    usage = RadioField(choices=[SelectChoice("first"), SelectChoice("secondary")], default="first")


class ForgottenForm(ForgotPasswordForm):
    """Asking for a link takes as long for a known address as for an unknown one."""

    def validate(self, **values: Any) -> bool:
        fine = super().validate(**values)
        if fine:
            hash_password("not-a-password")
        return fine


class Passwords(PasswordUtil):
    """Long enough, and not one of those that everybody tries first."""

    def validate(self, password: str, is_register: bool, **values: Any) -> tuple[list[str] | None, str]:
        """What is wrong with a password, and its normal form."""
        wrong, plain = super().validate(password, is_register, **values)
        user = values.get("user")
        weak = "" if wrong else weakness(plain, (user.email, user.name) if isinstance(user, User) else ())
        return ([_(weak)] if weak else wrong), plain


class OnceOnly(Totp):
    """A code of the authenticator works a single time, also within its thirty seconds."""

    def get_last_counter(self, user: Any) -> int | None:
        row = session().get(PersonSetting, (user.id, COUNTER))
        return int(row.value) if row else None

    def set_last_counter(self, user: Any, tmatch: TotpMatch) -> None:
        row = session().get(PersonSetting, (user.id, COUNTER))
        if row is None:
            session().add(PersonSetting(user_id=user.id, name=COUNTER, value=tmatch.counter))
        else:
            row.value = tmatch.counter


class Devices(WebauthnUtil):
    """A passkey may live in the device itself, not only on a key that one carries."""

    def authenticator_selection(self, user: Any, usage: str) -> Any:
        """What kind of device may hold it."""
        found = super().authenticator_selection(user, usage)
        found.authenticator_attachment = None
        return found


class Mails(MailUtil):
    """Flask-Security's mails in our words, in the language of the reader, with links to this site alone."""

    def send_mail(self, template: str, *_told: Any, **context: Any) -> None:
        """Post the letter that stands for the template, once what it tells of is certain."""
        user, site, kind = context["user"], _settings().title, template.rpartition("/")[2]
        address = f"{mail_root()}/{user.language}/reset-password"
        if kind == "reset_instructions":
            token = context["reset_token"]
            after_commit(lambda: letters.send_reset(user, site, f"{address}/{token}", RESET_HOURS))
        elif kind in {"reset_notice", "change_notice"}:
            after_commit(lambda: letters.send_password_changed(user, site, address))


def count_failure(user: User) -> None:
    """Count a failure; tell the owner by mail where it closed the account."""
    if sign_ins.count_failure(user.id):
        site, link = _settings().title, f"{mail_root()}/{user.language}/reset-password"
        after_commit(lambda: letters.send_locked(user, site, link, sign_ins.LOCKED_MINUTES))


def _guarded(form: Any, user: Any, check: Any, field: Any, **values: Any) -> bool:
    """The form's own check, but none while the account is closed; a failure counts.

    Where something is used up, two who bring it at once come one after the other.
    """
    if isinstance(user, User) and session().info.get("writing"):
        session().refresh(user, with_for_update=True)
    if user is not None and user.is_locked():
        field.errors = [_("There were too many attempts. Wait a quarter of an hour, then try again.")]
        return False
    if check(**values):
        return True
    if user is not None and field.data:
        count_failure(user)
    return False


def _settings() -> Settings:
    found: Settings = current_app.extensions["uptake"]
    return found


FORMS: dict[str, Any] = {
    "login_form": SignInForm,
    "verify_form": ConfirmForm,
    "two_factor_verify_code_form": CodeForm,
    "mf_recovery_form": RecoveryForm,
    "forgot_password_form": ForgottenForm,
    "two_factor_setup_form": SetUpForm,
    "two_factor_rescue_form": RescueForm,
    "wan_register_form": PasskeyForm,
}
TOOLS: dict[str, Any] = {"mail_util_cls": Mails, "password_util_cls": Passwords, "totp_cls": OnceOnly,
                         "webauthn_util_cls": Devices}  # fmt: skip
