"""E-mail addresses as people type them."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

LONGEST = 255


def clean_email(typed: str) -> str | None:
    """The address without blanks and in one spelling; None where it is none. Nothing is asked of the network."""
    try:
        found = validate_email(
            typed.strip(), check_deliverability=False, allow_smtputf8=False, test_environment=True
        ).normalized
    except EmailNotValidError:
        return None
    return found if len(found) <= LONGEST else None
