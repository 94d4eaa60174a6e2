// Words: one file per language in text/. A word that a language lacks is shown in English, and found by a test. What the plant calls its
// severities, levels and events it says itself (GET words).
import en from "../text/en.js";
import ko from "../text/ko.js";

export const LANGUAGES = { en, ko };
const KEPT = "millwright.language";

let current = initial();

function initial() {
    const kept = remembered();
    if (kept in LANGUAGES) return kept;
    const wanted = (navigator.languages ?? [navigator.language]).map((tag) => tag.slice(0, 2).toLowerCase());
    return wanted.find((code) => code in LANGUAGES) ?? "en";
}

function remembered() {
    try {
        return localStorage.getItem(KEPT) ?? "";
    } catch {
        return "";
    }
}

export function language() {
    return current;
}

export function setLanguage(code) {
    current = code in LANGUAGES ? code : "en";
    document.documentElement.lang = current;
    try {
        localStorage.setItem(KEPT, current);
    } catch {
        // a browser that keeps nothing asks again next time
    }
}

/** The text of a key; {name} is filled in from `values`. */
export function t(key, values = {}) {
    const body = LANGUAGES[current][key] ?? LANGUAGES.en[key] ?? key;
    return body.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

let plantWords = {};

/** What codes are called, by language: {en: {"severity.high": "high"}}. */
export function setWords(words) {
    plantWords = words ?? {};
}

/** What a code is called: as the plant has it, else as this page has it; its own name where there is no other. */
export function named(prefix, code) {
    const key = `${prefix}.${code}`;
    for (const language of [current, "en"]) {
        const found = plantWords[language]?.[key] ?? LANGUAGES[language][key];
        if (found) return found;
    }
    return String(code ?? "").replaceAll("_", " ");
}

/** As the first word of a line. */
export function capital(words) {
    return words.charAt(0).toLocaleUpperCase(current) + words.slice(1);
}

/** What the server wrote about an alarm or in a notification, in several languages. */
export function worded(item) {
    const message = item?.messages ?? item?.message;
    if (!message || typeof message === "string") return message ?? "";
    return message[current] ?? message.en ?? Object.values(message).find(Boolean) ?? "";
}
