"""A report, as somebody reads it who did not build anything: on the screen, on paper, as a file.

Arguments: a link, the id of a role-play's room.
"""

import os
import sys

from browser import expect, launch, open_page, picture, pictures, tell
from playwright.sync_api import sync_playwright

link, room = sys.argv[1:]
address, code = link.split("#")
base = f"{address.rstrip('/')}/operator"

with sync_playwright() as playwright:
    browser = launch(playwright)
    page = open_page(browser, viewport={"width": 1280, "height": 1000}, accept_downloads=True)
    page.goto(f"{base}#{code}")
    expect(page.locator("#list")).to_be_visible()
    page.click("#ended")
    page.locator(f'#rooms a[href="#room={room}"]').click()
    expect(page.locator("#room-title")).to_be_focused()
    page.get_by_role("link", name="Read the report").click()
    report = page.locator("#report")
    expect(report).to_be_visible()
    expect(page.locator("#report-title")).to_be_focused()
    tell("report", text=report.inner_text(), quotes=page.locator("#report blockquote").count())
    pictures(page, "operator-report")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("#report-print")).to_be_hidden()
    page.screenshot(path=f"{os.environ['PICTURES']}/operator-report-on-paper.png", full_page=True)
    page.emulate_media(media="screen")
    for name, event in (("#report-document", "document"), ("#report-data", "data")):
        with page.expect_download() as download:
            page.click(name)
        tell(event, name=download.value.suggested_filename, text=open(download.value.path(), encoding="utf-8").read())
    page.get_by_role("link", name="Transcript and recording").click()
    expect(page.locator("#transcript")).to_contain_text("wrong church")
    expect(page.locator("#room-state")).not_to_contain_text("One moment")
    picture(page, "operator-room-with-report")
    browser.close()
