// The WebSocket of notifications. Each message has a number; after a break we ask for what comes after the last one that we saw, so
// nothing is missed and nothing comes twice.

const PATH = "/api/v1/notifications/ws/notifications";
const FIRST_PAUSE = 500; // milliseconds
const LONGEST_PAUSE = 10_000;
const OPENING = 8_000; // for a connection to say that it is ready

/** How long to wait before attempt n (from 0); up to half of it is chance, so that a hundred pages do not come back at once. */
export function pause(attempt, chance = Math.random()) {
    const whole = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempt);
    return whole * (1 - chance / 2);
}

/** What a message does to our position: {seq, kind: "ready" | "news" | "gap" | "old" | "other"}. */
export function advance(seq, message) {
    switch (message.type) {
    case "ready": return { seq: seq ?? message.seq, kind: "ready" };
    case "notification": return message.seq > (seq ?? -1) ? { seq: message.seq, kind: "news" } : { seq, kind: "old" };
    case "gap": return { seq: seq ?? message.oldest - 1, kind: "gap" };
    default: return { seq, kind: "other" };
    }
}

export class Stream {
    #api;
    #socket = null;
    #timer = null;
    #attempt = 0;
    #running = false;

    /** "closed", "trying" or "open". */
    state = "closed";
    /** The last number that we saw; null: none yet. */
    seq = null;
    onState = () => {};
    onNews = () => {};
    onGap = () => {};

    constructor(api) {
        this.#api = api;
    }

    start(after) {
        this.seq = after;
        this.#running = true;
        this.#attempt = 0;
        this.#connect();
    }

    stop() {
        this.#running = false;
        clearTimeout(this.#timer);
        this.#drop();
        this.#change("closed");
    }

    /** The connection is no longer believed, or may be had again: now rather than after the pause. */
    reconnect() {
        if (!this.#running) return;
        this.#attempt = 0;
        this.#drop();
        this.#connect();
    }

    async #connect() {
        clearTimeout(this.#timer);
        this.#change("trying");
        let ticket;
        try {
            ({ ticket } = await this.#api.post("auth/ws-ticket"));
        } catch {
            return this.#later();
        }
        if (!this.#running || this.#socket) return;
        const url = new URL(PATH, location.origin);
        url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
        url.searchParams.set("ticket", ticket);
        if (this.seq !== null) url.searchParams.set("after", this.seq);
        const socket = (this.#socket = new WebSocket(url));
        const opening = setTimeout(() => socket === this.#socket && this.#lost(), OPENING);
        socket.onmessage = (event) => {
            if (socket !== this.#socket) return;
            clearTimeout(opening);
            this.#take(event.data);
        };
        socket.onclose = socket.onerror = () => {
            clearTimeout(opening);
            if (socket === this.#socket) this.#lost();
        };
    }

    #take(data) {
        let message;
        try {
            message = JSON.parse(data);
        } catch {
            return;
        }
        const { seq, kind } = advance(this.seq, message);
        this.seq = seq;
        if (kind === "ready") {
            this.#attempt = 0;
            this.#change("open");
        } else if (kind === "news") this.onNews(message);
        else if (kind === "gap") this.onGap(message);
    }

    #lost() {
        this.#drop();
        this.#later();
    }

    #later() {
        if (!this.#running) return;
        this.#change("trying");
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#connect(), pause(this.#attempt++));
    }

    #drop() {
        const socket = this.#socket;
        this.#socket = null;
        if (socket) {
            socket.onmessage = socket.onclose = socket.onerror = null;
            socket.close();
        }
    }

    #change(state) {
        if (state === this.state) return;
        this.state = state;
        this.onState(state);
    }
}
