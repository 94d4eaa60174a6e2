"""Machines at a glance, and one by one."""
import re

from playwright.sync_api import expect

from browser import PHONE


def case_tiles(bench):
    """A tile says in word and shape how its machine is, with its last values and their hour; those that need somebody go first."""
    bench.plant.value("kiln-05", 97)
    page = bench.log_in(address="#/machines")
    tile = page.locator("a.tile", has_text="Kiln 5")
    expect(tile).to_contain_text("Critical · 1 alarm")
    expect(tile).to_contain_text("97 °C")
    expect(tile).to_contain_text("ago")
    expect(tile.locator(".sparkline path").first).to_have_attribute("d", re.compile(r"^M[\d.]+ [\d.]+L"))
    expect(page.locator("a.tile", has_text="Mixer 4")).to_contain_text("In maintenance")
    places = page.locator("a.tile").evaluate_all("(tiles) => tiles.map((tile) => tile.className.match(/is-(\\w+)/)[1])")
    order = ["alarm", "anomaly", "silent", "maintenance", "normal"]
    assert places == sorted(places, key=order.index), places
    bench.keep("desk-machines")
    page.get_by_label("Location").select_option("Hall B")
    expect(page.locator("a.tile")).to_have_count(2)
    page.get_by_label("Location").select_option("")
    page.keyboard.press("Escape")
    page.locator("#machines-title").click()
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('href')") != first
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator(".machine-head h1")).to_be_focused()


def case_machine(bench):
    """A machine's page: its alarms, trends with the limits drawn, life left, maintenance that an operator plans, notes, and what it is."""
    bench.plant.value("kiln-05", 98)
    alarm = bench.plant.alarm("kiln-05")
    bench.plant.post(f"alerts/{alarm['id']}/comment", {"comment": "Gas valve readjusted"}, "operator1")
    page = bench.log_in(address="#/machines/kiln-05")
    expect(page.locator(".mini-alarms")).to_contain_text("Bearing temperature")
    chart = page.locator(".chart", has_text="temperature").locator(".chart-canvas")
    expect(chart.locator("canvas").first).to_be_visible()
    label = chart.get_attribute("aria-label")
    assert "Limits: high 80 °C, high high 95 °C." in label and "last 98 °C" in label, label
    side = page.locator(".machine-side")
    for words in ("Gas valve readjusted", "h left", "No anomaly found", "Hyundai", "HX-26"):
        expect(side).to_contain_text(words)
    bench.keep("desk-machine")
    page.get_by_role("button", name="Plan").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What is done").fill("Relining")
    dialog.get_by_role("button", name="Save").click()
    expect(side).to_contain_text("Relining")
    page.get_by_role("button", name="24 h").click()
    expect(chart).to_have_attribute("aria-label", re.compile("temperature"))
    page.locator(".mini-alarms a").first.click()
    expect(page.locator("article.detail")).to_contain_text("Kiln 5")


def case_phone(bench):
    """On a phone nothing is wider than the screen, and what is tapped is large enough."""
    bench.plant.value("fan-03", 96)
    page = bench.log_in(size=PHONE)
    expect(page.locator("tr.alarm").first).to_be_visible()
    fan = page.locator("tr.alarm", has_text="fan-03").first
    for name, address in (("alarms", "#/alarms"), ("machines", "#/machines"), ("machine", "#/machines/fan-03"), ("journal", "#/journal"), ("detail", f"#/alarms/{fan.get_attribute('data-id')}")):
        page.goto(f"{bench.wire.url}/{address}")
        page.wait_for_timeout(700)
        bench.keep(f"phone-{name}")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{name} is {wide} pixels too wide"
        small = page.locator(".nav-link:visible, .acknowledge:visible, .detail-actions .button:visible").evaluate_all(
            "(all) => all.filter((one) => one.getBoundingClientRect().height < 34).length")
        assert small == 0, name


def case_no_library(bench):
    """Where the library for charts could not be fetched, the figures say it in words."""
    page = bench.page()
    page.context.route("**/vendor/**", lambda route: route.fulfill(status=404, body=""))
    page.goto(f"{bench.wire.url}/#/machines/press-01")
    bench.expect_complaints("MIME type")
    bench.enter(page, "viewer1")
    expect(page.locator(".chart", has_text="vibration")).to_contain_text("vibration: last")
