"""What can go wrong on the operator's page: each says what happened and what to do.

Argument: a link.
"""

import sys

from browser import ask, door, expect, launch, open_page, pictures, tell, trouble
from playwright.sync_api import sync_playwright

(link,) = sys.argv[1:]
address, code = link.split("#")
base = f"{address.rstrip('/')}/operator"


def shut(page, why, words):
    expect(page.locator("#door-title")).to_be_focused()
    door(page, "operator", why, words)


with sync_playwright() as playwright:
    browser = launch(playwright)
    page = open_page(browser)
    page.goto(base)
    shut(page, "none", "which")
    page.fill("#door-link", link)
    page.click("#door-form button")
    expect(page.locator("#list")).to_be_visible()
    expect(page.locator("#list-title")).to_be_focused()
    token = page.evaluate("sessionStorage.getItem('troupe.pass')")
    other = open_page(browser)
    other.goto(f"{base}#{code}")
    shut(other, "refused", "used already")
    other.context.close()

    page.evaluate("location.hash = 'room=room_none'")
    trouble(page, "operator", "gone", "another project", "Choose another")
    page.evaluate("location.hash = 'report=room_none'")
    trouble(page, "operator", "reportless", "Only role-plays and interviews")
    page.get_by_role("button", name="All rooms").click()
    expect(page.locator("#list")).to_be_visible()
    page.click("#ended")
    expect(page.locator("#rooms")).to_contain_text("No room has ended yet.")
    expect(page.locator("#ended")).to_be_focused()

    ask("end the pass")
    shut(page, "over", "half a day")
    ask("prolong the pass")
    page.evaluate(f"sessionStorage.setItem('troupe.pass', {token!r})")
    page.reload()
    expect(page.locator("#list")).to_be_visible()
    ask("stop the server")
    expect(page.locator("#list-state")).to_contain_text("tries again by itself")
    pictures(page, "operator-list-old")
    page.evaluate("location.hash = 'room=room_any'")
    trouble(page, "operator", "server", "can't reach the server", "troupe dev")
    tell("done")
    browser.close()
