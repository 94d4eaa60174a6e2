// The journal: what happened, newest first.
import { changeIcon, h, icon, reconcile, set, text } from "../dom.js";
import { named, t, worded } from "../i18n.js";
import { dateAndTime } from "../format.js";
import { href } from "../ui/router.js";
import { roving } from "../ui/roving.js";
import { matches } from "../alarms/order.js";

export function journalView(app) {
    const list = h("ol", { class: "journal-list", "aria-labelledby": "journal-title", reversed: true });
    const empty = h("div", { class: "empty", hidden: true });
    const older = h("button", { type: "button", class: "button older", onclick: async () => {
        try {
            await app.journal.readOlder();
        } catch (problem) {
            app.tell(t("failed", { why: problem.message }), true);
        }
    } }, t("journal.older"));
    const element = h("section", { class: "journal" }, h("div", { class: "view-head" }, h("h1", { id: "journal-title" }, t("journal")),
        h("p", { class: "muted" }, t("journal.about"))), list, empty, older);
    const settle = roving(list, "a.entry");

    function update() {
        const entries = app.journal.entries.filter((entry) => matches(app.search,
            [worded(entry.data), entry.data?.device_id, entry.data?.rule, entry.data?.event, entry.data?.severity]));
        reconcile(list, entries, (entry) => entry.seq, entryItem(app), () => {});
        settle();
        older.hidden = !app.journal.hasOlder;
        empty.hidden = entries.length > 0;
        if (!empty.hidden) text(empty, app.search ? t("search.none", { search: app.search }) : t("journal.none"));
    }

    return { element, update, tick() {}, keys: { j: () => list.querySelector("a.entry")?.focus(), k: () => list.querySelector("a.entry")?.focus() }, destroy() {} };
}

// what was told does not change
const entryItem = (app) => (entry) => {
    if (entry.gap) return h("li", { class: "gap" }, t("journal.gap"));
    const { data } = entry;
    const shape = icon("normal", "priority");
    const isAlarm = typeof data.id === "number";
    const place = app.severities.place(data.severity);
    const isEnd = data.event === "cleared" || data.event === "retracted";
    if (isAlarm) changeIcon(shape, isEnd ? "normal" : `priority-${place}`);
    const body = h(isAlarm ? "a" : "span", { class: "entry", tabindex: isAlarm ? "-1" : null }, shape,
        h("time", { datetime: entry.timestamp }, dateAndTime(entry.timestamp)),
        h("span", { class: "entry-event" }, named("event", data.event)),
        h("span", { class: "entry-text" }, worded(data) || [data.kind, data.event].join(" "),
            data.actor && data.actor !== "system" ? h("span", { class: "muted" }, ` · ${data.actor}`) : "",
            data.comment ? h("span", { class: "said" }, ` “${data.comment}”`) : ""));
    if (isAlarm) set(body, "href", href("alarms", data.id));
    return h("li", { class: isAlarm && !isEnd ? `place-${place}` : "", "data-seq": entry.seq }, body);
};
