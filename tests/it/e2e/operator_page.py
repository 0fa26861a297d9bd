"""What the operator's page shows of a talk that is over and was recorded."""

from browser import PHONE, expect, picture, tell

# Whether the player has come to play, from after the beginning.
PLAYS = """async () => {
  const player = document.getElementById("player");
  if (player.readyState < 3) await new Promise((ready) => player.addEventListener("canplay", ready, { once: true }));
  return !player.paused && player.currentTime > 0;
}"""


def look(page, origin, room):
    """Looks at the room of this id from the list on; the page has its token already."""
    page.goto(f"{origin}/operator")
    expect(page.locator("#rooms")).to_contain_text("No room is under way.")
    page.click("#ended")
    row = page.locator("#rooms tr", has=page.locator(f'a[href="#room={room}"]'))
    expect(row).to_contain_text("ended")
    picture(page, "operator-rooms")
    row.locator("a").click()
    expect(page.locator("#room-title")).to_be_focused()
    expect(page.locator("#picture-of-talk")).to_be_visible()
    expect(page.locator("#turns")).to_contain_text("cut by")
    lanes = page.locator("#timeline .label title").all_text_contents()
    waits = page.locator("#timeline .wait").count()
    tell("operator", lanes=lanes, waits=waits, turns=page.locator("#turns tr").count(), summary=page.inner_text("#summary"))
    page.locator("#turns button").first.click()
    tell("turn played", is_audible=page.evaluate(PLAYS))
    # From a turn to how it came about, and to its trace.
    row = page.locator("#turns tr", has=page.get_by_role("button", name="Stages")).first
    trace = row.get_by_role("link", name="Trace").get_attribute("href")
    row.get_by_role("button", name="Stages").click()
    opened = page.locator("details.stages[open]")
    expect(opened).to_have_count(1)
    expect(opened.locator("svg")).to_be_visible()
    expect(opened.locator("summary")).to_be_focused()
    tell("stages", trace=trace, steps=opened.locator("svg").get_attribute("aria-label"), bars=opened.locator("svg rect").count())
    picture(page, "operator-room")
    page.set_viewport_size(PHONE)
    picture(page, "operator-room-phone")
