"""What can go wrong on the operator's page: each says what happened and what to do.

Argument: a link.
"""

import sys

from browser import ask, expect, launch, open_page, pictures, tell
from playwright.sync_api import sync_playwright

(link,) = sys.argv[1:]
address, code = link.split("#")
base = f"{address.rstrip('/')}/operator"


def door(page, why, words):
    expect(page.locator("#door")).to_have_attribute("data-why", why)
    expect(page.locator("#door-title")).to_be_focused()
    expect(page.locator("#door-why")).to_contain_text(words)
    expect(page.locator("#door")).to_contain_text("troupe login")
    pictures(page, f"operator-door-{why}")


def trouble(page, kind, *words):
    expect(page.locator("#trouble")).to_have_attribute("data-kind", kind)
    expect(page.locator("#trouble-title")).to_be_focused()
    for word in words:
        expect(page.locator("#trouble")).to_contain_text(word)
    pictures(page, f"operator-trouble-{kind}")


with sync_playwright() as playwright:
    browser = launch(playwright)
    page = open_page(browser)
    page.goto(base)
    door(page, "none", "which")
    page.fill("#door-link", link)
    page.click("#door-form button")
    expect(page.locator("#list")).to_be_visible()
    expect(page.locator("#list-title")).to_be_focused()
    token = page.evaluate("sessionStorage.getItem('troupe.pass')")
    other = open_page(browser)
    other.goto(f"{base}#{code}")
    door(other, "refused", "used already")
    other.context.close()

    page.evaluate("location.hash = 'room=room_none'")
    trouble(page, "gone", "another project", "Choose another")
    page.evaluate("location.hash = 'report=room_none'")
    trouble(page, "reportless", "Only role-plays and interviews")
    page.get_by_role("button", name="All rooms").click()
    expect(page.locator("#list")).to_be_visible()
    page.click("#ended")
    expect(page.locator("#rooms")).to_contain_text("No room has ended yet.")
    expect(page.locator("#ended")).to_be_focused()

    ask("end the pass")
    door(page, "over", "half a day")
    ask("prolong the pass")
    page.evaluate(f"sessionStorage.setItem('troupe.pass', {token!r})")
    page.reload()
    expect(page.locator("#list")).to_be_visible()
    ask("stop the server")
    expect(page.locator("#list-state")).to_contain_text("tries again by itself")
    pictures(page, "operator-list-old")
    page.evaluate("location.hash = 'room=room_any'")
    trouble(page, "server", "can't reach the server", "troupe dev")
    tell("done")
    browser.close()
