"""A respondent in a real Chromium: opens the link, checks the microphone, talks, reads the captions, ends.

Arguments: the browser, the link, a WAV file for the microphone, a folder for pictures. Tells what it saw as JSON lines.
"""

import json
import sys

from playwright.sync_api import expect, sync_playwright

browser_path, link, recording, pictures = sys.argv[1:]
WITHIN_MS = 30_000


def tell(event, **facts):
    print(json.dumps({"event": event, **facts}), flush=True)


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(
        executable_path=browser_path,
        args=[
            "--no-sandbox",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-audio-capture={recording}",
            "--autoplay-policy=no-user-gesture-required",
        ],
    )
    page = browser.new_page()
    expect.set_options(timeout=WITHIN_MS)
    # A refused script, style or connection shows here.
    page.on("console", lambda message: tell("console", kind=message.type, text=message.text))
    page.on("pageerror", lambda error: tell("error", text=str(error)))
    page.goto(link)
    page.screenshot(path=f"{pictures}/before.png")
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
    # What the page plays is not silence.
    audible = page.evaluate(
        """async () => {
          const element = document.querySelector("audio");
          const context = new AudioContext();
          const analyser = context.createAnalyser();
          context.createMediaStreamSource(element.srcObject).connect(analyser);
          const samples = new Float32Array(analyser.fftSize);
          const until = performance.now() + 20000;
          while (performance.now() < until) {
            analyser.getFloatTimeDomainData(samples);
            if (samples.some((sample) => Math.abs(sample) > 0.01)) return true;
            await new Promise((next) => setTimeout(next, 20));
          }
          return false;
        }"""
    )
    tell("audible", is_audible=audible)
    page.screenshot(path=f"{pictures}/talk.png")
    tell("captions", text=page.inner_text("#captions"), left=page.inner_text("#left"))
    page.click("#end")
    expect(page.locator("#after")).to_be_visible()
    page.screenshot(path=f"{pictures}/after.png")
    page.reload()
    expect(page.locator("h1")).to_have_text("This interview is over")
    tell("over")
    browser.close()
