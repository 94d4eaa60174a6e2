// Puts the parts together: who is logged in, what the server says, which view is shown.
import { h, text } from "./dom.js";
import { capital, named, setLanguage, setWords, language, t, worded } from "./i18n.js";
import { Api } from "./api.js";
import { Stream } from "./stream.js";
import { shell } from "./shell.js";
import { loginView } from "./login.js";
import { AlarmBook } from "./alarms/book.js";
import { AlarmActions } from "./alarms/actions.js";
import { alarmsView } from "./alarms/view.js";
import { isHeld, isUnacknowledged, Severities } from "./alarms/order.js";
import { Plant } from "./machines/plant.js";
import { tilesView } from "./machines/tiles.js";
import { machinePage } from "./machines/page.js";
import { Journal } from "./journal/journal.js";
import { journalView } from "./journal/view.js";
import { parse } from "./ui/router.js";
import { answer, say, sayAtOnce } from "./ui/said.js";
import { Sound } from "./ui/sound.js";
import { applyTheme } from "./ui/theme.js";
import { openDialog } from "./ui/dialog.js";
import { areKeysOn, listenForKeys, switchKeys } from "./ui/keys.js";

const ROLES = ["viewer", "operator", "engineer", "admin"];
const RELIST = 30_000; // milliseconds: what is done to an alarm and told to nobody (a comment, a shelving) is seen by then
const MOMENT = 40; // milliseconds
const LAG = 2; // answers in a row that know of newer notifications than we have: the stream is dead without saying so
const URGENT = 2; // places of severities that interrupt a screen reader
const LOUD = new Set(["raised", "realarmed", "escalated", "reinstated", "unshelved", "unsuppressed", "in_service"]);

class App {
    user = null;
    view = null;
    shell = null;
    search = "";
    severities = new Severities();
    route = parse(location.hash);
    sound = new Sound();
    #root = document.getElementById("app");
    #lag = 0;
    #timers = [];
    #isStarted = false;

    constructor() {
        this.api = new Api();
        this.stream = new Stream(this.api);
        this.plant = new Plant(this.api);
        this.book = new AlarmBook(this.api, () => this.plant.now());
        this.journal = new Journal(this.api);
        this.actions = new AlarmActions({ api: this.api, book: this.book, tell: (...words) => this.tell(...words), nameOf: (id) => this.machineName(id) });
        this.api.onSignedOut = () => this.#end(t("login.ended"));
        this.book.onChange = this.plant.onChange = this.journal.onChange = () => this.#update();
        this.plant.onAnswer = () => this.#answered();
        this.plant.onFailure = () => this.#failed();
        this.stream.onState = () => this.#connectionChanged();
        this.stream.onNews = (message) => this.#news(message);
        this.stream.onGap = (message) => {
            this.journal.addGap(message);
            this.book.touchAll();
        };
    }

