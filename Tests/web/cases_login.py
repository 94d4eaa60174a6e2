"""Who comes in, how, and for how long."""
from playwright.sync_api import expect

from browser import row


def case_log_in(bench):
    """Logging in: a wrong password is said, the right one opens the page, no script can read the session, and it outlives a reload."""
    page = bench.page()
    page.goto(bench.wire.url)
    page.fill("#login-name", "operator1")
    page.fill("#login-password", "wrong-password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="not right")).to_be_visible()
    bench.keep("login")
    bench.enter(page, "operator1")
    assert "millwright_session" not in page.evaluate("document.cookie")
    cookie = next(one for one in page.context.cookies() if "session" in one["name"])
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict", cookie
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert cookie["value"] not in kept and "eyJ" not in kept and "mwr_" not in kept, kept
    page.reload()
    expect(page.locator(".connection.is-live")).to_be_visible()


def case_log_out(bench):
    """Logging out ends the session on the server, too; another tab of it is led to the log-in and told why."""
    page = bench.log_in()
    other = page.context.new_page()
    other.goto(f"{bench.wire.url}/#/machines")
    expect(other.locator(".connection.is-live")).to_be_visible()
    page.get_by_role("button", name="Log out operator1").click()
    expect(page.locator("#login-name")).to_be_focused()
    expect(other.locator("#login-name")).to_be_visible()
    expect(other.locator(".notice")).to_contain_text("session has ended")
    page.reload()
    expect(page.locator("#login-name")).to_be_visible()


def case_token_in_memory(bench):
    """A server without sessions: the token is kept in memory only, all works, and a reload asks again."""
    page = bench.page()
    page.context.route("**/api/v1/auth/session", lambda route: route.fulfill(status=404, json={"status": 404, "title": "Not found"}))
    page.goto(bench.wire.url)
    bench.enter(page, "operator1")
    bench.plant.value("token-kiln", 85)
    expect(row(page, "token-kiln")).to_contain_text("Not acknowledged")
    row(page, "token-kiln").get_by_role("button", name="Acknowledge").click()
    expect(row(page, "token-kiln")).to_contain_text("Acknowledged")
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert "eyJ" not in kept and "mwr_" not in kept, kept
    page.reload()
    expect(page.locator("#login-name")).to_be_visible()
