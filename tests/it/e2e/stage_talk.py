"""A talk on the stage page, from the link to the recording that is played back, and what an operator sees of it.

Arguments: the link, a WAV file for the microphone.
"""

import sys

import operator_page
from browser import PHONE, ask, expect, launch, open_page, picture, plays, tell
from playwright.sync_api import sync_playwright

link, recording = sys.argv[1:]

# Whether an element comes to play sound.
PLAYBACK = """async () => {
  const player = document.getElementById("player");
  await player.play();
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(player.captureStream()).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  while (!player.ended) {
    analyser.getFloatTimeDomainData(samples);
    if (samples.some((sample) => Math.abs(sample) > 0.01)) return true;
    await new Promise((next) => setTimeout(next, 20));
  }
  return false;
}"""

with sync_playwright() as playwright:
    browser = launch(playwright, recording)
    page = open_page(browser, viewport={"width": 1280, "height": 800}, accept_downloads=True)
    page.goto(link)
    expect(page.locator("#lobby")).to_be_visible()
    expect(page.locator("#lobby-title")).to_be_focused()
    tell("address", text=page.url)
    picture(page, "stage-lobby")
    page.fill("#own-name", "Carol")
    # One character, by keyboard alone.
    chosen = page.locator("#choices input:checked")
    expect(chosen).to_have_count(2)
    for _ in range(2):
        chosen.first.press("Space")
    page.click("#make-room")
    expect(page.locator("#new-room-fault")).to_contain_text("at least one")
    page.get_by_role("checkbox", name="Ada").press("Space")
    page.keyboard.press("Enter")

    expect(page.locator("#talk")).to_be_visible()
    expect(page.locator("#talk-title")).to_be_focused()
    room = page.url.split("#room=")[1]
    tell("room", id=room)
    ada = page.locator(".figure", has_text="Ada")
    expect(ada).to_have_attribute("data-state", "speaking")
    tell("audible", is_audible=plays(page))
    expect(page.locator("#lines .line.self").first).to_contain_text("What makes a good clock")
    expect(page.locator("#lines .line:not(.self)").first).to_contain_text("A patient hand")
    expect(page.locator("#lines .delay", has_text=" s").first).to_be_visible()
    picture(page, "stage-talk")
    page.set_viewport_size(PHONE)
    picture(page, "stage-talk-phone")
    page.set_viewport_size({"width": 1280, "height": 800})

    # The recorded microphone comes round again while she goes on: that takes the floor.
    expect(page.locator("#lines .line.self")).to_have_count(2)
    tell("spoken over")
    # A click does as well, and so does whatever is typed.
    expect(page.locator("#cut-in")).to_be_enabled()
    page.click("#microphone")
    expect(page.locator("#microphone")).to_have_attribute("aria-pressed", "false")
    page.click("#cut-in")
    expect(page.locator("#lines")).to_contain_text("Hold on a moment.")
    ask("answer shortly")
    expect(page.locator("#cut-in")).to_be_enabled()
    page.fill("#typed", "How old is your oldest clock?")
    page.keyboard.press("Enter")
    expect(page.locator("#lines")).to_contain_text("How old is your oldest clock?")
    expect(page.locator("#lines .line").last).to_contain_text("Older than you")
    tell("silent", is_silent=plays(page, wanted=False))
    tell("captions", text=page.inner_text("#lines"), delays=page.locator("#lines .delay").all_inner_texts())

    page.click("#end")
    expect(page.locator("#after")).to_be_visible()
    expect(page.locator("#after-title")).to_be_focused()
    expect(page.locator("#transcript")).to_contain_text("Older than you")
    expect(page.locator("#player")).to_be_visible()
    tell("playback", is_audible=page.evaluate(PLAYBACK))
    marked = page.locator("#transcript li[aria-current]")
    expect(marked).to_have_count(1)
    page.locator("#transcript .when").last.click()
    expect(page.locator("#transcript li").last).to_have_attribute("aria-current", "true")
    picture(page, "stage-after")
    page.set_viewport_size(PHONE)
    picture(page, "stage-after-phone")
    with page.expect_download() as download:
        page.click("#as-text")
    tell("download", text=open(download.value.path(), encoding="utf-8").read())
    page.goto(page.url.split("#")[0])
    expect(page.locator("#lobby")).to_be_visible()
    picture(page, "stage-lobby-phone")
    operator_page.look(page, page.url.split("/#")[0].rstrip("/"), room)
    browser.close()
