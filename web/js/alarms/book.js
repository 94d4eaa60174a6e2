// The alarms that people must know of: what stands, and what came and went before anybody saw it. The server's list is the truth; a
// notification only says which alarm to ask for again, so a message that comes late or twice can do no harm.
import { stateOf } from "./order.js";

const PAGE = 500;
const PAGES = 6; // of what stands; nobody reads three thousand alarms
const RETURNED_SPAN = 24 * 3600 * 1000; // milliseconds: who returned to normal before that is history
const SINGLY = 8; // alarms asked for one by one; more of them, and the whole list is shorter
const REST = 700; // milliseconds between two readings of the whole list

export class AlarmBook {
    #api;
    #now;
    #dirty = new Set();
    #all = false;
    #busy = false;
    #lastWhole = 0;

    #revisions = new Map();

    /** id → alert, as the API has it. */
    alerts = new Map();
    isComplete = true;
    /** false until the list was read once. */
    isRead = false;
    onChange = () => {};

    /** @param now the server's clock: this machine's may be wrong by days */
    constructor(api, now = Date.now) {
        this.#api = api;
        this.#now = now;
    }

    /** Grows when something happened to an alarm, also what the alarm itself does not show (a comment). */
    revision(id) {
        return this.#revisions.get(id) ?? 0;
    }

    touch(id) {
        this.#revisions.set(id, this.revision(id) + 1);
        this.#dirty.add(id);
        return this.#run();
    }

    touchAll() {
        this.#all = true;
        return this.#run();
    }

    /** What an action answered with is newer than what we have. */
    put(alert) {
        this.#revisions.set(alert.id, this.revision(alert.id) + 1);
        this.#place(alert);
        this.onChange();
    }

    async #run() {
        if (this.#busy) return;
        this.#busy = true;
        try {
            while (this.#all || this.#dirty.size > 0) {
                if (this.#all || this.#dirty.size > SINGLY) {
                    const wait = this.#lastWhole + REST - Date.now();
                    if (wait > 0) await new Promise((done) => setTimeout(done, wait));
                    this.#all = false;
                    this.#dirty.clear();
                    await this.#readWhole();
                } else {
                    const ids = [...this.#dirty];
                    this.#dirty.clear();
                    for (const alert of await Promise.all(ids.map((id) => this.#readOne(id)))) if (alert) this.#place(alert);
                }
                this.onChange();
            }
        } catch (problem) {
            // with the connection the whole list is read again
            this.#all = true;
            if (!problem.isAway && problem.status !== 401) console.error(problem);
        } finally {
            this.#busy = false;
        }
    }

    async #readOne(id) {
        try {
            return await this.#api.get(`alerts/${id}`);
        } catch (problem) {
            if (problem.status === 404) this.alerts.delete(id);
            else throw problem;
        }
        return null;
    }

    async #readWhole() {
        const alerts = new Map();
        let cursor = null;
        this.#lastWhole = Date.now();
        for (let page = 0; page < PAGES; page++) {
            const answer = await this.#api.get("alerts", { status: "active", limit: PAGE, cursor });
            for (const alert of answer.notifications) alerts.set(alert.id, alert);
            cursor = answer.next_cursor;
            if (!cursor) break;
        }
        const start = new Date(this.#now() - RETURNED_SPAN).toISOString();
        const returned = await this.#api.get("alerts", { status: "returned", start, limit: PAGE });
        for (const alert of returned.notifications) alerts.set(alert.id, alert);
        this.isComplete = !cursor && !returned.next_cursor;
        this.isRead = true;
        this.alerts = alerts;
        this.#lastWhole = Date.now();
    }

    #place(alert) {
        if (stateOf(alert) === "normal") this.alerts.delete(alert.id);
        else this.alerts.set(alert.id, alert);
    }
}
