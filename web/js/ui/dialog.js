// Modal questions, by the browser's own <dialog>: it keeps the focus inside and gives it back.
import { h, icon } from "../dom.js";
import { t } from "../i18n.js";

let count = 0;

/** Opens a dialog and returns {dialog, close}. `body` is nodes; it is removed when it closes. */
export function openDialog({ title, body, className = "", onClose = () => {} }) {
    const id = `dialog-${++count}`;
    const dialog = h("dialog", { class: `dialog ${className}`.trim(), "aria-labelledby": id },
        h("div", { class: "dialog-head" }, h("h2", { id }, title),
            h("button", { type: "button", class: "button quiet square", "aria-label": t("close"), onclick: () => dialog.close() }, icon("close"))),
        body);
    dialog.addEventListener("close", () => {
        dialog.remove();
        onClose();
    });
    // a click beside it
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    document.body.append(dialog);
    dialog.showModal();
    return { dialog, close: () => dialog.close() };
}

/** A form in a dialog. `submit(FormData)` may throw; its message is shown and the dialog stays. */
export function openForm({ title, fields, action, submit, className }) {
    const problem = h("p", { class: "problem", role: "alert", hidden: true });
    const button = h("button", { type: "submit", class: "button primary" }, action);
    const form = h("form", { class: "form", method: "dialog" }, fields, problem,
        h("div", { class: "form-actions" },
            h("button", { type: "button", class: "button", onclick: () => opened.close() }, t("cancel")), button));
    form.addEventListener("submit", async (event) => {
        event.preventDefault();
        button.disabled = true;
        problem.hidden = true;
        try {
            await submit(new FormData(form));
            opened.close();
        } catch (error) {
            problem.textContent = error.message;
            problem.hidden = false;
        } finally {
            button.disabled = false;
        }
    });
    const opened = openDialog({ title, body: form, className });
    form.querySelector("[autofocus]")?.focus();
    return opened;
}
