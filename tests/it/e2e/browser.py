"""A real Chromium for the tests of pages: a microphone as wanted, ears for what the page plays, an accessibility check.

What happens is told as JSON lines. A script that needs something done outside says so with `ask` and goes on once it
was told to. Environment: CHROMIUM, AXE (axe-core's file), PICTURES (a folder).
"""

import json
import os
import sys

from playwright.sync_api import expect

WITHIN_MS = 30_000
PHONE = {"width": 390, "height": 844}
# Findings that would keep somebody out.
SERIOUS = ("serious", "critical")

# Answers once the page plays sound, or plays none for half a second; false when that does not come in time.
LISTEN = """async ([wanted, within]) => {
  const elements = [...document.querySelectorAll("#sounds audio, body > audio")];
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  for (const element of elements) context.createMediaStreamSource(element.srcObject).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const until = performance.now() + within;
  let quietSince = performance.now();
  try {
    while (performance.now() < until) {
      analyser.getFloatTimeDomainData(samples);
      const isLoud = samples.some((sample) => Math.abs(sample) > 0.01);
      if (isLoud) quietSince = performance.now();
      if (wanted ? isLoud : performance.now() - quietSince > 500) return true;
      await new Promise((next) => setTimeout(next, 20));
    }
    return false;
  } finally {
    context.close();
  }
}"""

expect.set_options(timeout=WITHIN_MS)


def tell(event, **facts):
    print(json.dumps({"event": event, **facts}), flush=True)


def ask(event, **facts):
    """Tells something and waits until it was seen to."""
    tell(event, **facts)
    sys.stdin.readline()


def launch(playwright, recording=None, microphone=True):
    """A browser whose microphone plays `recording`, plays beeps, or is not there."""
    arguments = ["--no-sandbox"]
    if microphone:
        arguments.append("--use-fake-device-for-media-stream")
    if recording:
        arguments.append(f"--use-file-for-fake-audio-capture={recording}")
    return playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=arguments)


def open_page(browser, may_listen=True, **options):
    """A page of its own, which may use the microphone or not. A refused script, style or connection is told."""
    context = browser.new_context(permissions=["microphone"] if may_listen else [], **options)
    context.add_init_script(path=os.environ["AXE"])
    page = context.new_page()
    page.on("console", lambda message: tell("console", kind=message.type, text=message.text))
    page.on("pageerror", lambda error: tell("error", text=str(error)))
    return page


def plays(page, wanted=True, within_ms=WITHIN_MS):
    """Whether the page comes to play sound, or comes to be silent."""
    return page.evaluate(LISTEN, [wanted, within_ms])


def door(page, place, why, words):
    """Whether a page that lets nobody in says why, and how to get in."""
    expect(page.locator("#door")).to_have_attribute("data-why", why)
    expect(page.locator("#door-why")).to_contain_text(words)
    expect(page.locator("#door")).to_contain_text("troupe login")
    pictures(page, f"{place}-door-{why}")


def trouble(page, place, kind, *words):
    """Whether a page says what happened, and says it to who does not see it too."""
    expect(page.locator("#trouble")).to_have_attribute("data-kind", kind)
    expect(page.locator("#trouble-title")).to_be_focused()
    for word in words:
        expect(page.locator("#trouble")).to_contain_text(word)
    pictures(page, f"{place}-trouble-{kind}")


def pictures(page, name):
    """The same at the width of a phone as well."""
    picture(page, name)
    wide = page.viewport_size
    page.set_viewport_size(PHONE)
    picture(page, f"{name}-phone")
    page.set_viewport_size(wide)


def picture(page, name):
    """A picture in light and dark, and a telling of what a checker finds at the page as it stands."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate("async () => (await axe.run(document)).violations")
        faults = [
            {"id": fault["id"], "nodes": [node["html"] for node in fault["nodes"]]}
            for fault in found
            if fault["impact"] in SERIOUS
        ]
        page.screenshot(path=f"{os.environ['PICTURES']}/{name}-{scheme}.png")
        tell("checked", page=name, scheme=scheme, faults=faults)
