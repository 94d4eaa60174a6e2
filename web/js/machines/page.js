// One machine: its alarms, trends with limits, predictions, life left, maintenance and what people wrote.
import { changeIcon, h, icon, reconcile, set, text } from "../dom.js";
import { capital, named, t } from "../i18n.js";
import { dateAndTime, day, moment, number, since } from "../format.js";
import { href } from "../ui/router.js";
import { openForm } from "../ui/dialog.js";
import { compare, stateOf } from "../alarms/order.js";
import { points } from "../charts/points.js";
import { trendChart } from "../charts/trend.js";
import { machineIcon, machineStateText, stateClass } from "./tiles.js";

const HOUR = 3600_000; // milliseconds
const RANGES = { "1h": HOUR, "8h": 8 * HOUR, "24h": 24 * HOUR, "7d": 168 * HOUR };
const REDRAW = 15_000;
const LISTED = 10;

export function machinePage(app, id) {
    const { api, plant } = app;
    let machine = null;
    let far = null; // what was asked for apart, where the plant has more machines than its overview shows
    let range = "1h";
    let limits = [];
    let isGone = false;
    let drawnAt = 0;
    let isDrawing = false;
    let lookedAt = -Infinity;
    const charts = new Map();

    const shape = icon("normal", "state-shape");
    const name = h("h1", { tabindex: "-1" }, id);
    const where = h("p", { class: "muted" });
    const state = h("p", { class: "machine-state" });
    const age = h("span", { class: "muted" });
    const head = h("div", { class: "machine-head" }, h("a", { class: "button quiet back", href: href("machines") }, icon("back"), t("machines")),
        h("div", { class: "machine-title" }, shape, h("div", {}, name, where)), h("div", { class: "machine-status" }, state, age));
    const alarms = h("ul", { class: "mini-alarms" });
    const noAlarms = h("p", { class: "muted" });
    const ranges = h("div", { class: "tabs", role: "group", "aria-label": t("range") }, Object.keys(RANGES).map((one) =>
        h("button", { type: "button", class: "tab", "aria-pressed": String(one === range), onclick: (event) => {
            range = one;
            for (const button of ranges.children) set(button, "aria-pressed", String(button === event.currentTarget));
            draw(true);
        } }, t(`range.${one}`))));
    const trends = h("div", { class: "trends" });
    const predictions = h("div", {});
    const life = h("div", {});
    const upkeep = h("div", {});
    const notes = h("div", {});
    const facts = h("dl", { class: "facts" });
    const section = (key, beside, ...children) => h("section", { class: "card" }, h("div", { class: "card-head" }, h("h2", {}, t(key)), beside), children);
    const plan = app.can("operator") ? h("button", { type: "button", class: "button", onclick: planWork }, t("maintenance.plan")) : null;
    const element = h("div", { class: "machine" }, head,
        h("div", { class: "machine-grid" },
            h("div", { class: "machine-main" }, section("alarms", null, alarms, noAlarms), section("trends", ranges, trends)),
            h("div", { class: "machine-side" }, section("predictions", null, predictions), section("life", null, life),
                section("maintenance", plan, upkeep), section("notes", null, notes), section("about", null, facts))));

    function update() {
        const glance = plant.machines.find((one) => one.id === id) ?? far;
        if (far && glance === far) lookFar();
        if (glance) {
            machine = glance;
            text(name, glance.name);
            changeIcon(shape, machineIcon(glance, app.severities));
            element.className = `machine ${stateClass(glance, app.severities)}`;
            text(where, [glance.id === glance.name ? null : glance.id, glance.type === "unknown" ? null : glance.type, glance.location].filter(Boolean).join(" · "));
            text(state, machineStateText(glance));
        } else if (plant.isRead) lookFar();
        const list = [...app.book.alerts.values()].filter((alert) => alert.device_id === id).sort(compare(app.severities));
        reconcile(alarms, list, (alert) => alert.id, () => miniAlarm(app), (item, alert) => item.update(alert));
        alarms.hidden = list.length === 0;
        text(noAlarms, list.length ? "" : t("machine.noAlarms"));
        tick();
        if (machine && Date.now() - drawnAt > REDRAW) draw(false);
    }

    let isLooking = false;
    async function lookFar() {
        if (isLooking || Date.now() - lookedAt < REDRAW) return;
        isLooking = true;
        lookedAt = Date.now();
        try {
            far = (await api.get("plant/overview", { device_id: id })).items[0] ?? null;
            if (isGone) return;
            if (far) update();
            else text(where, t("machine.gone"));
        } catch {
            // the next answer tells
        } finally {
            isLooking = false;
        }
    }

    function tick() {
        if (machine) text(age, machine.last_value_at ? t("data.age", { span: since(machine.last_value_at, plant.now()) }) : t("never"));
    }

    // a machine may have a thousand sensors: only what is seen is asked for
    const places = new Map();
    const visible = new Set();
    const watcher = new IntersectionObserver((entries) => {
        let isMore = false;
        for (const entry of entries) {
            if (!entry.isIntersecting) visible.delete(entry.target);
            else if (!visible.has(entry.target)) isMore = visible.add(entry.target) && true;
        }
        if (isMore) draw(true);
    }, { rootMargin: "200px" });

    function placeOf(sensor) {
        let place = places.get(sensor.sensor_id);
        if (!place) {
            place = h("div", { class: "trend-place" });
            places.set(sensor.sensor_id, place);
            trends.append(place);
            watcher.observe(place);
        }
        return place;
    }

    let drawing = 0;
    async function draw(isNew) {
        if (!machine || (isDrawing && !isNew)) return;
        isDrawing = true;
        drawnAt = Date.now();
        const turn = ++drawing;
        machine.sensors.forEach(placeOf);
        const span = [plant.now() - RANGES[range], plant.now()];
        try {
            for (const sensor of machine.sensors.filter((one) => visible.has(placeOf(one)))) {
                const found = await points(api, id, sensor.sensor, span);
                if (isGone || turn !== drawing) return;
                const model = { name: sensor.sensor, unit: sensor.unit, points: found, span,
                    limits: limits.filter((limit) => limit.sensor_id === sensor.sensor_id && limit.in_unit) };
                const chart = charts.get(sensor.sensor_id);
                if (chart) chart.update(model);
                else {
                    const made = trendChart(model);
                    charts.set(sensor.sensor_id, made);
                    placeOf(sensor).replaceChildren(made.element);
                }
            }
        } catch (problem) {
            if (!problem.isAway) app.tell(t("failed", { why: problem.message }), true);
        } finally {
            if (turn === drawing) isDrawing = false;
        }
    }

    const safely = async (part, run) => {
        try {
            const nodes = await run();
            if (!isGone) part.replaceChildren(...nodes);
        } catch (problem) {
            if (!isGone) part.replaceChildren(h("p", { class: "muted" }, t("failed", { why: problem.message })));
        }
    };
    const none = (key) => [h("p", { class: "muted" }, t(key))];
    const listed = (items, make) => [h("ul", { class: "plain-list" }, items.map((item) => h("li", {}, make(item))))];

    async function load() {
        try {
            limits = (await api.get(`equipment/${encodeURIComponent(id)}/limits`)).items;
        } catch {
            limits = [];
        }
        if (isGone) return;
        draw(true);
        const now = plant.now();
        safely(predictions, async () => {
            const { events } = await api.get("anomalies/events", { device_id: id, limit: LISTED });
            const last = machine?.last_prediction;
            const verdict = last ? [h("p", {}, h("strong", {}, t(last.is_anomaly ? "prediction.anomaly" : "prediction.normal")), " ",
                h("span", { class: "muted" }, `${t("confidence")} ${number(last.confidence)} · ${moment(last.time, now)}`))] : [];
            if (events.length === 0) return [...verdict, ...none("predictions.none")];
            return [...verdict, ...listed(events, (event) => [h("time", { datetime: event.event_time }, moment(event.event_time, now)), " ",
                h("strong", {}, event.fault_label ?? event.modalities?.join(", ") ?? t("prediction.anomaly")), " ",
                h("span", { class: "muted" }, `${event.severity ? named("severity", event.severity) : ""} · ${t("confidence")} ${number(event.confidence)}`)])];
        });
        safely(upkeep, async () => {
            const { items } = await api.get("maintenance", { equipment_id: id, limit: LISTED });
            if (items.length === 0) return none("maintenance.none");
            return listed(items, (work) => [h("strong", {}, work.title), " ", h("span", { class: "muted" },
                `${t(`maintenance.${work.status}`)} · ${dateAndTime(work.starts_at)}${work.ends_at ? ` – ${dateAndTime(work.ends_at)}` : ""}${work.assignee ? ` · ${work.assignee}` : ""}`)]);
        });
        safely(notes, async () => {
            const { items } = await api.get("alerts/comments", { device_id: id, limit: LISTED });
            if (items.length === 0) return none("notes.none");
            return listed(items, (note) => [h("p", { class: "said" }, note.comment), h("span", { class: "muted" },
                `${note.actor} · ${moment(note.time, now)} · `), h("a", { href: href("alarms", note.alarm_id) }, note.rule)]);
        });
        try {
            showFacts(await api.get(`equipment/${encodeURIComponent(id)}`));
        } catch {
            // what is known of it is less than its values
        }
    }

    function showFacts(equipment) {
        if (isGone) return;
        const left = equipment.max_operating_hours ? equipment.max_operating_hours - equipment.operating_hours : null;
        life.replaceChildren(left === null ? h("p", { class: "muted" }, t("life.none"))
            : h("p", {}, h("strong", {}, t("life.left", { hours: number(Math.max(0, left)) })), " ",
                h("span", { class: "muted" }, t("life.of", { used: number(equipment.operating_hours), most: number(equipment.max_operating_hours) })),
                h("meter", { min: "0", max: String(equipment.max_operating_hours), value: String(equipment.operating_hours), "aria-label": t("life") })));
        const rows = [["criticality", t(`criticality.${equipment.criticality}`)], ["manufacturer", equipment.manufacturer], ["model", equipment.model],
            ["serial", equipment.serial_number], ["installed", equipment.installation_date && day(equipment.installation_date)],
            ["serviced", equipment.last_maintenance && day(equipment.last_maintenance)], ["service.due", equipment.next_maintenance && day(equipment.next_maintenance)],
            ["description", equipment.description]];
        facts.replaceChildren(...rows.filter(([, value]) => value).flatMap(([key, value]) => [h("dt", {}, t(`about.${key}`)), h("dd", {}, value)]));
    }

    function planWork() {
        const soon = new Date(Date.now() + HOUR - (Date.now() % HOUR));
        const local = (date) => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
        openForm({
            title: t("maintenance.plan"), action: t("maintenance.save"), className: "narrow",
            fields: [
                h("label", { for: "work-title" }, t("maintenance.title")), h("input", { id: "work-title", name: "title", required: true, maxlength: "200", autofocus: true }),
                h("label", { for: "work-start" }, t("maintenance.start")), h("input", { id: "work-start", name: "starts_at", type: "datetime-local", required: true, value: local(soon) }),
                h("label", { for: "work-end" }, t("maintenance.end")), h("input", { id: "work-end", name: "ends_at", type: "datetime-local", required: true, value: local(new Date(soon.getTime() + HOUR)) }),
                h("label", { class: "check" }, h("input", { type: "checkbox", name: "suppress", checked: true }), t("maintenance.suppress")),
            ],
            submit: async (form) => {
                await api.post("maintenance", { equipment_id: id, title: form.get("title").trim(), starts_at: new Date(form.get("starts_at")).toISOString(),
                    ends_at: new Date(form.get("ends_at")).toISOString(), suppress_alarms: form.get("suppress") !== null });
                load();
            },
        });
    }

    update();
    load();
    requestAnimationFrame(() => name.focus({ preventScroll: true }));
    return {
        id, element, update, tick, keys: { Escape: () => (location.hash = href("machines")) },
        destroy() {
            isGone = true;
            watcher.disconnect();
            for (const chart of charts.values()) chart.destroy();
        },
    };
}

function miniAlarm(app) {
    const shape = icon("priority-4", "priority");
    const link = h("a", {});
    const more = h("span", { class: "muted" });
    const item = h("li", {}, shape, link, more);
    item.update = (alert) => {
        const place = app.severities.place(alert.severity);
        const what = stateOf(alert);
        item.className = `place-${place} is-${what.replaceAll("_", "-")}`;
        changeIcon(shape, `priority-${place}`);
        set(link, "href", href("alarms", alert.id));
        text(link, [alert.sensor, alert.rule].filter(Boolean).join(" · "));
        text(more, `${capital(named("severity", alert.severity))}, ${t(`state.${what}`)}, ${moment(alert.raised_at, app.plant.now())}`);
    };
    return item;
}

