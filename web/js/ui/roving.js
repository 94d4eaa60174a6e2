// One tab stop for a whole list; arrows, j and k, Home and End move inside.

/** @param {HTMLElement} list @param {string} selector of what can have the focus */
export function roving(list, selector, { columns = () => 1 } = {}) {
    const items = () => [...list.querySelectorAll(selector)];

    function settle() {
        const all = items();
        const current = all.find((item) => item.tabIndex === 0 && item === list.lastFocused) ?? all.find((item) => item === document.activeElement) ?? all[0];
        for (const item of all) item.tabIndex = item === current ? 0 : -1;
    }

    function move(event, to) {
        event.preventDefault();
        const all = items();
        const item = all[Math.max(0, Math.min(all.length - 1, to))];
        item?.focus();
        item?.scrollIntoView({ block: "nearest" });
    }

    list.addEventListener("focusin", (event) => {
        const item = event.target.closest(selector);
        if (!item) return;
        list.lastFocused = item;
        for (const other of items()) other.tabIndex = other === item ? 0 : -1;
    });
    list.addEventListener("keydown", (event) => {
        if (event.altKey || event.ctrlKey || event.metaKey || !event.target.matches(selector)) return;
        const all = items();
        const at = all.indexOf(event.target);
        const step = columns();
        switch (event.key) {
        case "ArrowDown": return move(event, at + step);
        case "ArrowUp": return move(event, at - step);
        case "j": return move(event, at + 1);
        case "k": return move(event, at - 1);
        case "ArrowRight": if (step > 1) move(event, at + 1); return;
        case "ArrowLeft": if (step > 1) move(event, at - 1); return;
        case "Home": return move(event, 0);
        case "End": return move(event, all.length - 1);
        }
    });
    return settle;
}
