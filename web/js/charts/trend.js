// A sensor's trend with its limits, drawn by dygraphs (/vendor, fetched at set-up). Where it could not be fetched the figures say it alone.
import { h, token } from "../dom.js";
import { language, named, t } from "../i18n.js";
import { number, quantity } from "../format.js";
import { onTheme } from "../ui/theme.js";

const HEIGHT = 190; // CSS pixels
const SOURCE = "/vendor/dygraph.min.js";
const STYLE = "/vendor/dygraph.min.css";
const LIMITS = ["low_low", "low", "high", "high_high"];

let library = null;

/** dygraphs, or null. */
function dygraphs() {
    library ??= new Promise((done) => {
        document.head.append(h("link", { rel: "stylesheet", href: STYLE }));
        const loaded = () => {
            const { Dygraph } = window;
            // its legend writes style attributes, which our policy forbids; what it says stands in the figure
            if (Dygraph) Dygraph.PLUGINS = Dygraph.PLUGINS.filter((plugin) => plugin !== Dygraph.Plugins.Legend);
            done(Dygraph ?? null);
        };
        document.head.append(h("script", { src: SOURCE, onload: loaded, onerror: () => done(null) }));
    });
    return library;
}

/** The lines to draw: one per distinct limit, {name, value, isOuter}. Pure. */
export function limitLines(limits) {
    const lines = new Map();
    for (const limit of limits) {
        for (const name of LIMITS) {
            const value = limit[name];
            if (typeof value === "number") lines.set(`${name} ${value}`, { name, value, isOuter: name === "low_low" || name === "high_high" });
        }
    }
    return [...lines.values()].sort((a, b) => a.value - b.value);
}

/** [lowest, highest] to show: all values, and of the limits those that are not too far from them to see the values beside. Pure. */
export function valueRange(points, lines) {
    const values = points.flatMap((point) => [point.min ?? point.value, point.max ?? point.value]).filter(Number.isFinite);
    if (values.length === 0) return null;
    let low = Math.min(...values);
    let high = Math.max(...values);
    const reach = Math.max(high - low, Math.abs(high) * 0.05, 1e-9) * 4;
    for (const { value } of lines) {
        if (value > high && value - high <= reach) high = value;
        if (value < low && low - value <= reach) low = value;
    }
    const margin = (high - low || Math.abs(high) * 0.1 || 1) * 0.08;
    return [low - margin, high + margin];
}

/** The newest value: of a bucket its last, not its mean. Pure. */
export function latest(points) {
    const point = points.at(-1);
    return point?.last ?? point?.value ?? null;
}

/** What a chart says in words. */
export function summary({ name, unit, points, lines }) {
    if (points.length === 0) return t("chart.none", { name });
    const low = Math.min(...points.map((point) => point.min ?? point.value));
    const high = Math.max(...points.map((point) => point.max ?? point.value));
    const last = latest(points);
    const limits = lines.map((line) => `${named("level", line.name)} ${quantity(line.value, unit)}`).join(", ");
    return t("chart.summary", { name, last: quantity(last, unit), min: quantity(low, unit), max: quantity(high, unit) })
        + (limits ? ` ${t("chart.limits", { limits })}` : "");
}

/**
 * A figure. `points`: [{time, value, min?, max?}], `limits`: items of equipment/{id}/limits, `marks`: [{time, label}], vertical lines.
 * Returns {element, update(model), destroy()}.
 */
