// One alarm: what it is, why it was raised, the trend around it, and what was done about it.
import { changeIcon, h, icon, text } from "../dom.js";
import { capital, named, t, worded } from "../i18n.js";
import { dateAndTime, duration, moment, number, quantity, span } from "../format.js";
import { href } from "../ui/router.js";
import { trendChart } from "../charts/trend.js";
import { points } from "../charts/points.js";
import { stateOf, unitOf } from "./order.js";
import { stateIcon } from "./row.js";
import { title } from "./actions.js";

const LEVELS = ["low_low", "low", "high", "high_high"];
const IN_UNIT = new Set(["above", "below", "outside", "inside", "iso_zone"]);
const AROUND = 15 * 60_000; // milliseconds before and after the raise

export function alarmDetail(app, id, close) {
    let alert = app.book.alerts.get(Number(id)) ?? null;
    let explanation = null;
    let chart = null;
    let shownAt = "";
    let isGone = false;

    const shape = icon("priority-4", "priority");
    const mark = icon("normal", "state-icon");
    const severity = h("span");
    const state = h("span");
    const name = h("h2", { tabindex: "-1" });
    const message = h("p", { class: "detail-message" });
    const buttons = h("div", { class: "detail-actions" });
    const facts = h("dl", { class: "facts" });
    const figure = h("div", { class: "detail-chart" });
    const why = h("section", { class: "detail-why" });
    const history = h("section", { class: "detail-history" });
    const element = h("article", { class: "detail" },
        h("div", { class: "detail-head" }, h("span", { class: "pair" }, shape, severity), h("span", { class: "pair" }, mark, state),
            h("button", { type: "button", class: "button quiet square detail-close", "aria-label": t("close"), onclick: close }, icon("close"))),
        name, message, buttons, facts, figure, why, history);

    async function load() {
        try {
            const [found, reasons] = await Promise.all([app.api.get(`alerts/${id}`), app.api.get(`alerts/${id}/explain`)]);
            if (isGone) return;
            alert = found;
            explanation = reasons;
            render();
            await drawTrend();
        } catch (problem) {
            if (isGone) return;
            text(message, problem.status === 404 ? t("alarm.gone") : t("failed", { why: problem.message }));
        }
    }

    function render() {
        if (!alert) return;
        const place = app.severities.place(alert.severity);
        const what = stateOf(alert);
        element.className = `detail place-${place} is-${what.replaceAll("_", "-")}`;
        changeIcon(shape, `priority-${place}`);
        changeIcon(mark, stateIcon(what));
        text(severity, capital(named("severity", alert.severity)));
        text(state, t(`state.${what}`));
        text(name, title(alert, app.machineName(alert.device_id)));
        // its words are those of the raise, and it may have become worse since
        const first = alert.transitions?.find((one) => one.kind === "raised");
        text(message, first && first.severity !== alert.severity ? t("alarm.raised.as", { message: worded(alert) }) : worded(alert));
        renderButtons(what);
        renderFacts();
        renderWhy();
        renderHistory();
    }

    function renderButtons(what) {
        if (!app.can("operator")) return;
        const button = (label, run, className = "") => h("button", { type: "button", class: `button ${className}`, onclick: run }, t(label));
        const wanted = [];
        if (!alert.acknowledged) wanted.push(["acknowledge", () => app.actions.acknowledge(alert), "primary"]);
        if (alert.active && !alert.shelved) wanted.push(["shelve", () => app.actions.shelve(alert)]);
        if (alert.shelved && alert.active) wanted.push(["unshelve", () => app.actions.simple(alert, "unshelve")]);
        if (alert.latched && alert.active) wanted.push(["reset", () => app.actions.simple(alert, "reset")]);
        wanted.push(["comment", () => app.actions.comment(alert)], ["assess", () => app.actions.assess(alert)]);
        const key = wanted.map(([label]) => label).join() + what;
        if (buttons.dataset.key === key) return;
        const had = buttons.contains(document.activeElement);
        buttons.dataset.key = key;
        buttons.replaceChildren(...wanted.map((one) => button(...one)));
        if (had) buttons.firstElementChild?.focus();
    }

    function renderFacts() {
        const now = app.plant.now();
        const rows = [
            ["value", quantity(alert.value, unitOf(alert))],
            ["limit", alert.limit === null ? null : `${quantity(alert.limit, unitOf(alert))} (${named("level", alert.level)})`],
            ["peak", alert.peak === null ? null : quantity(alert.peak, unitOf(alert))],
            ["raised", dateAndTime(alert.raised_at)],
            alert.cleared_at ? ["cleared", dateAndTime(alert.cleared_at)] : ["standing", span(now - new Date(alert.raised_at).getTime())],
            ["acknowledged.by", alert.acknowledged ? `${alert.acknowledged_by}, ${moment(alert.acknowledged_at, now)}` : null],
            ["shelved.until.label", alert.shelved ? moment(alert.shelved_until, now) : null],
            ["suppressed.by", alert.suppressed ? alert.suppressed_by.join(", ") : null],
        ];
        facts.replaceChildren(...rows.filter(([, value]) => value).flatMap(([label, value]) => [h("dt", {}, t(label)), h("dd", {}, value)]));
        if (alert.device_id) facts.append(h("dt", {}, t("machine")), h("dd", {}, h("a", { href: href("machines", alert.device_id) }, app.machineName(alert.device_id))));
    }

    function renderWhy() {
        if (!explanation) return;
        const { definition } = explanation;
        const limits = definition ? LEVELS.filter((level) => typeof definition[level] === "number")
            .map((level) => `${named("level", level)} ${number(definition[level])}`).join(" · ") : "";
        const rows = [
            ["rule", explanation.rule_version ? t("rule.version", { rule: explanation.rule, version: explanation.rule_version }) : explanation.rule],
            ["condition", named("condition", explanation.condition)],
            ["limits", limits],
            ["deadband", explanation.deadband ? quantity(explanation.deadband, unitOf(alert)) : null],
            ["on_delay", explanation.on_delay && explanation.on_delay !== "PT0S" ? duration(explanation.on_delay) : null],
            ["selected", explanation.selected_because],
            ["changed", explanation.rule_changed_by ? `${explanation.rule_changed_by}, ${dateAndTime(explanation.rule_changed_at)}` : null],
            ["reason", explanation.rule_reason],
        ];
        why.replaceChildren(h("h3", {}, t("why")),
            definition?.description ? h("p", {}, definition.description) : "",
            h("dl", { class: "facts" }, rows.filter(([, value]) => value).flatMap(([label, value]) => [h("dt", {}, t(`why.${label}`)), h("dd", {}, value)])));
    }

    function renderHistory() {
        const transitions = alert.transitions ?? explanation?.transitions ?? [];
        history.replaceChildren(h("h3", {}, t("history")), h("ol", { class: "timeline" }, transitions.toReversed().map((one) => h("li", {},
            h("time", { datetime: one.time }, moment(one.time, app.plant.now())), " ",
            h("strong", {}, named("event", one.kind)), one.actor && one.actor !== "system" ? ` · ${one.actor}` : "",
            typeof one.value === "number" && ["raised", "cleared", "severity_changed"].includes(one.kind) ? ` · ${quantity(one.value, unitOf(alert))}` : "",
            one.comment ? h("p", { class: "said" }, one.comment) : ""))));
    }

    async function drawTrend() {
        if (!alert?.sensor || !alert.device_id) return figure.replaceChildren();
        const raised = new Date(alert.raised_at).getTime();
        const until = Math.min(app.plant.now(), Math.max(raised + AROUND, alert.cleared_at ? new Date(alert.cleared_at).getTime() + AROUND / 3 : 0));
        const span = [raised - AROUND, until];
        const found = await points(app.api, alert.device_id, alert.sensor, span);
        if (isGone) return;
        // the rule's own limits where they are in the sensor's unit, else the one that was crossed
        const { definition } = explanation ?? {};
        const own = definition && LEVELS.some((level) => typeof definition[level] === "number");
        const limits = !IN_UNIT.has(alert.condition) ? [] : own ? [definition] : alert.limit === null ? [] : [{ [LEVELS.includes(alert.level) ? alert.level : "high"]: alert.limit }];
        const marks = [{ time: alert.raised_at, label: t("raised") }];
        if (alert.cleared_at) marks.push({ time: alert.cleared_at, label: t("cleared") });
        const model = { name: alert.sensor, unit: alert.unit, points: found, limits, marks, span };
        if (chart) chart.update(model);
        else figure.replaceChildren((chart = trendChart(model)).element);
    }

    render();
    load();
    requestAnimationFrame(() => !isGone && name.focus({ preventScroll: true }));
    return {
        id, element, close,
        /** The list knows something newer. */
        update() {
            const known = app.book.alerts.get(Number(id));
            const stamp = known ? JSON.stringify([known.severity, known.active, known.acknowledged, known.shelved, known.suppressed, known.value,
                app.book.revision(known.id)]) : `over ${app.book.revision(Number(id))}`;
            if (stamp === shownAt) return;
            const isFirst = shownAt === "";
            shownAt = stamp;
            if (!isFirst) load();
        },
        destroy() {
            isGone = true;
            chart?.destroy();
        },
    };
}
