"""What can be judged by rules of those who cannot see, or not well."""
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

# what does not depend on colours is judged in light alone
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def case_axe(bench):
    """axe finds no serious fault, in light and dark, in any view."""
    bench.plant.value("axe-kiln", 97)
    bench.plant.rise_and_fall("axe-oven", 85, 60)
    bench.plant.post(f"alerts/{bench.plant.alarm('axe-kiln')['id']}/acknowledge", {}, "operator1")
    axe = Axe()
    for scheme in ("light", "dark"):
        page = bench.page(scheme=scheme)
        page.goto(bench.wire.url)
        expect(page.locator("#login-name")).to_be_visible()
        judge(axe, page, scheme, "login")
        bench.enter(page, "operator1")
        alarm = bench.plant.alarm("axe-oven")["id"]
        for name, address, ready in (("alarms", "#/alarms", "tr.alarm"), ("detail", f"#/alarms/{alarm}", ".timeline li"), ("machines", "#/machines", "a.tile"),
                                     ("machine", "#/machines/fan-03", ".chart-canvas canvas"), ("journal", "#/journal", "a.entry")):
            page.goto(f"{bench.wire.url}/{address}")
            expect(page.locator(ready).first).to_be_visible()
            judge(axe, page, scheme, name)
            bench.keep(f"{scheme}-{name}")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        judge(axe, page, scheme, "help")
        page.context.close()
        bench._contexts.remove(page.context)


def judge(axe, page, scheme, where):
    options = {"resultTypes": ["violations"], "runOnly": WCAG if scheme == "light" else ["color-contrast"]}
    faults = [f"{fault['id']} ({fault['impact']}): {fault['help']}; " + ", ".join(" ".join(map(str, node["target"])) for node in fault["nodes"][:3])
              for fault in axe.run(page, options=options).response["violations"] if fault["impact"] in ("serious", "critical")]
    assert not faults, f"{scheme} {where}: " + " | ".join(faults)