export function trendChart(first) {
    const canvas = h("div", { class: "chart-canvas", role: "img" });
    const caption = h("figcaption", { class: "chart-caption" });
    const readout = h("p", { class: "chart-readout", "aria-hidden": "true" });
    const element = h("figure", { class: "chart" }, caption, canvas, readout);
    let graph = null;
    let model = first;
    let isGone = false;

    function colours() {
        return { line: token("--chart-line"), band: token("--chart-band"), grid: token("--chart-grid"), text: token("--text-muted"),
            outer: token("--limit-outer"), inner: token("--limit-inner"), mark: token("--chart-mark") };
    }

    function underlay(context, area, chart) {
        const paint = colours();
        context.save();
        context.font = "11px system-ui, sans-serif";
        context.lineWidth = 1;
        for (const line of model.lines) {
            const y = Math.round(chart.toDomYCoord(line.value)) + 0.5;
            if (y < area.y - 1 || y > area.y + area.h + 1) continue;
            context.strokeStyle = context.fillStyle = line.isOuter ? paint.outer : paint.inner;
            context.setLineDash(line.isOuter ? [] : [6, 4]);
            context.beginPath();
            context.moveTo(area.x, y);
            context.lineTo(area.x + area.w, y);
            context.stroke();
            const label = `${named("level", line.name)} ${number(line.value)}`;
            context.fillText(label, area.x + 5, y > area.y + 14 ? y - 4 : y + 12);
        }
        context.setLineDash([]);
        for (const mark of model.marks) {
            const x = Math.round(chart.toDomXCoord(new Date(mark.time).getTime())) + 0.5;
            if (x < area.x || x > area.x + area.w) continue;
            context.strokeStyle = context.fillStyle = paint.mark;
            context.beginPath();
            context.moveTo(x, area.y);
            context.lineTo(x, area.y + area.h);
            context.stroke();
            const width = context.measureText(mark.label).width;
            context.fillText(mark.label, x + 4 + width > area.x + area.w ? x - 4 - width : x + 4, area.y + 11);
        }
        context.restore();
    }

    function options() {
        const paint = colours();
        return {
            file: model.points.map((point) => [new Date(point.time), [point.min ?? point.value, point.value, point.max ?? point.value]]),
            labels: ["time", model.name], customBars: true, colors: [paint.line], fillAlpha: 0.18, strokeWidth: 1.5,
            axisLineColor: paint.grid, gridLineColor: paint.grid, gridLineWidth: 0.5, axisLabelFontSize: 11,
            axes: { x: { pixelsPerLabel: 70, drawGrid: false }, y: { axisLabelWidth: 52, pixelsPerLabel: 36, axisLabelFormatter: (value) => number(value) } },
            valueRange: valueRange(model.points, model.lines), connectSeparatedPoints: false, drawPoints: model.points.length < 40, pointSize: 2,
            highlightCircleSize: 4, showLabelsOnHighlight: false, legend: "never", animatedZooms: false, rightGap: 8,
            dateWindow: model.span ? model.span.map((time) => new Date(time).getTime()) : null,
            underlayCallback: underlay,
            highlightCallback: (_event, x, found) => {
                const point = found[0];
                if (point) readout.textContent = `${new Date(x).toLocaleString(language())}  ${quantity(model.points[point.idx]?.value, model.unit)}`;
            },
            unhighlightCallback: () => (readout.textContent = ""),
        };
    }

    async function draw() {
        caption.replaceChildren(h("span", { class: "chart-name" }, model.name), model.unit ? h("span", { class: "chart-unit" }, model.unit) : "",
            h("span", { class: "chart-last" }, model.points.length ? quantity(latest(model.points), model.unit) : ""));
        canvas.setAttribute("aria-label", summary(model));
        const Dygraph = await dygraphs();
        if (isGone) return;
        if (!Dygraph || model.points.length === 0) {
            graph?.destroy();
            graph = null;
            canvas.replaceChildren(h("p", { class: "chart-words" }, summary(model)));
            return;
        }
        if (graph) return graph.updateOptions(options());
        canvas.replaceChildren();
        const { file, ...rest } = options();
        graph = new Dygraph(canvas, file, { ...rest, height: HEIGHT });
    }

    const prepare = (next) => ({ marks: [], span: null, unit: null, ...next, lines: limitLines(next.limits ?? []) });
    const redraw = () => draw();
    onTheme.add(redraw);
    const watcher = new ResizeObserver(() => graph?.resize());
    watcher.observe(canvas);
    model = prepare(first);
    draw();
    return {
        element,
        update(next) {
            model = prepare(next);
            draw();
        },
        destroy() {
            isGone = true;
            onTheme.delete(redraw);
            watcher.disconnect();
            graph?.destroy();
        },
    };
}
