// The alarm list, and beside it the alarm that was chosen.
import { h, reconcile, set, text } from "../dom.js";
import { named, t } from "../i18n.js";
import { roving } from "../ui/roving.js";
import { go } from "../ui/router.js";
import { compare, isHeld, isUnacknowledged, matches } from "./order.js";
import { alarmRow } from "./row.js";
import { alarmDetail } from "./detail.js";
import { title } from "./actions.js";

const LONGEST = 1000; // rows

export function alarmsView(app) {
    const { book, actions, plant } = app;
    const act = app.can("operator") ? actions : null;
    let tab = "current";
    let detail = null;

    const tabs = ["current", "held"].map((name) => {
        const count = h("span", { class: "count" });
        const button = h("button", { type: "button", class: "tab", "aria-pressed": String(name === tab), onclick: () => {
            tab = name;
            for (const other of tabs) set(other.button, "aria-pressed", String(other.name === tab));
            update();
        } }, h("span", {}, t(`alarms.tab.${name}`)), " ", count);
        return { name, button, count };
    });
    const unseen = h("p", { class: "unseen" });
    const body = h("tbody", { role: "rowgroup" });
    const heading = (key, className) => h("th", { role: "columnheader", scope: "col", class: className }, t(key));
    const table = h("table", { role: "grid", class: "alarm-list", "aria-label": t("alarms"), "aria-readonly": "true" },
        h("thead", { role: "rowgroup" }, h("tr", { role: "row" },
            heading("priority", "cell-severity"), heading("state", "cell-state"), heading("what", "cell-what"), heading("value", "cell-value"),
            heading("raised", "cell-time"), act ? heading("action", "cell-action") : null)),
        body);
    const empty = h("div", { class: "empty", hidden: true });
    const more = h("p", { class: "muted pad", hidden: true }, t("alarms.incomplete"));
    const list = h("section", { class: "alarms-list", "aria-labelledby": "alarms-title" },
        h("div", { class: "view-head" }, h("h1", { id: "alarms-title" }, t("alarms")), unseen,
            h("div", { class: "tabs", role: "group", "aria-label": t("alarms.show") }, tabs.map((one) => one.button))),
        table, empty, more);
    const aside = h("aside", { class: "alarm-aside", "aria-label": t("alarm.detail"), hidden: true });
    const element = h("div", { class: "alarms" }, list, aside);
    const settle = roving(body, "tr.alarm");

    body.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && event.target.matches("tr.alarm")) go("alarms", event.target.alert.id);
    });

    function shown() {
        return [...book.alerts.values()]
            .filter((alert) => isHeld(alert) === (tab === "held"))
            .filter((alert) => matches(app.search, [title(alert, app.machineName(alert.device_id)), alert.device_id, alert.rule, named("severity", alert.severity), alert.condition]))
            .sort(compare(app.severities));
    }

    function update() {
        const all = [...book.alerts.values()];
        const held = all.filter(isHeld).length;
        text(tabs[0].count, String(all.length - held));
        text(tabs[1].count, String(held));
        const waiting = all.filter((alert) => isUnacknowledged(alert) && !isHeld(alert)).length;
        text(unseen, waiting ? t("alarms.unseen", { n: waiting }) : "");
        const found = shown();
        const alerts = found.slice(0, LONGEST);
        reconcile(body, alerts, (alert) => alert.id,
            () => alarmRow({ severities: () => app.severities, nameOf: (id) => app.machineName(id), act, now: () => plant.now() }),
            (row, alert) => {
                row.update(alert);
                set(row, "aria-selected", String(String(alert.id) === app.route.id));
            });
        settle();
        table.hidden = alerts.length === 0;
        more.hidden = book.isComplete && alerts.length === found.length;
        empty.hidden = alerts.length > 0;
        if (!empty.hidden) {
            text(empty, !book.isRead ? t("loading") : app.search ? t("search.none", { search: app.search }) : t(`alarms.none.${tab}`));
        }
        showDetail();
        detail?.update();
    }

    function showDetail() {
        const id = app.route.view === "alarms" ? app.route.id : null;
        element.classList.toggle("has-detail", id !== null);
        aside.hidden = id === null;
        if (detail?.id === id) return;
        detail?.destroy();
        detail = null;
        aside.replaceChildren();
        if (id === null) return;
        detail = alarmDetail(app, id, () => {
            go("alarms");
            requestAnimationFrame(() => focusRow(id));
        });
        aside.append(detail.element);
    }

    function focusRow(id) {
        const row = [...body.children].find((one) => one.dataset.id === String(id)) ?? body.firstElementChild;
        row?.focus();
    }

    /** What a key acts on: the row with the focus, the alarm that is shown, or else the first. */
    function current() {
        const row = document.activeElement?.closest?.("tr.alarm") ?? [...body.children].find((one) => one.dataset.id === app.route.id);
        return row?.alert ?? book.alerts.get(Number(app.route.id)) ?? null;
    }

    return {
        element, update,
        tick() {
            for (const row of body.children) row.tick();
        },
        keys: {
            a: () => act && withAlert((alert) => !alert.acknowledged && acknowledge(alert)),
            s: () => act && withAlert((alert) => alert.active && !alert.shelved && act.shelve(alert)),
            c: () => act && withAlert((alert) => act.comment(alert)),
            e: () => withAlert((alert) => go("alarms", alert.id)),
            j: () => focusRow(null),
            k: () => focusRow(null),
            Escape: () => app.route.id !== null && detail?.close(),
        },
        destroy() {
            detail?.destroy();
        },
    };

    function withAlert(run) {
        const alert = current();
        if (alert) run(alert);
        else focusRow(null);
    }

    /** The focus goes on to the row that comes next, so that a list can be worked off by one key. */
    async function acknowledge(alert) {
        const row = document.activeElement?.closest?.("tr.alarm");
        const next = row?.nextElementSibling ?? null;
        await act.acknowledge(alert);
        if (row && next?.isConnected && (document.activeElement === row || !row.isConnected)) next.focus();
    }
}
