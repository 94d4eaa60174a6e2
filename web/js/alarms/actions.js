// What an operator does with an alarm. Each action answers with the alarm as it is then.
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { answer } from "../ui/said.js";
import { openForm } from "../ui/dialog.js";

const MINUTES = [15, 60, 240, 480];
const VERDICTS = ["right", "false", "useless"];

export class AlarmActions {
    constructor({ api, book, tell, nameOf }) {
        this.nameOf = nameOf;
        this.api = api;
        this.book = book;
        /** Shows a sentence for a moment. */
        this.tell = tell;
    }

    async acknowledge(alert) {
        try {
            this.book.put(await this.api.post(`alerts/${alert.id}/acknowledge`));
            answer(t("said.acknowledged", { what: title(alert, this.nameOf(alert.device_id)) }));
        } catch (problem) {
            // somebody was quicker: that is what was wanted
            if (problem.status !== 409) this.tell(t("failed", { why: problem.message }), true);
            this.book.touch(alert.id);
        }
    }

    shelve(alert) {
        openForm({
            title: t("shelve.title"), action: t("shelve"), className: "narrow",
            fields: [
                h("p", { class: "muted" }, title(alert, this.nameOf(alert.device_id))),
                h("fieldset", { class: "choices" }, h("legend", {}, t("shelve.for")),
                    MINUTES.map((minutes, index) => h("label", { class: "choice" },
                        h("input", { type: "radio", name: "minutes", value: minutes, checked: index === 1, autofocus: index === 1 }),
                        h("span", {}, t(`shelve.minutes.${minutes}`))))),
                h("label", { class: "check" }, h("input", { type: "checkbox", name: "one_shot" }), t("shelve.once")),
                h("label", { for: "shelve-reason" }, t("reason")),
                h("textarea", { id: "shelve-reason", name: "comment", rows: "2", required: true, maxlength: "4000" }),
            ],
            submit: async (form) => {
                const shelved = await this.api.post(`alerts/${alert.id}/shelve`, {
                    duration_seconds: Number(form.get("minutes")) * 60, one_shot: form.get("one_shot") !== null, comment: form.get("comment").trim(),
                });
                this.book.put(shelved);
                answer(t("said.shelved", { what: title(alert, this.nameOf(alert.device_id)) }));
            },
        });
    }

    comment(alert) {
        openForm({
            title: t("comment.title"), action: t("comment"), className: "narrow",
            fields: [
                h("p", { class: "muted" }, title(alert, this.nameOf(alert.device_id))),
                h("label", { for: "comment-text" }, t("comment.label")),
                h("textarea", { id: "comment-text", name: "comment", rows: "3", required: true, maxlength: "4000", autofocus: true }),
            ],
            submit: async (form) => {
                this.book.put(await this.api.post(`alerts/${alert.id}/comment`, { comment: form.get("comment").trim() }));
                answer(t("said.commented"));
            },
        });
    }

    assess(alert) {
        openForm({
            title: t("assess.title"), action: t("assess"), className: "narrow",
            fields: [
                h("p", { class: "muted" }, title(alert, this.nameOf(alert.device_id))),
                h("fieldset", { class: "choices" }, h("legend", {}, t("assess.was")),
                    VERDICTS.map((verdict, index) => h("label", { class: "choice" },
                        h("input", { type: "radio", name: "verdict", value: verdict, checked: index === 0, autofocus: index === 0 }),
                        h("span", {}, t(`assess.${verdict}`))))),
                h("label", { for: "assess-reason" }, t("reason")),
                h("textarea", { id: "assess-reason", name: "reason", rows: "2", maxlength: "2000" }),
            ],
            submit: async (form) => {
                await this.api.post(`alerts/${alert.id}/feedback`, { verdict: form.get("verdict"), reason: form.get("reason").trim() || null });
                this.book.touch(alert.id);
                answer(t("said.assessed"));
            },
        });
    }

    async simple(alert, action) {
        try {
            this.book.put(await this.api.post(`alerts/${alert.id}/${action}`));
        } catch (problem) {
            if (problem.status !== 409) this.tell(t("failed", { why: problem.message }), true);
            this.book.touch(alert.id);
        }
    }
}

/** "Feed pump 2 · temperature"; `name`: of the machine. */
export function title(alert, name = alert.device_id) {
    return [name ?? t("system"), alert.sensor ?? (alert.device_id ? null : alert.rule)].filter(Boolean).join(" · ");
}
