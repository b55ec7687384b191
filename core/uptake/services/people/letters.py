"""The mails about accounts, each in its reader's language: plain sentences, one link, and what to do if it was not you."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from uptake.i18n import day, get_locale, set_locale
from uptake.i18n import gettext as _
from uptake.models.people import Invitation, User
from uptake.services.people.roles import role_name
from uptake.services.telling import mail


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say everything inside in this language."""
    before = get_locale()
    set_locale(language)
    try:
        yield
    finally:
        set_locale(before)


def send_invitation(invitation: Invitation, inviter: str, site: str, link: str) -> None:
    """The invitation with its link."""
    with speaking(invitation.language):
        mail.post(
            invitation.email,
            _("Your account on {site}", site=site),
            _letter(
                _("{name} invites you to work on {site} as {role}.", name=inviter, site=site,
                  role=role_name(invitation.role)),
                _("Open this page to choose your password:") + f"\n{link}",
                _("The link works once, until {day}.", day=day(invitation.expires.date())),
                _("If you do not know what this is about, do nothing: no account is made without you."),
            ),
            language=invitation.language,
        )  # fmt: skip


def send_reset(user: User, site: str, link: str, hours: int) -> None:
    """The link that lets somebody choose a new password."""
    with speaking(user.language):
        mail.post(
            user.email,
            _("Choose a new password for {site}", site=site),
            _letter(
                _("Somebody, probably you, asked for a new password for your account on {site}.", site=site),
                _("Open this page to choose it:") + f"\n{link}",
                _("The link works once, for {hours} hours.", hours=hours),
                _("If it was not you, do nothing: your password stays as it is."),
            ),
            language=user.language,
        )


def send_password_changed(user: User, site: str, link: str) -> None:
    """Tell the owner that the password is a new one."""
    with speaking(user.language):
        mail.post(
            user.email,
            _("Your password for {site} was changed", site=site),
            _letter(
                _("The password of your account on {site} was just changed, and you were signed out everywhere else.",
                  site=site),
                _("If it was not you, choose a new one at once:") + f"\n{link}",
            ),
            language=user.language,
        )  # fmt: skip


def send_locked(user: User, site: str, link: str, minutes: int) -> None:
    """Tell the owner that somebody tried too often."""
    with speaking(user.language):
        mail.post(
            user.email,
            _("Too many attempts to sign in to {site}", site=site),
            _letter(
                _("Somebody gave a wrong password for your account on {site} too often. It is closed for {minutes} minutes.",
                  site=site, minutes=minutes),
                _("If it was you and you forgot the password, choose a new one:") + f"\n{link}",
                _("If it was not you, your password is still safe. Make sure that it is used nowhere else."),
            ),
            language=user.language,
        )  # fmt: skip


def send_email_changed(user: User, old: str, site: str) -> None:
    """Tell both addresses that the account has a new one."""
    with speaking(user.language):
        for address in (old, user.email):
            mail.post(
                address,
                _("The address of your account on {site}", site=site),
                _letter(
                    _("An administrator of {site} changed the e-mail address of your account.", site=site),
                    _("Mails now go to the new address, and you sign in with it. If this is a mistake, tell the administrator."),
                ),
                language=user.language,
            )  # fmt: skip


def _letter(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs) + "\n"
