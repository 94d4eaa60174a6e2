// Light and dark: as the system has it, until somebody chooses.

const KEPT = "millwright.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

export const onTheme = new Set();

export function theme() {
    const kept = remembered();
    return kept === "light" || kept === "dark" ? kept : dark.matches ? "dark" : "light";
}

export function applyTheme() {
    document.documentElement.dataset.theme = theme();
    for (const listener of onTheme) listener();
}

export function toggleTheme() {
    try {
        localStorage.setItem(KEPT, theme() === "dark" ? "light" : "dark");
    } catch {
        document.documentElement.dataset.theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
        return;
    }
    applyTheme();
}

function remembered() {
    try {
        return localStorage.getItem(KEPT);
    } catch {
        return null;
    }
}

dark.addEventListener("change", applyTheme);
