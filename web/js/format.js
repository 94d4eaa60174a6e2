// Numbers, times and spans as people read them. Pure but for the language.
import { language, t } from "./i18n.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DIGITS = 4;
const NONE = "–";

const formats = new Map();
function format(kind, options, make) {
    const key = `${language()} ${kind}`;
    if (!formats.has(key)) formats.set(key, make(language(), options));
    return formats.get(key);
}

export function number(value) {
    if (typeof value !== "number" || !Number.isFinite(value)) return NONE;
    if (value !== 0 && (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-3)) return value.toExponential(2);
    return format("number", { maximumSignificantDigits: DIGITS }, (l, o) => new Intl.NumberFormat(l, o)).format(value);
}

/** A value with its unit: "71.3 °C". */
export function quantity(value, unit) {
    const body = number(value);
    return unit && body !== NONE ? `${body} ${unit}` : body;
}

export function clock(time) {
    const date = asDate(time);
    if (!date) return NONE;
    return format("clock", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
        (l, o) => new Intl.DateTimeFormat(l, o)).format(date);
}

export function dateAndTime(time) {
    const date = asDate(time);
    if (!date) return NONE;
    return format("date", { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit",
        hourCycle: "h23" }, (l, o) => new Intl.DateTimeFormat(l, o)).format(date);
}

export function day(time) {
    const date = asDate(time);
    if (!date) return NONE;
    return format("day", { year: "numeric", month: "short", day: "numeric" }, (l, o) => new Intl.DateTimeFormat(l, o)).format(date);
}

/** The time alone while it is of the last day, else with its date. */
export function moment(time, now = Date.now()) {
    const date = asDate(time);
    if (!date) return NONE;
    return Math.abs(now - date.getTime()) < DAY / 2 ? clock(date) : dateAndTime(date);
}

/** A span in its two largest units: "3 s", "5 min", "2 h 5 min", "3 d 4 h". */
export function span(milliseconds) {
    if (!Number.isFinite(milliseconds)) return NONE;
    const value = Math.max(0, milliseconds);
    if (value < MINUTE) return t("span.seconds", { n: Math.floor(value / SECOND) });
    if (value < HOUR) return t("span.minutes", { n: Math.floor(value / MINUTE) });
    if (value < DAY) {
        const minutes = Math.floor((value % HOUR) / MINUTE);
        const hours = t("span.hours", { n: Math.floor(value / HOUR) });
        return minutes ? `${hours} ${t("span.minutes", { n: minutes })}` : hours;
    }
    const hours = Math.floor((value % DAY) / HOUR);
    const days = t("span.days", { n: Math.floor(value / DAY) });
    return hours ? `${days} ${t("span.hours", { n: hours })}` : days;
}

export function since(time, now) {
    const date = asDate(time);
    return date ? span(now - date.getTime()) : NONE;
}

/** An ISO 8601 duration of hours, minutes and seconds: "PT1H30M" → "1 h 30 min"; anything else as it is. */
export function duration(iso) {
    const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(iso ?? "");
    if (!parts) return iso ?? NONE;
    const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
    return span(days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND);
}

function asDate(time) {
    if (time === null || time === undefined) return null;
    const date = time instanceof Date ? time : new Date(time);
    return Number.isNaN(date.getTime()) ? null : date;
}
