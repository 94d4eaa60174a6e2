"""Who may do what, and who can use it: viewers, screen readers, keyboards, languages, colours."""
from playwright.sync_api import expect

from browser import row


def case_viewer(bench):
    """A viewer sees everything and no button that acts; keys do not act either."""
    bench.plant.value("viewed-kiln", 97)
    page = bench.log_in("viewer1")
    expect(row(page, "viewed-kiln")).to_be_visible()
    row(page, "viewed-kiln").focus()
    for key in "asc":
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.locator("article.detail")).to_contain_text("Bearing temperature")
    expect(page.get_by_role("dialog")).to_have_count(0)
    for address in ("#/alarms", f"#/alarms/{bench.plant.alarm('viewed-kiln')['id']}", "#/machines", "#/machines/viewed-kiln", "#/journal"):
        page.goto(f"{bench.wire.url}/{address}")
        page.wait_for_timeout(300)
        labels = [label for label in page.get_by_role("button").evaluate_all("(all) => all.map((one) => one.getAttribute('aria-label') ?? one.textContent)")
                  if any(word in label for word in ("cknowledge", "helve", "omment", "Plan", "Reset"))]
        assert [label for label in labels if not label.startswith("Shelved and suppressed")] == [], labels
    assert bench.plant.alarm("viewed-kiln")["acknowledged"] is False


def case_keyboard(bench):
    """All is reached by keyboard: the skip link first, one stop for a list, dialogs that give the focus back, keys that can be switched off."""
    bench.plant.value("tab-kiln", 97)
    page = bench.log_in()
    expect(row(page, "tab-kiln")).to_be_visible()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert page.locator("tr.alarm[tabindex='0']").count() == 1
    page.keyboard.press("j")
    before = page.evaluate("document.activeElement.dataset.id")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("document.activeElement.dataset.id") == before
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page.locator("#machines-title")).to_be_visible()
    page.keyboard.press("?")
    page.get_by_label("Use single keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_timeout(200)
    expect(page.locator("#machines-title")).to_be_visible()


def case_korean(bench):
    """A Korean browser gets Korean; the other language is a click away and is kept."""
    bench.plant.value("press-01", 96)
    page = bench.page(locale="ko-KR")
    page.goto(bench.wire.url)
    expect(page.get_by_role("button", name="로그인")).to_be_visible()
    bench.enter(page, "operator1")
    assert page.evaluate("document.documentElement.lang") == "ko"
    expect(row(page, "press-01").first).to_contain_text("심각")
    row(page, "press-01").first.click()
    expect(page.locator(".detail-message")).to_contain_text("장비 press-01")
    bench.keep("desk-korean")
    page.get_by_role("button", name="Show in English").click()
    expect(page.get_by_role("heading", name="Alarms")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Alarms")).to_be_visible()


def case_sound(bench):
    """Sound is off until it is asked for, and then an alarm is heard."""
    page = bench.page()
    page.add_init_script("window.tones = 0; const start = OscillatorNode.prototype.start; OscillatorNode.prototype.start = function (...when) { window.tones++; return start.apply(this, when); };")
    page.goto(bench.wire.url)
    bench.enter(page, "operator1")
    bench.plant.value("silent-kiln", 97)
    expect(row(page, "silent-kiln")).to_be_visible()
    assert page.evaluate("tones") == 0
    page.keyboard.press("m")
    expect(page.get_by_role("button", name="Alarm sound is on")).to_be_visible()
    tried = page.evaluate("tones")
    bench.plant.value("loud-kiln", 97)
    expect(row(page, "loud-kiln")).to_be_visible()
    assert page.evaluate("tones") > tried > 0
