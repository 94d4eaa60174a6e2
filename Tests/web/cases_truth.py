"""Whether what is shown is true now: a stream that is dead, a server that is not well, a clock that is wrong."""
import re

from playwright.sync_api import expect

from browser import row, until


def case_dead_stream(bench):
    """The stream dies silently while the rest works: the page notices that it is behind, and catches up."""
    page = bench.page()
    page.add_init_script("""
        const Real = WebSocket;
        window.WebSocket = class extends Real {
            constructor(url) { super(url); (window.sockets ??= []).push(this); }
            set onmessage(listener) { super.onmessage = listener && ((event) => this.isDeaf || listener(event)); }
        };""")
    page.goto(bench.wire.url)
    bench.enter(page, "operator1")
    page.evaluate("sockets.at(-1).isDeaf = true")
    bench.plant.value("deaf-kiln", 85)
    until(page, "sockets.length > 1")
    expect(row(page, "deaf-kiln")).to_be_visible()
    page.goto(f"{bench.wire.url}/#/journal")
    expect(page.locator(".journal-list")).to_contain_text("deaf-kiln")


def case_unwell(bench):
    """Millwright that is not well itself says so beside the connection, and in words behind it."""
    page = bench.page()
    page.context.route("**/health", lambda route: route.fulfill(status=200, json={"status": "degraded", "problems": ["relay: the last look for deliveries failed"],
                                                                                "parts": {"relay": {"status": "degraded"}, "database": {"status": "ok"}}}))
    page.goto(bench.wire.url)
    bench.enter(page, "viewer1")
    expect(page.locator(".connection")).to_contain_text("degraded")
    page.locator(".connection").click()
    expect(page.get_by_role("dialog")).to_contain_text("relay: the last look for deliveries failed")


def case_wrong_clock(bench):
    """A browser whose clock is wrong by days shows ages by the server's clock, and leaves no alarm out."""
    bench.plant.rise_and_fall("clock-oven", 85, 60)
    page = bench.page()
    page.add_init_script("""
        const Real = Date, shift = 3 * 86400e3;
        Date = class extends Real {
            constructor(...parts) { parts.length ? super(...parts) : super(Real.now() + shift); }
            static now() { return Real.now() + shift; }
        };""")
    page.goto(bench.wire.url)
    bench.enter(page, "operator1")
    expect(row(page, "clock-oven")).to_contain_text("Back to normal, not acknowledged")
    bench.plant.value("clock-kiln", 85)
    expect(row(page, "clock-kiln")).to_contain_text(re.compile(r"for \d s"))
    expect(page.locator(".connection-age")).to_have_text(re.compile(r"Data \d+ s old"))
