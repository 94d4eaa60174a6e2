// What stands around every view: where one is, whether what one sees is true now, search, sound, language, help.
import { changeIcon, h, icon, set, text } from "./dom.js";
import { language, LANGUAGES, named, t } from "./i18n.js";
import { span } from "./format.js";
import { href } from "./ui/router.js";
import { theme, toggleTheme } from "./ui/theme.js";

const VIEWS = ["alarms", "machines", "journal"];

export function shell(app) {
    const tabs = VIEWS.map((view) => {
        const count = h("span", { class: "nav-count", hidden: true });
        const link = h("a", { href: href(view), class: "nav-link" }, icon(view), h("span", {}, t(view)), count);
        return { view, link, count };
    });
    const search = h("input", { type: "search", id: "search", placeholder: t("search"), "aria-label": t("search"), autocomplete: "off", spellcheck: "false",
        "aria-keyshortcuts": "/", value: app.search, oninput: (event) => app.setSearch(event.target.value) });
    search.addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        search.value = "";
        app.setSearch("");
        search.blur();
    });
    const stateIcon = icon("trying", "");
    const stateText = h("span", { class: "connection-text" });
    const ageText = h("span", { class: "connection-age" });
    // the age changes each second: that is for the eyes; the state is said when it changes
    const connection = h("button", { type: "button", class: "connection", onclick: () => app.showConnection() }, stateIcon, stateText, ageText);
    const soundIcon = icon("sound-off");
    const sound = h("button", { type: "button", class: "button quiet square", "aria-pressed": "false", "aria-keyshortcuts": "m", onclick: () => app.toggleSound() }, soundIcon);
    const tool = (name, label, run) => h("button", { type: "button", class: "button quiet square", "aria-label": label, title: label, onclick: run }, icon(name));
    const other = Object.keys(LANGUAGES).find((code) => code !== language());
    const main = h("main", { id: "main", tabindex: "-1" });
    const toast = h("p", { class: "toast", role: "status", hidden: true });
    const element = h("div", { class: "shell" },
        h("a", { class: "skip", href: "#main", onclick: (event) => {
            event.preventDefault();
            main.focus();
        } }, t("skip")),
        h("header", { class: "top" },
            h("a", { class: "brand", href: href("alarms"), "aria-label": "Millwright" }, h("img", { src: "/favicon.svg", alt: "", width: "26", height: "26" }), h("span", { class: "brand-name" }, "Millwright")),
            h("nav", { class: "nav", "aria-label": t("views") }, tabs.map((tab) => tab.link)),
            h("div", { class: "search", role: "search" }, icon("search"), search),
            connection,
            h("div", { class: "tools" }, sound,
                h("button", { type: "button", class: "button quiet language-button", lang: other, "aria-label": LANGUAGES[other]["language.switch"], onclick: () => app.chooseLanguage(other) },
                    LANGUAGES[other]["language.short"]),
                tool("theme", t(theme() === "dark" ? "theme.light" : "theme.dark"), () => {
                    toggleTheme();
                    app.rebuild();
                }),
                tool("help", t("help"), () => app.showHelp()),
                tool("leave", t("logout.who", { user: app.user.username }), () => app.logOut()))),
        h("p", { class: "banner", hidden: true }),
        main, toast);
    const banner = element.querySelector(".banner");
    let toastTimer = null;

    function update() {
        for (const tab of tabs) set(tab.link, "aria-current", tab.view === app.route.view ? "page" : null);
        const waiting = app.waiting();
        text(tabs[0].count, String(waiting));
        tabs[0].count.hidden = waiting === 0;
        set(tabs[0].link, "aria-label", waiting ? `${t("alarms")}, ${t("alarms.unseen", { n: waiting })}` : null);
        changeIcon(soundIcon, app.sound.isOn ? "sound-on" : "sound-off");
        set(sound, "aria-pressed", String(app.sound.isOn));
        const label = t(app.sound.isOn ? "sound.on" : "sound.off");
        set(sound, "aria-label", label);
        set(sound, "title", label);
        tick();
    }

    function tick() {
        const { state, age } = app.connection();
        connection.className = `connection is-${state}`;
        const isUnwell = state === "live" && app.health !== "ok";
        connection.classList.toggle("is-unwell", isUnwell);
        const words = t(`connection.${state}`) + (isUnwell ? ` · ${named("health", app.health)}` : "");
        changeIcon(stateIcon, state === "live" && !isUnwell ? "live" : state === "live" || state === "trying" ? "trying" : "lost");
        text(stateText, words);
        text(ageText, age === null ? t("data.none") : t("data.age", { span: span(age) }));
        set(connection, "aria-label", `${words}. ${age === null ? t("data.none") : t("data.age", { span: span(Math.floor(age / 10_000) * 10_000) })}`);
        const warning = state === "lost" ? t("banner.lost", { span: span(app.silence()) }) : "";
        if (banner.textContent !== warning) {
            banner.hidden = warning === "";
            text(banner, warning);
        }
    }

    return {
        element, main, search, update, tick,
        tell(sentence, isProblem) {
            text(toast, sentence);
            toast.hidden = false;
            toast.classList.toggle("is-problem", Boolean(isProblem));
            clearTimeout(toastTimer);
            toastTimer = setTimeout(() => (toast.hidden = true), 6000);
        },
    };
}
