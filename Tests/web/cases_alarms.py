"""The alarm list and what an operator does with it."""
from playwright.sync_api import expect

from browser import row


def focused(page):
    return page.evaluate("document.activeElement.closest('tr.alarm')?.dataset.id ?? document.activeElement.id ?? document.activeElement.tagName")


def case_alarm_arrives(bench):
    """An alarm of a value that came over MQTT is in the list without a reload, in its place, in words and shape; the page's title counts it, a screen
    reader says it, and when the value is good again that is shown until somebody acknowledges"""
    page = bench.log_in()
    bench.plant.value("mild-oven", 85)
    expect(row(page, "mild-oven")).to_contain_text("Medium")
    bench.plant.publish("press-01", 97.25)
    alarm = row(page, "press-01")
    expect(alarm).to_contain_text("Critical")
    expect(alarm).to_contain_text("Not acknowledged")
    expect(alarm).to_contain_text("97.25 °C")
    expect(alarm).to_contain_text("limit 95 °C")
    expect(alarm.locator(".priority use")).to_have_attribute("href", "#icon-priority-1")
    expect(page.locator("#said-at-once")).to_contain_text("Critical")
    assert page.title().startswith("("), page.title()
    order = page.locator("tr.alarm").evaluate_all(
        "(rows) => rows.map(({ alert }) => [alert.acknowledged, ['critical', 'high', 'medium', 'low'].indexOf(alert.severity), -Date.parse(alert.raised_at)])")
    assert order == sorted(order), order
    bench.keep("desk-alarms")
    bench.plant.publish("press-01", 60)
    expect(alarm).to_contain_text("Back to normal, not acknowledged")
    expect(alarm.locator("use").first).to_have_attribute("href", "#icon-priority-1")


def case_acknowledge_by_key(bench):
    """From the keyboard alone: into the list, acknowledge, and the focus goes on to the next alarm; the server knows who it was."""
    for machine in ("key-kiln-1", "key-kiln-2", "key-kiln-3"):
        bench.plant.value(machine, 99)
    page = bench.log_in()
    expect(row(page, "key-kiln-1")).to_be_visible()
    page.keyboard.press("j")
    first = focused(page)
    for machine in ("key-kiln-3", "key-kiln-2"):
        for _ in range(10):
            if machine in page.evaluate("document.activeElement.textContent"):
                break
            page.keyboard.press("j")
        before = focused(page)
        page.keyboard.press("a")
        expect(page.locator("#said-politely")).to_contain_text(f"Acknowledged: {machine}")
        expect(row(page, machine)).to_contain_text("Acknowledged")
        alarm = bench.plant.alarm(machine)
        assert alarm["acknowledged_by"] == "operator1" and str(alarm["id"]) == before, alarm
        assert focused(page) != before and focused(page).isdigit(), (before, focused(page))
    assert first.isdigit(), first
    assert bench.plant.alarm("key-kiln-1")["acknowledged"] is False
    order = page.locator("tr.alarm").evaluate_all("(rows) => rows.map((row) => row.alert.acknowledged)")
    assert order == sorted(order), "acknowledged ones stand behind"


def case_somebody_else(bench):
    """What somebody else does is seen; a list that changes does not take the focus away, and a key does nothing to another alarm."""
    bench.plant.value("shared-kiln", 85)
    page = bench.log_in()
    alarm = row(page, "shared-kiln")
    expect(alarm).to_be_visible()
    alarm.focus()
    bench.plant.value("newer-kiln", 99)
    expect(row(page, "newer-kiln")).to_be_visible()
    assert "shared-kiln" in page.evaluate("document.activeElement.textContent")
    bench.plant.post(f"alerts/{bench.plant.alarm('shared-kiln')['id']}/acknowledge", {}, "engineer1")
    expect(alarm).to_contain_text("Acknowledged")
    assert "shared-kiln" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("a")
    page.wait_for_timeout(300)
    assert bench.plant.alarm("newer-kiln")["acknowledged"] is False
    assert bench.plant.alarm("shared-kiln")["acknowledged_by"] == "engineer1"


