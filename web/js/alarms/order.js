// What an alarm's state is called and where it stands in the list: pure, after ISA-18.2.

/**
 * The state of an alarm for operators: "unacknowledged" (stands, nobody saw it), "returned" (to normal, before anybody saw it),
 * "acknowledged" (stands, somebody saw it), "shelved", "suppressed", "out_of_service", or "normal" (over; not in the list).
 */
export function stateOf(alert) {
    if (alert.retracted_at) return "normal";
    if (!alert.active) return alert.acknowledged ? "normal" : "returned";
    if (alert.out_of_service) return "out_of_service";
    if (alert.shelved) return "shelved";
    if (alert.suppressed) return "suppressed";
    return alert.acknowledged ? "acknowledged" : "unacknowledged";
}

const HELD = new Set(["shelved", "suppressed", "out_of_service"]);

/** Kept from the operators for a while: in a list of its own. */
export function isHeld(alert) {
    return HELD.has(stateOf(alert));
}

export function isUnacknowledged(alert) {
    const state = stateOf(alert);
    return state === "unacknowledged" || state === "returned";
}

const SECONDS = new Set(["no_data", "flat_line"]);

/** The unit of an alarm's value and limit: the sensor's, unless the condition judges something else (seconds of silence, a change per second). */
export function unitOf(alert) {
    if (SECONDS.has(alert.condition)) return "s";
    if (alert.condition === "rate_of_change") return alert.unit ? `${alert.unit}/s` : "/s";
    return alert.unit;
}

/** Severity names, worst first, with their ranks; shapes and colours go by the place among them, of which there are four. */
export class Severities {
    static PLACES = 4;

    constructor(items = []) {
        this.items = [...items].sort((a, b) => b.rank - a.rank);
    }

    rank(name) {
        return this.items.find((severity) => severity.name === name)?.rank ?? 0;
    }

    /** 1 (worst) to 4; an unknown name is the mildest. */
    place(name) {
        const index = this.items.findIndex((severity) => severity.name === name);
        return index < 0 ? Severities.PLACES : Math.min(index + 1, Severities.PLACES);
    }
}

/** Unacknowledged before acknowledged, then the worse before the milder, then the newer before the older. */
export function compare(severities) {
    return (a, b) =>
        Number(isUnacknowledged(b)) - Number(isUnacknowledged(a)) ||
        severities.rank(b.severity) - severities.rank(a.severity) ||
        (a.raised_at < b.raised_at ? 1 : a.raised_at > b.raised_at ? -1 : b.id - a.id);
}

/** Whether all words of `search` are found in the texts, whatever their case. */
export function matches(search, texts) {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return true;
    const whole = texts.filter(Boolean).join(" ").toLowerCase();
    return words.every((word) => whole.includes(word));
}
