// A small line of the last hour: a path in an SVG, broken where there was no value.
import { svg } from "../dom.js";

const WIDTH = 100;
const HEIGHT = 24;
const INSET = 2;

/** The path's text; pure. A flat line is drawn in the middle. */
export function sparkPath(values, width = WIDTH, height = HEIGHT, inset = INSET) {
    const known = values.filter((value) => value !== null && Number.isFinite(value));
    if (known.length < 2) return "";
    const low = Math.min(...known);
    const range = Math.max(...known) - low;
    const step = (width - 2 * inset) / (values.length - 1);
    let path = "";
    let isDown = false;
    values.forEach((value, index) => {
        if (value === null || !Number.isFinite(value)) {
            isDown = false;
            return;
        }
        const x = inset + index * step;
        const y = range > 0 ? height - inset - ((value - low) / range) * (height - 2 * inset) : height / 2;
        path += `${isDown ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
        isDown = true;
    });
    return path;
}

export function sparkline() {
    const element = svg("svg", { class: "sparkline", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    element.append(svg("path", { "vector-effect": "non-scaling-stroke" }));
    return element;
}

export function drawSparkline(element, values) {
    const path = values ? sparkPath(values) : "";
    if (element.firstElementChild.getAttribute("d") !== path) element.firstElementChild.setAttribute("d", path);
}
