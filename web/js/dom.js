// Elements without a framework, and without the inline styles and scripts that the page's policy forbids.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. `on…` members are listeners, `class`, `aria-…` and the rest attributes; true is an attribute without a value,
 * false, null and undefined are none. Children: nodes, texts, lists of them; null is nothing.
 */
export function h(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes ?? {})) {
        if (typeof value === "function") element.addEventListener(name.slice(2).toLowerCase(), value);
        else set(element, name, value);
    }
    append(element, children);
    return element;
}

export function set(element, name, value) {
    if (value === null || value === undefined || value === false) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value === true ? "" : value)) {
        element.setAttribute(name, value === true ? "" : value);
    }
}

export function append(parent, children) {
    for (const child of children.flat(Infinity)) {
        if (child === null || child === undefined || child === false) continue;
        parent.append(child);
    }
}

/** Writes a text only where it changed: a live screen must not disturb what is selected or read aloud. */
export function text(element, value) {
    if (element.textContent !== value) element.textContent = value;
}

/** A symbol of index.html's sprite; decoration, so its meaning always stands beside it in words. */
export function icon(name, className = "") {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", `icon ${className}`.trim());
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("focusable", "false");
    const use = document.createElementNS(SVG, "use");
    use.setAttribute("href", `#icon-${name}`);
    svg.append(use);
    return svg;
}

export function changeIcon(svg, name) {
    set(svg.firstElementChild, "href", `#icon-${name}`);
}

export function svg(tag, attributes = {}) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
}

/**
 * Makes `parent`'s children those of `items`, in that order: an element is kept as long as its key is, so focus and selection stay.
 * `create(item)` returns an element, `update(element, item)` brings it up to date.
 */
export function reconcile(parent, items, keyOf, create, update) {
    const kept = parent.keyed ?? (parent.keyed = new Map());
    const focused = parent.contains(document.activeElement) ? document.activeElement : null;
    const wanted = new Set();
    let next = parent.firstElementChild;
    for (const item of items) {
        const key = keyOf(item);
        wanted.add(key);
        let element = kept.get(key);
        if (!element) kept.set(key, (element = create(item)));
        update(element, item);
        if (element === next) next = next.nextElementSibling;
        else parent.insertBefore(element, next);
    }
    for (const [key, element] of kept) {
        if (wanted.has(key)) continue;
        element.remove();
        kept.delete(key);
    }
    // an element that moves loses the focus
    if (focused && focused.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
}

/** The value of a CSS custom property, as drawn things (canvas) need it. */
export function token(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
