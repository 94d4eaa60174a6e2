// All machines, those that need somebody first.
import { changeIcon, h, icon, reconcile, set, text } from "../dom.js";
import { capital, named, t } from "../i18n.js";
import { quantity, since } from "../format.js";
import { href } from "../ui/router.js";
import { roving } from "../ui/roving.js";
import { matches } from "../alarms/order.js";
import { drawSparkline, sparkline } from "../charts/sparkline.js";
import { compareMachines } from "./plant.js";

const SENSORS = 4; // on a tile
const STATE_ICONS = { alarm: "priority-4", anomaly: "anomaly", silent: "silent", maintenance: "maintenance", normal: "normal" };

/** The icon's name and class for a machine's state. */
export function machineIcon(machine, severities) {
    const place = severities.place(machine.worst_severity);
    return machine.state === "alarm" ? `priority-${place}` : STATE_ICONS[machine.state] ?? "normal";
}

export function machineStateText(machine) {
    if (machine.state !== "alarm") return t(`machine.state.${machine.state}`);
    return t(machine.active_alarms === 1 ? "machine.alarm" : "machine.alarms", { severity: capital(named("severity", machine.worst_severity)), n: machine.active_alarms });
}

export function stateClass(machine, severities) {
    if (machine.state !== "alarm") return `is-${machine.state}`;
    return `is-alarm place-${severities.place(machine.worst_severity)}${machine.unacknowledged_alarms ? "" : " is-seen"}`;
}

export function tilesView(app) {
    const { plant } = app;
    let location = "";
    const place = h("select", { id: "machines-location", onchange: (event) => {
        location = event.target.value;
        update();
    } });
    const places = h("div", { class: "filter", hidden: true }, h("label", { for: "machines-location" }, t("location")), place);
    const count = h("p", { class: "muted" });
    const grid = h("ul", { class: "tiles", "aria-labelledby": "machines-title" });
    const empty = h("div", { class: "empty", hidden: true });
    const more = h("p", { class: "muted pad", hidden: true }, t("machines.incomplete"));
    const element = h("section", { class: "machines" },
        h("div", { class: "view-head" }, h("h1", { id: "machines-title" }, t("machines")), count, places), grid, empty, more);
    const settle = roving(grid, "a.tile", { columns: () => getComputedStyle(grid).gridTemplateColumns.split(" ").length });

    function update() {
        const names = [...new Set(plant.machines.map((machine) => machine.location).filter(Boolean))].sort((a, b) => a.localeCompare(b));
        if (place.options.length !== names.length + 1) {
            place.replaceChildren(h("option", { value: "" }, t("location.all")), ...names.map((name) => h("option", { value: name }, name)));
            place.value = names.includes(location) ? location : "";
        }
        places.hidden = names.length < 2;
        const machines = plant.machines
            .filter((machine) => !location || machine.location === location)
            .filter((machine) => matches(app.search, [machine.id, machine.name, machine.type, machine.location, machineStateText(machine),
                ...machine.sensors.map((sensor) => sensor.sensor)]))
            .sort(compareMachines(app.severities));
        text(count, plant.isRead ? t("machines.count", { n: machines.length }) : "");
        reconcile(grid, machines, (machine) => machine.id, () => tile(app), (item, machine) => item.update(machine));
        settle();
        more.hidden = plant.isComplete;
        empty.hidden = machines.length > 0;
        if (!empty.hidden) text(empty, !plant.isRead ? t("loading") : app.search ? t("search.none", { search: app.search }) : t("machines.none"));
    }

    return {
        element, update,
        tick() {
            for (const item of grid.children) item.tick();
        },
        keys: { j: () => grid.querySelector("a.tile")?.focus(), k: () => grid.querySelector("a.tile")?.focus() },
        destroy() {},
    };
}

/** The sensors that a tile has room for: one of each type before the second of any. Pure. */
export function chosen(sensors, room = SENSORS) {
    const seen = new Map();
    const turn = sensors.map((sensor) => {
        const before = seen.get(sensor.sensor_type) ?? 0;
        seen.set(sensor.sensor_type, before + 1);
        return before;
    });
    return sensors.map((sensor, index) => ({ sensor, index })).sort((a, b) => turn[a.index] - turn[b.index] || a.index - b.index)
        .slice(0, room).sort((a, b) => a.index - b.index).map((one) => one.sensor);
}

function tile(app) {
    let machine = null;
    const shape = icon("normal", "state-shape");
    const name = h("span", { class: "tile-name" });
    const where = h("span", { class: "tile-where" });
    const state = h("span", { class: "tile-state" });
    const unseen = h("span", { class: "tile-unseen" });
    const age = h("span", { class: "tile-age" });
    const values = h("div", { class: "tile-values", role: "list" });
    const link = h("a", { class: "tile", tabindex: "-1" },
        h("span", { class: "tile-head" }, shape, h("span", { class: "tile-title" }, name, where)),
        h("span", { class: "tile-status" }, h("span", {}, state, " ", unseen), age), values);
    const item = h("li", {}, link);

    item.update = (next) => {
        machine = next;
        set(link, "href", href("machines", machine.id));
        link.className = `tile ${stateClass(machine, app.severities)}`;
        changeIcon(shape, machineIcon(machine, app.severities));
        text(name, machine.name);
        text(where, [machine.type === "unknown" ? null : machine.type, machine.location].filter(Boolean).join(" · "));
        text(state, machineStateText(machine));
        text(unseen, machine.unacknowledged_alarms ? t("machine.unseen", { n: machine.unacknowledged_alarms }) : "");
        reconcile(values, chosen(machine.sensors), (sensor) => sensor.sensor_id, () => {
            const label = h("span", { class: "value-name" });
            const line = sparkline();
            const value = h("span", { class: "value-number" });
            const row = h("div", { class: "value", role: "listitem" }, label, line, value);
            row.parts = { label, line, value };
            return row;
        }, (row, sensor) => {
            text(row.parts.label, sensor.sensor);
            text(row.parts.value, quantity(sensor.value, sensor.unit));
            row.classList.toggle("out-of-range", sensor.is_out_of_range);
            drawSparkline(row.parts.line, app.plant.trend(sensor.sensor_id));
        });
        item.tick();
    };
    item.tick = () => {
        if (machine) text(age, machine.last_value_at ? t("ago", { span: since(machine.last_value_at, app.plant.now()) }) : t("never"));
    };
    return item;
}
