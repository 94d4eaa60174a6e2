"""People at browsers: contexts, log-ins, screenshots; and the plant that they look at."""
import math

from playwright.sync_api import expect

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE = 15_000  # milliseconds

expect.set_options(timeout=PATIENCE)


def furnish(plant):
    """Rules, and machines with an hour behind them."""
    plant.post("rules", {"name": "Bearing temperature", "description": "A bearing that runs hot.", "condition": "above", "high": 80, "high_high": 95,
                         "deadband": 2, "severity": "medium", "severity_high_high": "critical", "select_sensor_type": ["temperature"],
                         "reason": "maker's data sheet"}, "engineer1")
    plant.post("rules", {"name": "Hydraulic pressure low", "condition": "below", "low": 4, "severity": "high", "deadband": 0.2,
                         "select_sensor_type": ["pressure"]}, "engineer1")
    for index, (machine, name, kind, place) in enumerate((
            ("press-01", "Press 1", "press", "Hall A"), ("pump-02", "Feed pump 2", "pump", "Hall A"), ("fan-03", "Exhaust fan 3", "fan", "Hall B"),
            ("mixer-04", "Mixer 4", "mixer", "Hall B"), ("kiln-05", "Kiln 5", "kiln", "Hall C"))):
        def wave(swing, turns, base, phase=index):
            return lambda x: round(base + swing * math.sin(turns * 2 * math.pi * x + phase) + swing / 6 * math.sin(97 * x + phase), 3)

        plant.post("equipment", {"id": machine, "name": name, "type": kind, "location": place, "criticality": "high",
                                 "operating_hours": 5200 + 900 * index, "max_operating_hours": 20000, "manufacturer": "Hyundai",
                                 "model": f"HX-{22 + index}", "next_maintenance": "2027-01-10T08:00:00Z"}, "engineer1")
        for sensor_type, unit, shape in (("temperature", "°C", wave(4, 1.3, 58 + 2 * index)), ("vibration", "mm/s", wave(0.3, 2.4, 1.4)),
                                         ("current", "A", wave(0.8, 1.9, 7 + index))):
            plant.history(machine, sensor_type, unit, shape)
            plant.value(machine, shape(1), sensor_type, unit)
    plant.history("pump-02", "pressure", "bar", lambda x: 6.2 + 0.2 * math.sin(9 * x))
    plant.value("pump-02", 6.1, "pressure", "bar")
    plant.post("maintenance", {"equipment_id": "mixer-04", "title": "Change the belt", "starts_at": "2020-01-01T06:00:00Z",
                               "status": "in_progress", "suppress_alarms": True}, "engineer1")


class Bench:
    """What a case works with."""

    def __init__(self, chromium, plant, wire, results):
        self.chromium = chromium
        self.plant = plant
        self.wire = wire
        self.results = results
        self._contexts = []
        self._complaints = []
        self._expected = []

    def page(self, size=DESK, locale="en-US", scheme="light"):
        context = self.chromium.new_context(viewport=size, locale=locale, color_scheme=scheme, has_touch=size is PHONE, is_mobile=size is PHONE,
                                            reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self._complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self._complaints.append(str(error)))
        return page

    def log_in(self, user="operator1", address="", **options):
        """A page of somebody who has logged in, and who sees that it is live."""
        page = self.page(**options)
        page.goto(f"{self.wire.url}/{address}")
        self.enter(page, user)
        return page

    def enter(self, page, user):
        page.fill("#login-name", user)
        page.fill("#login-password", self.plant.password)
        page.click("form button[type=submit]")
        expect(page.locator(".connection.is-live")).to_be_visible()

    def expect_complaints(self, *parts):
        """Of the browser's console, what a case brings about on purpose."""
        self._expected.extend(parts)

    def check_console(self):
        """Nothing else was complained of: no policy broken, no error that nobody caught."""
        # the browser itself says that an answer was no success; a 404 of auth/session and a 401 before the log-in are of the page's making
        found = [text for text in self._complaints if not text.startswith("Failed to load resource") and not any(part in text for part in self._expected)]
        assert not found, "the browser complains: " + " | ".join(found)[:1500]

    def keep(self, name):
        """Screenshots of what is open."""
        for index, context in enumerate(self._contexts):
            for page in context.pages:
                try:
                    page.screenshot(path=self.results / f"{name}{index or ''}.png")
                except Exception:  # pylint: disable=broad-except # it was going wrong anyway
                    pass

    def close(self):
        for context in self._contexts:
            context.close()
        self._contexts = []
        self._complaints = []
        self._expected = []


def row(page, machine, rule=None):
    """The alarm of a machine in the list."""
    found = page.locator("tr.alarm").filter(has_text=machine)
    return found.filter(has_text=rule) if rule else found


def until(page, script):
    """Waits for a script to give something true; the page's policy forbids playwright's own way."""
    for _ in range(PATIENCE // 100):
        if page.evaluate(script):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never true: {script}")
