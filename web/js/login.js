// The log-in.
import { h } from "./dom.js";
import { language, LANGUAGES, t } from "./i18n.js";

/** @param {(name: string, password: string) => Promise<void>} logIn throws with the reason */
export function loginView({ logIn, notice, chooseLanguage }) {
    const problem = h("p", { class: "problem", role: "alert", hidden: true });
    const button = h("button", { type: "submit", class: "button primary wide" }, t("login.action"));
    const name = h("input", { id: "login-name", name: "username", autocomplete: "username", required: true, autocapitalize: "none", spellcheck: "false" });
    const password = h("input", { id: "login-password", name: "password", type: "password", autocomplete: "current-password", required: true });
    const form = h("form", { class: "form" },
        h("label", { for: "login-name" }, t("login.name")), name,
        h("label", { for: "login-password" }, t("login.password")), password,
        problem, button);
    form.addEventListener("submit", async (event) => {
        event.preventDefault();
        button.disabled = true;
        problem.hidden = true;
        try {
            await logIn(name.value.trim(), password.value);
        } catch (error) {
            problem.textContent = error.status === 401 ? t("login.wrong") : error.isAway ? t("login.away") : error.message;
            problem.hidden = false;
            password.focus();
            password.select();
        } finally {
            button.disabled = false;
        }
    });
    const element = h("main", { class: "login" },
        h("div", { class: "login-card" },
            h("h1", { class: "brand large" }, h("img", { src: "/favicon.svg", alt: "", width: "36", height: "36" }), "Millwright"),
            notice ? h("p", { class: "notice", role: "status" }, notice) : null,
            form,
            h("div", { class: "login-foot" }, languageChoice(chooseLanguage))));
    requestAnimationFrame(() => name.focus());
    return { element, update() {}, destroy() {} };
}

export function languageChoice(chooseLanguage) {
    return h("div", { class: "language", role: "group", "aria-label": t("language") },
        Object.entries(LANGUAGES).map(([code, words]) => h("button", {
            type: "button", class: "button quiet", lang: code, "aria-pressed": String(code === language()), onclick: () => chooseLanguage(code),
        }, words["language.name"])));
}

