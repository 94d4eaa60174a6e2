"""The network goes away and comes back: nothing is missed, nothing comes twice, and meanwhile nobody believes old figures."""
from playwright.sync_api import expect

from browser import row


def told(page):
    """The numbers of the journal, newest first."""
    return page.locator(".journal-list li").evaluate_all("(items) => items.map((item) => Number(item.dataset.seq))")


def lose_and_regain(bench, lose, machine):
    page = bench.log_in(address="#/journal")
    bench.plant.value(f"{machine}-early", 85)
    expect(page.locator(".journal-list")).to_contain_text(f"{machine}-early")
    lose()
    bench.plant.rise_and_fall(f"{machine}-a", 85, 50)
    bench.plant.value(f"{machine}-b", 85)
    bench.plant.value(f"{machine}-c", 85)
    bench.plant.post(f"alerts/{bench.plant.alarm(machine + '-b')['id']}/acknowledge", {}, "engineer1")
    expect(page.locator(".connection.is-lost")).to_be_visible()
    expect(page.locator(".banner")).to_contain_text("No connection for")
    expect(page.locator("#said-politely")).to_contain_text("Disconnected")
    assert f"{machine}-c" not in page.locator(".journal-list").inner_text()
    bench.keep(f"lost-{machine}")
    bench.wire.mend()
    expect(page.locator(".connection.is-live")).to_be_visible()
    expect(page.locator(".banner")).to_be_hidden()
    expect(page.locator(".journal-list")).to_contain_text(f"{machine}-c")
    # a while longer, and something new goes the new way
    bench.plant.value(f"{machine}-late", 85)
    expect(page.locator(".journal-list")).to_contain_text(f"{machine}-late")
    found = told(page)
    # the server's numbers have no gaps
    assert len(found) >= 6 and found == list(range(found[0], found[0] - len(found), -1)), found
    page.goto(f"{bench.wire.url}/#/alarms")
    expect(row(page, f"{machine}-a")).to_contain_text("Back to normal, not acknowledged")
    expect(row(page, f"{machine}-b")).to_contain_text("Acknowledged")
    expect(row(page, f"{machine}-c")).to_contain_text("Not acknowledged")


def case_wire_pulled(bench):
    """The cable is pulled, and nobody tells the browser: within seconds the page says that it is not live; when it is back, all that happened is there, once."""
    lose_and_regain(bench, bench.wire.pull, "pulled")


def case_connections_cut(bench):
    """Every connection ends and none can be made: the same."""
    lose_and_regain(bench, bench.wire.cut, "cut")