def case_shelve_comment_explain(bench):
    """An alarm explains itself (rule, limit, value, reason, the trend around it), takes a comment, and is shelved for a time and with a reason; shelved, it
    stands in a list of its own."""
    for value in (70, 75, 84):
        bench.plant.value("pump-02", value)
    page = bench.log_in()
    row(page, "pump-02").focus()
    page.keyboard.press("Enter")
    detail = page.locator("article.detail")
    for words in ("Bearing temperature, version 1", "A bearing that runs hot.", "above a limit", "high 80 · high high 95", "maker's data sheet", "84 °C", "80 °C (high)"):
        expect(detail).to_contain_text(words)
    expect(detail.locator(".chart-canvas canvas").first).to_be_visible()
    assert "Limits: high 80 °C, high high 95 °C." in detail.locator(".chart-canvas").get_attribute("aria-label")
    bench.keep("desk-detail")
    page.keyboard.press("c")
    page.keyboard.type("Strainer cleaned, watch it.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(detail.locator(".timeline")).to_contain_text("Strainer cleaned, watch it.")
    detail.get_by_role("button", name="Assess").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("false: there was nothing").check()
    dialog.get_by_label("Reason").fill("The probe was being cleaned")
    dialog.get_by_role("button", name="Assess").click()
    expect(dialog).to_have_count(0)
    expect(detail.locator(".timeline")).to_contain_text("false: The probe was being cleaned")
    page.keyboard.press("s")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("4 h").check()
    dialog.get_by_role("button", name="Shelve").click()
    expect(dialog).to_be_visible()  # a reason is asked for
    dialog.get_by_label("Reason").fill("Spare part comes tomorrow")
    bench.keep("desk-shelve")
    dialog.get_by_role("button", name="Shelve").click()
    expect(dialog).to_have_count(0)
    expect(row(page, "pump-02")).to_have_count(0)
    alarm = bench.plant.alarm("pump-02")
    assert alarm["status"] == "shelved", alarm
    page.get_by_role("button", name="Shelved and suppressed").click()
    expect(row(page, "pump-02")).to_contain_text("Shelved")
    detail.get_by_role("button", name="Unshelve").click()
    page.get_by_role("button", name="Current").click()
    expect(row(page, "pump-02")).to_contain_text("Not acknowledged")
    page.keyboard.press("Escape")
    expect(detail).to_have_count(0)


def case_hostile_names(bench):
    """What machines, rules and people call themselves is text, whatever is in it."""
    evil = '<img src=x onerror="document.title=1">"\'&{severity}'
    bench.plant.post("rules", {"name": f"evil {evil}", "condition": "above", "high": 1, "severity": "low", "select_equipment": ["evil-1"], "message": {"en": f"{evil} {{value}}"}},
                     "engineer1")
    bench.plant.post("equipment", {"id": "evil-1", "name": f"name {evil}", "location": evil, "description": evil}, "engineer1")
    bench.plant.value("evil-1", 5, "level", "m")
    page = bench.log_in()
    expect(row(page, "evil-1")).to_contain_text("onerror")
    row(page, "evil-1").click()
    expect(page.locator("article.detail .facts").first).to_contain_text("onerror")
    bench.plant.post(f"alerts/{bench.plant.alarm('evil-1')['id']}/comment", {"comment": evil}, "engineer1")
    page.goto(f"{bench.wire.url}/#/machines/evil-1")
    expect(page.locator(".machine-side")).to_contain_text("onerror")
    page.goto(f"{bench.wire.url}/#/journal")
    expect(page.locator(".journal-list")).to_contain_text("onerror")
    assert page.locator("img:not([src='/favicon.svg'])").count() == 0
    assert "Millwright" in page.title()


def case_search(bench):
    """Search narrows every view, also by the machine's name, and can be left by Escape."""
    bench.plant.value("fan-03", 90)
    page = bench.log_in()
    expect(row(page, "fan-03")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("exhaust BEARING")
    expect(page.locator("tr.alarm")).to_have_count(1)
    page.get_by_role("link", name="Machines", exact=True).click()
    expect(page.get_by_text("Nothing found")).to_be_visible()
    page.locator("#search").fill("exhaust")
    expect(page.locator("a.tile")).to_have_count(1)
    page.locator("#search").press("Escape")
    expect(page.locator("a.tile").nth(4)).to_be_visible()
