"""What can go wrong on the stage page: each says what happened and what to do.

Argument: a link.
"""

import sys

from browser import ask, expect, launch, open_page, pictures, tell
from playwright.sync_api import sync_playwright

(link,) = sys.argv[1:]
base = link.split("#")[0]
PASS = "sessionStorage.getItem('troupe.pass')"


def door(page, why, words):
    expect(page.locator("#door")).to_have_attribute("data-why", why)
    expect(page.locator("#door-why")).to_contain_text(words)
    expect(page.locator("#door")).to_contain_text("troupe login")
    pictures(page, f"stage-door-{why}")


def trouble(page, kind, *words):
    expect(page.locator("#trouble")).to_have_attribute("data-kind", kind)
    expect(page.locator("#trouble-title")).to_be_focused()
    for word in words:
        expect(page.locator("#trouble")).to_contain_text(word)
    pictures(page, f"stage-trouble-{kind}")


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
    door(page, "none", "which")
    page.fill("#door-link", "nonsense")
    page.click("#door-form button")
    expect(page.locator("#door-fault")).to_contain_text("used already, has expired, or is not whole")
    page.fill("#door-link", link)
    page.click("#door-form button")
    expect(page.locator("#lobby")).to_be_visible()
    token = page.evaluate(PASS)
    other = open_page(browser)
    other.goto(link)
    door(other, "refused", "used already")
    other.context.close()

    page.goto(f"{base}#room=room_nothing")
    trouble(page, "gone", "another project", "Choose another")
    page.get_by_role("button", name="Back to the lobby").click()
    expect(page.locator("#lobby")).to_be_visible()

    refused = admitted(browser, token, may_listen=False)
    refused.click("#make-room")
    trouble(refused, "refused", "blocked", "browser's settings")
    refused.get_by_role("button", name="Join without").click()
    expect(refused.locator("#talk")).to_be_visible()
    expect(refused.locator("#microphone")).to_be_disabled()
    pictures(refused, "stage-talk-typing")
    refused.context.close()

    deaf = launch(playwright, microphone=False)
    missing = admitted(deaf, token)
    missing.click("#make-room")
    trouble(missing, "missing", "No microphone was found", "Connect one")
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
    trouble(page, "lost", "does not reach you", "come back in")
    page.get_by_role("button", name="Come back in").click()
    trouble(page, "livekit", "LiveKit", "LIVEKIT_PUBLIC_URL")

    page.goto(base)
    expect(page.locator("#lobby")).to_be_visible()
    ask("end the pass")
    page.click("#make-room")
    door(page, "over", "half a day")

    page.evaluate(f"sessionStorage.setItem('troupe.pass', {token!r})")
    ask("stop the server")
    page.fill("#door-link", link)
    page.click("#door-form button")
    expect(page.locator("#door-fault")).to_contain_text("server does not answer")
    page.evaluate("location.hash = 'room=room_any'")
    trouble(page, "server", "can't reach the server", "troupe dev")
    tell("done")
    browser.close()