    async open() {
        setLanguage(language());
        applyTheme();
        listenForKeys(this);
        addEventListener("hashchange", () => this.#routeChanged());
        addEventListener("online", () => this.#wake());
        document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#wake());
        setInterval(() => this.#tick(), 1000);
        try {
            const user = await this.api.resume();
            if (user) return await this.#begin(user);
        } catch {
            // the server is away; the log-in will say so
        }
        this.rebuild();
    }

    can(role) {
        return ROLES.indexOf(this.user?.role) >= ROLES.indexOf(role);
    }

    machineName(id) {
        return this.plant.machines.find((machine) => machine.id === id)?.name ?? id;
    }

    waiting() {
        return [...this.book.alerts.values()].filter((alert) => isUnacknowledged(alert) && !isHeld(alert)).length;
    }

    // MARK: Is what is shown true now?

    /** state: "live", "trying" (answers, but the stream is not back yet), "lost". age: of the newest value, milliseconds. */
    connection() {
        const state = this.plant.failures > 0 ? "lost" : this.stream.state === "open" && this.plant.isRead ? "live" : "trying";
        return { state, age: this.plant.newestValueAt ? Math.max(0, this.plant.now() - new Date(this.plant.newestValueAt).getTime()) : null };
    }

    /** Milliseconds since the server last answered. */
    silence() {
        return this.plant.answeredAt ? Date.now() - this.plant.answeredAt : 0;
    }

    #answered() {
        this.#lag = this.plant.newestSeq !== null && this.stream.state === "open" && this.plant.newestSeq > (this.stream.seq ?? 0) ? this.#lag + 1 : 0;
        if (this.#lag >= LAG || this.#wasLost) {
            this.#lag = 0;
            this.stream.reconnect();
            this.book.touchAll();
        }
        this.#wasLost = false;
        this.#connectionChanged();
    }

    /** How Millwright itself is: "ok", "degraded" or "down". */
    health = "ok";
    async #askHealth() {
        try {
            this.health = (await this.api.health()).status ?? "ok";
        } catch {
            // the connection's state says it
        }
    }

    #wasLost = false;
    #failed() {
        this.#wasLost = true;
        this.#connectionChanged();
    }

    #lastState = "";
    #connectionChanged() {
        const { state } = this.connection();
        if (state !== this.#lastState) {
            if (state === "live") this.book.touchAll();
            if (this.#lastState !== "") say(t(`connection.${state}`));
            this.#lastState = state;
        }
        this.shell?.tick();
    }

    #wake() {
        if (!this.#isStarted) return;
        this.plant.poke();
        if (this.stream.state !== "open") this.stream.reconnect();
    }

    // MARK: What happens

