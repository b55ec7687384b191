"""A plan from its first action to the recommendation that it answers, as those who plan, report and read it go."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from .conftest import Open, here


def test_from_the_plan_to_the_recommendation_and_back(
    signed_in_page: Open, visit: Open, path_of: Callable[[str], str]
) -> None:
    recommendation = path_of("118.23")
    page = signed_in_page("coordinator", "/en/plans")
    page.get_by_role("link", name="Enter a plan").click()
    page.get_by_label("Code").fill("LAP")
    page.get_by_label("Title in English").fill("Legal aid plan")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Enter an action").first.click()
    page.get_by_label("Code").fill("1")
    page.get_by_label("Title in English").fill("Open an office in every district")
    page.get_by_label("Lead institution").select_option(label="Ministry of Justice")
    page.get_by_label("Due date").fill("2031-05-06")
    page.get_by_label("Budget note").fill("Nine posts")
    page.get_by_role("button", name="Save").click()
    action = here(page).removeprefix("/en")
    page.goto(f"/en{recommendation}")
    page.get_by_label("Link it with an action").select_option(label="LAP · 1 · Open an office in every district")
    page.get_by_role("button", name="Link it").click()
    expect(page.locator(f'a[href$="{action}"]')).to_have_count(1)

    focal = signed_in_page("focal", f"/ar{action}", 360)
    expect(focal.locator("main")).to_contain_text("Nine posts")
    focal.locator("#f-state").select_option("under_way")
    focal.locator("main form .btn-main").click()
    expect(focal.locator(".notice.is-success")).to_be_visible()
    reader = visit(f"/en{recommendation}")
    reader.get_by_role("link", name="Open an office in every district").click()
    expect(reader.locator(".facts")).to_contain_text("Under way")
    expect(reader.locator("main")).not_to_contain_text("Nine posts")

    page.goto(f"/en{action}")
    page.get_by_role("link", name="Withdraw the action").click()
    page.get_by_label("Reason").fill("Entered twice")
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.locator(".notice.is-success")).to_be_visible()
    reader.goto(f"/en{recommendation}")
    expect(reader.get_by_role("link", name="Open an office in every district")).to_have_count(0)
