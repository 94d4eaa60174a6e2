// The plant at a glance, asked for every few seconds: the pulse by which the page knows that it is not looking at the past.

const EVERY = 5_000; // milliseconds
const PATIENCE = 4_000;
const TREND_EVERY = 60_000;
const TREND_MINUTES = 60;
const PAGE = 200;
const PAGES = 5;

export class Plant {
    #api;
    #timer = null;
    #running = false;
    #asking = false;
    #trendAt = -Infinity;
    #trends = new Map();

    machines = [];
    /** The server's clock less ours, in milliseconds. */
    offset = 0;
    /** When the server last answered, by our clock; null: not yet. */
    answeredAt = null;
    /** The newest value of any machine, by the server's clock. */
    newestValueAt = null;
    /** The newest notification that there is. */
    newestSeq = null;
    failures = 0;
    isComplete = true;
    isRead = false;
    onChange = () => {};
    onAnswer = () => {};
    onFailure = () => {};

    constructor(api) {
        this.#api = api;
    }

    start() {
        this.#running = true;
        this.#trendAt = -Infinity;
        return this.#beat();
    }

    stop() {
        this.#running = false;
        clearTimeout(this.#timer);
    }

    /** Asks at once. */
    poke() {
        if (this.#running) this.#beat();
    }

    now() {
        return Date.now() + this.offset;
    }

    trend(sensorId) {
        return this.#trends.get(sensorId) ?? null;
    }

    async #beat() {
        if (this.#asking) return;
        this.#asking = true;
        clearTimeout(this.#timer);
        try {
            await this.#ask();
            this.answeredAt = Date.now();
            this.failures = 0;
            this.onAnswer();
        } catch (problem) {
            if (problem.status === 401) return;
            this.failures++;
            this.onFailure(problem);
        } finally {
            this.#asking = false;
            if (this.#running) this.#timer = setTimeout(() => this.#beat(), EVERY);
        }
        this.onChange();
    }

    async #ask() {
        const withTrend = Date.now() - this.#trendAt > TREND_EVERY;
        const machines = [];
        let cursor = null;
        for (let page = 0; page < PAGES; page++) {
            const asked = Date.now();
            const answer = await this.#api.get("plant/overview",
                { limit: PAGE, cursor, trend_minutes: withTrend ? TREND_MINUTES : 0 }, PATIENCE);
            if (page === 0) this.offset = new Date(answer.time).getTime() - (asked + Date.now()) / 2;
            this.newestSeq = answer.notification_seq;
            machines.push(...answer.items);
            cursor = answer.next_cursor;
            if (!cursor) break;
        }
        if (withTrend) {
            this.#trendAt = Date.now();
            this.#trends = new Map(machines.flatMap((machine) => machine.sensors.map((sensor) => [sensor.sensor_id, sensor.trend])));
        }
        this.machines = machines;
        this.isComplete = !cursor;
        this.isRead = true;
        this.newestValueAt = newest(machines);
    }
}

export function newest(machines) {
    let latest = null;
    for (const machine of machines) if (machine.last_value_at && !(machine.last_value_at <= latest)) latest = machine.last_value_at;
    return latest;
}

const PLACES = ["alarm", "anomaly", "silent", "maintenance", "normal"];

/** What needs somebody first: alarms by severity, unseen ones before seen, then what is odd, silent, in maintenance, normal. */
export function compareMachines(severities) {
    return (a, b) =>
        PLACES.indexOf(a.state) - PLACES.indexOf(b.state) ||
        severities.rank(b.worst_severity) - severities.rank(a.worst_severity) ||
        Number(b.unacknowledged_alarms > 0) - Number(a.unacknowledged_alarms > 0) ||
        a.id.localeCompare(b.id, undefined, { numeric: true });
}