    #news(message) {
        const { data } = message;
        this.journal.add(message);
        if (typeof data.id !== "number") return;
        this.book.touch(data.id);
        const place = this.severities.place(data.severity);
        const sentence = `${capital(named("severity", data.severity))}: ${worded(data)}`;
        if (LOUD.has(data.event)) {
            (place <= URGENT ? sayAtOnce : say)(sentence);
            this.sound.play(place);
        } else if (data.event === "cleared") say(worded(data));
    }

    // MARK: Log-in

    async #begin(user) {
        this.user = user;
        this.#isStarted = true;
        this.rebuild();
        try {
            const [severities, words] = await Promise.all([this.api.get("alerts/severities"), this.api.get("words")]);
            this.severities = new Severities(severities.items);
            setWords(words);
        } catch {
            // codes are shown, and all are drawn as the mildest
        }
        await this.plant.start();
        this.book.touchAll();
        let after = null;
        try {
            after = await this.journal.read();
        } catch {
            after = null;
        }
        if (this.user) this.stream.start(after);
        this.#timers.push(setInterval(() => document.visibilityState === "visible" && this.book.touchAll(), RELIST));
        this.#timers.push(setInterval(() => this.#askHealth(), RELIST));
        this.#askHealth();
        this.#update();
    }

    #end(notice) {
        this.user = null;
        this.#isStarted = false;
        this.stream.stop();
        this.plant.stop();
        for (const timer of this.#timers.splice(0)) clearInterval(timer);
        this.book.alerts = new Map();
        this.book.isRead = this.plant.isRead = false;
        this.plant.machines = [];
        this.journal.entries = [];
        document.querySelector("dialog[open]")?.close();
        this.notice = notice;
        this.rebuild();
    }

    async logOut() {
        try {
            await this.api.logOut();
        } catch {
            // the server forgets by itself
        }
        this.#end("");
    }

    // MARK: What is shown

    /** Everything anew: another language, another person. */
    rebuild() {
        this.view?.destroy();
        this.view = null;
        this.shell = null;
        if (!this.user) {
            document.title = "Millwright";
            const login = loginView({
                notice: this.notice, chooseLanguage: (code) => this.chooseLanguage(code),
                logIn: async (name, password) => {
                    const user = await this.api.logIn(name, password);
                    this.notice = "";
                    await this.#begin(user);
                },
            });
            this.#root.replaceChildren(login.element);
            return;
        }
        this.shell = shell(this);
        this.#root.replaceChildren(this.shell.element);
        this.#show();
        this.#draw();
    }

    chooseLanguage(code) {
        setLanguage(code);
        this.rebuild();
    }

    #show() {
        const { view, id } = this.route;
        const key = view === "machines" && id !== null ? `machine ${id}` : view;
        if (this.view?.key === key) return;
        this.view?.destroy();
        const made = view === "alarms" ? alarmsView(this) : view === "journal" ? journalView(this) : id === null ? tilesView(this) : machinePage(this, id);
        this.view = Object.assign(made, { key });
        this.shell.main.replaceChildren(this.view.element);
        scrollTo(0, 0);
    }

    #routeChanged() {
        this.route = parse(location.hash);
        if (!this.shell) return;
        this.#show();
        this.#draw();
    }

    setSearch(search) {
        this.search = search;
        this.view?.update();
    }

    /** In a flood each message would draw the whole list: what comes within a moment is drawn together. */
    #update() {
        this.#drawing ??= setTimeout(() => {
            this.#drawing = null;
            this.#draw();
        }, MOMENT);
    }

    #drawing = null;
    #draw() {
        if (!this.shell) return;
        const waiting = this.waiting();
        const title = `${waiting ? `(${waiting}) ` : ""}${t(this.route.view)} · Millwright`;
        if (document.title !== title) document.title = title;
        this.shell.update();
        this.view?.update();
    }

    #tick() {
        this.shell?.tick();
        this.view?.tick?.();
    }

    tell(sentence, isProblem = false) {
        this.shell?.tell(sentence, isProblem);
        if (isProblem) sayAtOnce(sentence);
    }

    async toggleSound() {
        await this.sound.switch(!this.sound.isOn);
        answer(t(this.sound.isOn ? "sound.on" : "sound.off"));
        this.shell.update();
    }

    showHelp() {
        const key = (...keys) => keys.flatMap((one, index) => [index ? " " : "", h("kbd", {}, one)]);
        const rows = [[key("j", "k"), "help.move"], [key("Enter"), "help.open"], [key("Esc"), "help.close"], [key("/"), "help.search"], [key("g", "a"), "help.alarms"],
            [key("g", "m"), "help.machines"], [key("g", "j"), "help.journal"], [key("m"), "help.sound"], [key("?"), "help.help"]];
        if (this.can("operator")) rows.splice(3, 0, [key("a"), "help.acknowledge"], [key("s"), "help.shelve"], [key("c"), "help.comment"]);
        openDialog({ title: t("help"), className: "narrow", body: [
            h("dl", { class: "keys" }, rows.flatMap(([keys, words]) => [h("dt", {}, keys), h("dd", {}, t(words))])),
            h("label", { class: "check" }, h("input", { type: "checkbox", checked: areKeysOn(), onchange: (event) => switchKeys(event.target.checked) }), t("help.keys")),
            h("p", { class: "muted" }, h("a", { href: "/docs" }, t("help.api"))),
        ] });
    }

    async showConnection() {
        const list = h("ul", { class: "plain-list" });
        const words = h("p", {}, t(`connection.${this.connection().state}.words`));
        openDialog({ title: t("connection"), className: "narrow", body: [words, list] });
        try {
            const health = await this.api.health();
            this.health = health.status;
            text(words, t("health", { status: named("health", health.status) }));
            list.append(...(health.problems ?? []).map((problem) => h("li", {}, String(problem))));
            for (const [name, part] of Object.entries(health.parts ?? {})) list.append(h("li", {}, h("strong", {}, name), ` ${named("health", part.status)}`));
        } catch {
            text(words, t("connection.lost.words"));
        }
    }
}

const app = new App();
app.open();
