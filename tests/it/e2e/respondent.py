"""A respondent: opens the link, checks the microphone, talks, reads the captions, ends.

Arguments: the link, a WAV file for the microphone.
"""

import sys

from browser import expect, launch, open_page, pictures, plays, tell
from playwright.sync_api import sync_playwright

link, recording = sys.argv[1:]

with sync_playwright() as playwright:
    browser = launch(playwright, recording)
    page = open_page(browser)
    page.goto(link)
    pictures(page, "respondent-before")
    expect(page.locator("#start")).to_be_disabled()
    page.click("#check")
    expect(page.locator("#microphone")).to_contain_text("You can be heard")
    tell("heard")
    page.click("#start")
    expect(page.locator("#talk")).to_be_visible()
    expect(page.locator("#talk-title")).to_be_focused()
    tell("talk")
    expect(page.locator("#captions")).to_contain_text("Welcome")
    expect(page.locator("#captions")).to_contain_text("You:")
    expect(page.locator("#status")).to_contain_text("You are talking with")
    tell("audible", is_audible=plays(page))
    pictures(page, "respondent-talk")
    tell("captions", text=page.inner_text("#captions"), left=page.inner_text("#left"))
    page.click("#end")
    expect(page.locator("#after")).to_be_visible()
    pictures(page, "respondent-after")
    page.reload()
    expect(page.locator("h1")).to_have_text("This interview is over")
    tell("over")
    browser.close()
