// One alarm in the list. It is made once and brought up to date: what has the focus keeps it.
import { changeIcon, h, icon, set, text } from "../dom.js";
import { capital, named, t, worded } from "../i18n.js";
import { moment, quantity, span } from "../format.js";
import { href } from "../ui/router.js";
import { stateOf, unitOf } from "./order.js";
import { title } from "./actions.js";

const STATE_ICONS = { unacknowledged: "unacknowledged", returned: "returned", acknowledged: "acknowledged", shelved: "held", suppressed: "held",
    out_of_service: "held", normal: "normal" };

export function stateIcon(state) {
    return STATE_ICONS[state] ?? "normal";
}

/** {row, update(alert)}. `act` is null for whoever may only look. */
export function alarmRow({ severities, nameOf, act, now }) {
    let alert = null;
    const shape = icon("priority-4", "priority");
    const severity = h("span", { class: "severity-name" });
    const mark = icon("normal", "state-icon");
    const state = h("span", { class: "state-name" });
    const link = h("a", { class: "alarm-what", tabindex: "-1" });
    const message = h("span", { class: "alarm-message" });
    const value = h("span", { class: "alarm-value" });
    const limit = h("span", { class: "alarm-limit" });
    const raised = h("time", { class: "alarm-raised" });
    const age = h("span", { class: "alarm-age" });
    const button = act && h("button", { type: "button", class: "button acknowledge", tabindex: "-1", onclick: (event) => {
        event.stopPropagation();
        act.acknowledge(alert);
    } }, t("acknowledge"));
    const cell = (className, ...children) => h("td", { role: "gridcell", class: className }, ...children);
    const row = h("tr", { role: "row", class: "alarm", tabindex: "-1" },
        cell("cell-severity", h("span", { class: "pair" }, shape, severity)),
        cell("cell-state", h("span", { class: "pair" }, mark, state)),
        cell("cell-what", link, message),
        cell("cell-value", value, limit),
        cell("cell-time", raised, age),
        act ? cell("cell-action", button) : null);
    row.addEventListener("click", (event) => {
        if (!event.target.closest("a, button") && String(getSelection()) === "") location.hash = href("alarms", alert.id);
    });

    let drawn = [];
    function update(next) {
        const name = nameOf(next.device_id);
        const basis = [next, name, severities()];
        if (basis.every((one, index) => one === drawn[index])) return;
        drawn = basis;
        alert = next;
        const place = severities().place(alert.severity);
        const what = stateOf(alert);
        row.alert = alert;
        row.dataset.id = alert.id;
        row.className = `alarm place-${place} is-${what.replaceAll("_", "-")}`;
        changeIcon(shape, `priority-${place}`);
        text(severity, capital(named("severity", alert.severity)));
        changeIcon(mark, stateIcon(what));
        text(state, t(`state.${what}`) + (alert.latched && alert.active ? `, ${t("state.latched")}` : "") + (alert.chattering ? `, ${t("state.chattering")}` : ""));
        text(link, title(alert, name));
        set(link, "href", href("alarms", alert.id));
        text(message, alert.condition === "system" ? worded(alert) : [name === alert.device_id ? null : alert.device_id, alert.rule].filter(Boolean).join(" · "));
        text(value, quantity(alert.value, unitOf(alert)));
        text(limit, alert.limit === null ? "" : `${t("limit")} ${quantity(alert.limit, unitOf(alert))}`);
        set(raised, "datetime", alert.raised_at);
        text(raised, moment(alert.raised_at, now()));
        tick();
        if (button) button.hidden = alert.acknowledged;
        set(row, "aria-label", [named("severity", alert.severity), t(`state.${what}`), title(alert, name), alert.rule, quantity(alert.value, unitOf(alert)),
            moment(alert.raised_at, now())].join(", "));
    }

    function tick() {
        if (!alert) return;
        const end = alert.cleared_at ? new Date(alert.cleared_at).getTime() : now();
        const lasted = span(end - new Date(alert.raised_at).getTime());
        text(age, alert.shelved && alert.active ? t("shelved.until", { time: moment(alert.shelved_until, now()) })
            : alert.cleared_at ? t("lasted", { span: lasted }) : t("for", { span: lasted }));
    }

    row.update = update;
    row.tick = tick;
    return row;
}
