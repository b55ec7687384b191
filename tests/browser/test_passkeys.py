"""Passkeys in a real browser with a virtual device: made, used instead of a password, used as second factor, removed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect
from uptake.app import create_app
from uptake.commands.setup import make_instance
from uptake.services.people import accounts
from uptake.testing.databases import close
from uptake.web.accounts.passwords import hashed

from .conftest import serving

GOOD = "three green lamps on the stair"


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty instance."""
    found = tmp_path_factory.mktemp("passkeys") / "instance"
    make_instance(found, ("XMV",), "Mirava follows up")
    return found


@pytest.fixture(scope="module")
def address(instance: Path) -> Iterator[str]:
    """The site by a name: passkeys belong to names, not to numbers."""
    with serving(instance) as found:
        yield found.replace("127.0.0.1", "localhost")


@pytest.fixture
def email(instance: Path) -> str:
    """The address of somebody with a password."""
    found = f"{uuid4().hex[:8]}@example.org"
    with create_app(instance).app_context():
        accounts.create(found, "Amal", "coordinator", password=hashed(GOOD, email=found, name="Amal"))
        close()
    return found


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """A page of a browser with a device that holds passkeys; a refused script fails the test."""
    context = chromium.new_context(base_url=address)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if "Content Security Policy" in line.text else None)
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": kind})
    yield page
    context.close()
    assert wrong == []


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(GOOD)
    page.locator("main").get_by_role("button", name="Sign in").click()


def make(page: Page, purpose: str) -> None:
    page.goto("/account/passkeys")
    page.get_by_label("Name of the device").fill("My phone")
    page.get_by_label(purpose).check()
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("row").filter(has_text="My phone")).to_be_visible()


def leave(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/account")
    assert "/sign-in" in page.url


def test_a_passkey_signs_in_without_a_password_until_it_is_removed(page: Page, email: str) -> None:
    sign_in(page, email)
    make(page, "Signing in without a password")
    leave(page)
    page.get_by_role("link", name="Sign in with a passkey").click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/account")
    expect(page.get_by_text(email)).to_be_visible()
    page.goto("/account/passkeys")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("You have no passkey yet")).to_be_visible()
    leave(page)
    page.goto("/sign-in/passkey")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.goto("/account")
    assert "/sign-in" in page.url


def test_a_passkey_is_the_second_factor_after_the_password(page: Page, email: str) -> None:
    sign_in(page, email)
    make(page, "Second factor after the password")
    leave(page)
    sign_in(page, email)
    expect(page.get_by_role("heading", name="Confirm with your passkey")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/work")
    page.goto("/account")
    expect(page.get_by_text(email)).to_be_visible()
