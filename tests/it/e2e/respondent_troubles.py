"""What can go wrong on the respondent's page: each says what happened and what to do.

Arguments: links of interviews, as many as are taken below, and a WAV file for the microphone.
"""

import sys

from browser import ask, expect, launch, open_page, pictures, tell, trouble
from playwright.sync_api import sync_playwright

*links, recording = sys.argv[1:]
expired, finished, deaf, refusing, talking, unended, late = links

# Keeps the microphone's track where the script can reach it.
KEEP_TRACK = """
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const stream = await open(wanted);
  window.track = stream.getAudioTracks()[0];
  return stream;
};
"""
# What the browser does when it is unplugged; a script can only act it.
UNPLUG = "() => { window.track.stop(); window.track.dispatchEvent(new Event('ended')); }"


def says(page, name, title, *words):
    """A page that says no, from the server."""
    expect(page.locator("h1")).to_have_text(title)
    for word in words:
        expect(page.locator("main")).to_contain_text(word)
    pictures(page, f"respondent-{name}")


def stuck(page, kind, button, *words):
    expect(page.locator("#trouble-actions button")).to_have_text([button])
    trouble(page, "respondent", kind, *words)


def no_microphone(page, name, *words):
    page.click("#check")
    for word in words:
        expect(page.locator("#microphone")).to_contain_text(word)
    expect(page.locator("#start")).to_be_disabled()
    expect(page.locator("#check")).to_have_text("Check again")
    page.locator("#microphone").scroll_into_view_if_needed()
    pictures(page, f"respondent-microphone-{name}")


def begin(page, link):
    page.goto(link)
    page.click("#check")
    expect(page.locator("#start")).to_be_enabled()
    page.click("#start")


def in_talk(page):
    expect(page.locator("#talk")).to_be_visible()
    expect(page.locator("#status")).to_contain_text("You are talking with")


with sync_playwright() as playwright:
    browser = launch(playwright, recording)
    page = open_page(browser)
    page.add_init_script(KEEP_TRACK)

    page.goto(expired)
    says(page, "expired", "This link is not valid any more", "ask whoever invited you")
    page.goto(f"{finished[:-3]}")
    says(page, "wrong", "There is no such interview", "copy all of it")
    begin(page, finished)
    in_talk(page)
    page.click("#end")
    expect(page.locator("#after")).to_be_visible()
    page.goto(finished)
    says(page, "finished", "This interview is over", "another link")
    ask("break the database")
    page.goto(deaf)
    says(page, "broken", "This page can't be shown now", "your link stays valid")
    ask("mend the database")
    page.get_by_role("link", name="Load the page again").click()
    expect(page.locator("#before")).to_be_visible()

    silent = launch(playwright, microphone=False)
    missing = open_page(silent)
    missing.goto(deaf)
    no_microphone(missing, "missing", "No microphone was found", "check again")
    silent.close()
    refused = open_page(browser, may_listen=False)
    refused.goto(refusing)
    no_microphone(refused, "refused", "does not let this page use the microphone", "beside the page's address")
    # Allowed in the browser's settings, as it was told.
    refused.context.grant_permissions(["microphone"])
    refused.click("#check")
    expect(refused.locator("#start")).to_be_enabled()
    refused.context.close()

    begin(page, talking)
    in_talk(page)
    expect(page.locator("#captions")).to_contain_text("Welcome")
    page.evaluate(UNPLUG)
    stuck(page, "unplugged", "Go on", "unplugged or switched off", "Connect it")
    page.get_by_role("button", name="Go on").click()
    in_talk(page)
    expect(page.locator("#captions")).to_contain_text("Welcome")
    other = open_page(browser)
    begin(other, talking)
    in_talk(other)
    stuck(page, "elsewhere", "Go on", "another window")
    page.get_by_role("button", name="Go on").click()
    in_talk(page)
    other.context.close()

    leaving = open_page(browser)
    begin(leaving, unended)
    in_talk(leaving)
    leaving.route("**/end", lambda route: route.abort())
    leaving.click("#end")
    stuck(leaving, "unended", "Try again", "could not be told", "close this page")
    leaving.unroute("**/end")
    leaving.get_by_role("button", name="Try again").click()
    expect(leaving.locator("#after")).to_be_visible()
    leaving.context.close()

    waiting = open_page(browser)
    waiting.goto(late)
    waiting.click("#check")
    expect(waiting.locator("#start")).to_be_enabled()
    ask("stop the voice server")
    expect(page.locator("#status")).to_contain_text("connection is weak")
    pictures(page, "respondent-talk-weak")
    stuck(page, "lost", "Go on", "does not hear you any more", "go on where you were")
    waiting.click("#start")
    stuck(waiting, "voice", "Try again", "could not be opened", "another network", "link stays valid")
    ask("stop the server")
    page.get_by_role("button", name="Go on").click()
    stuck(page, "server", "Try again", "can't reach the server", "Check your network", "link stays valid")
    tell("done")
    browser.close()
