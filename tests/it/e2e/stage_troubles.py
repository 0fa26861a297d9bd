"""What can go wrong on the stage page: each says what happened and what to do.

Argument: a link.
"""

import sys

from browser import ask, door, expect, launch, open_page, pictures, tell, trouble
from playwright.sync_api import sync_playwright

(link,) = sys.argv[1:]
base = link.split("#")[0]
PASS = "sessionStorage.getItem('troupe.pass')"


def admitted(browser, token, **options):
    """Another window of somebody who was let in."""
    page = open_page(browser, **options)
    page.add_init_script(f"sessionStorage.setItem('troupe.pass', {token!r})")
    page.goto(base)
    expect(page.locator("#lobby")).to_be_visible()
    return page


with sync_playwright() as playwright:
    browser = launch(playwright)
    page = open_page(browser)
    page.goto(base)
    door(page, "stage", "none", "which")
    page.fill("#door-link", "nonsense")
    page.click("#door-form button")
    expect(page.locator("#door-fault")).to_contain_text("used already, has expired, or is not whole")
    page.fill("#door-link", link)
    page.click("#door-form button")
    expect(page.locator("#lobby")).to_be_visible()
    token = page.evaluate(PASS)
    other = open_page(browser)
    other.goto(link)
    door(other, "stage", "refused", "used already")
    other.context.close()

    page.goto(f"{base}#room=room_nothing")
    trouble(page, "stage", "gone", "another project", "Choose another")
    page.get_by_role("button", name="Back to the lobby").click()
    expect(page.locator("#lobby")).to_be_visible()

    refused = admitted(browser, token, may_listen=False)
    refused.click("#make-room")
    trouble(refused, "stage", "refused", "blocked", "browser's settings")
    refused.get_by_role("button", name="Join without").click()
    expect(refused.locator("#talk")).to_be_visible()
    expect(refused.locator("#microphone")).to_be_disabled()
    pictures(refused, "stage-talk-typing")
    refused.context.close()

    deaf = launch(playwright, microphone=False)
    missing = admitted(deaf, token)
    missing.click("#make-room")
    trouble(missing, "stage", "missing", "No microphone was found", "Connect one")
    deaf.close()

    page.click("#make-room")
    expect(page.locator("#talk")).to_be_visible()
    ask("end the room", id=page.url.split("#room=")[1])
    expect(page.locator("#after")).to_be_visible()
    expect(page.locator("#after-title")).to_have_text("The talk is over")

    page.goto(base)
    page.click("#make-room")
    expect(page.locator("#talk")).to_be_visible()
    ask("stop the voice server")
    expect(page.locator("#notice")).to_contain_text("connection is weak")
    pictures(page, "stage-talk-weak")
    trouble(page, "stage", "lost", "does not reach you", "come back in")
    page.get_by_role("button", name="Come back in").click()
    trouble(page, "stage", "livekit", "LiveKit", "LIVEKIT_PUBLIC_URL")

    page.goto(base)
    expect(page.locator("#lobby")).to_be_visible()
    ask("end the pass")
    page.click("#make-room")
    door(page, "stage", "over", "half a day")

    page.evaluate(f"sessionStorage.setItem('troupe.pass', {token!r})")
    ask("stop the server")
    page.fill("#door-link", link)
    page.click("#door-form button")
    expect(page.locator("#door-fault")).to_contain_text("server does not answer")
    page.evaluate("location.hash = 'room=room_any'")
    trouble(page, "stage", "server", "can't reach the server", "troupe dev")
    tell("done")
    browser.close()
