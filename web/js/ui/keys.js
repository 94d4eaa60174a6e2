// Single keys, where nothing is being typed. Whoever needs them for something else (speech input, say) switches them off in the help.

const KEPT = "millwright.keys";
const GO = { a: "alarms", m: "machines", j: "journal" };
const SEQUENCE = 1200; // milliseconds between g and what follows

export function areKeysOn() {
    try {
        return localStorage.getItem(KEPT) !== "off";
    } catch {
        return true;
    }
}

export function switchKeys(on) {
    try {
        localStorage.setItem(KEPT, on ? "on" : "off");
    } catch {
        // until the page is left, then
    }
}

export function listenForKeys(app) {
    let wentAt = -Infinity;
    document.addEventListener("keydown", (event) => {
        if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.isComposing || !app.user) return;
        if (document.querySelector("dialog[open]") || event.target.matches("input, textarea, select, [contenteditable]")) return;
        if (event.key !== "Escape" && !areKeysOn()) return;
        // the key's place where it gives no Latin letter (a Korean keyboard)
        const key = /^Key[A-Z]$/.test(event.code) && !/^[a-z?/]$/i.test(event.key) && event.key.length === 1 ? event.code.slice(3).toLowerCase() : event.key;
        const follows = performance.now() - wentAt < SEQUENCE;
        wentAt = -Infinity;
        if (follows && GO[key]) {
            event.preventDefault();
            location.hash = `#/${GO[key]}`;
            return;
        }
        const run = { "/": () => app.shell.search.focus(), "?": () => app.showHelp(), m: () => app.toggleSound(), g: () => (wentAt = performance.now()) }[key] ?? app.view?.keys?.[key];
        if (!run) return;
        event.preventDefault();
        run();
    });
}
