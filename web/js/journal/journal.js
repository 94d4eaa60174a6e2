// Everything that was told, by its number: after a break nothing is missing, and where something is (it was kept no longer) that is said.

const LONGEST = 1000; // entries
const PAGE = 100;

export class Journal {
    #api;
    #cursor = null;
    #isReading = false;
    /** Newest first: {seq, timestamp, data} of a notification, or {gap: true, …}. */
    entries = [];
    onChange = () => {};

    constructor(api) {
        this.#api = api;
    }

    /** What was told before; returns the number to go on from. */
    async read() {
        const { notifications, next_cursor } = await this.#api.get("notifications", { limit: PAGE, shape: "page" });
        this.entries = notifications;
        this.#cursor = next_cursor;
        return notifications[0]?.seq ?? 0;
    }

    get hasOlder() {
        return this.#cursor !== null && this.entries.length < LONGEST;
    }

    async readOlder() {
        if (!this.hasOlder || this.#isReading) return;
        this.#isReading = true;
        try {
            const { notifications, next_cursor } = await this.#api.get("notifications", { limit: PAGE, cursor: this.#cursor, shape: "page" });
            this.entries.push(...notifications);
            this.#cursor = next_cursor;
        } finally {
            this.#isReading = false;
        }
        this.onChange();
    }

    add(message) {
        this.entries.unshift(message);
        // what is forgotten here could not be gone on from
        if (this.entries.length > LONGEST) {
            this.entries.length = LONGEST;
            this.#cursor = null;
        }
        this.onChange();
    }

    addGap({ oldest, newest, timestamp }) {
        this.add({ seq: `gap-${oldest}-${newest}`, timestamp, gap: true });
    }
}
