// A calibration against its measurements: model size over measured size with the 1:1 line, residuals below, rms beside.
// One gauge is in hand at a time: under the pointer, by arrow keys, or from its row of the gauge table.

import { linearAxis } from "./chart";
import { h, onWidth, svg } from "./dom";
import { numberText, signed } from "./format";
import type { Parity, Role } from "./manifest";
import { summary } from "./statistics";

export interface ParityPanel {
    element: HTMLElement;
    hold(gauge: number | undefined): void;
}

/** A gauge that printed. */
export interface Point {
    gauge: number;
    name: string;
    pattern: string;
    role: Role;
    measured: number;
    model: number;
    residual: number;
}

const roles: readonly (readonly [Role, string])[] = [["fitted", "fitted"], ["anchor", "anchor, fitted"], ["held out", "held out"]];
const radius = 3.4;
/** Of the square plot [px]; it is 20 px less high than wide. */
const widest = 460;
/** A pointer holds the gauge nearest to it within this distance [px]. */
const grasp = 14;

/** Gauges that printed, by measured size. */
export function parityPoints(p: Parity): Point[] {
    const count = p.measured_nm.length;
    if ([p.name, p.role, p.model_nm, p.pattern].some((list) => list.length !== count))
        throw new Error(`parity: ${count} measurements, but not as many names, roles, patterns and model sizes`);
    const points = p.measured_nm.flatMap((measured, gauge) => {
        const model = p.model_nm[gauge];
        if (measured === null || model === null) return [];
        return [{ gauge, name: p.name[gauge], pattern: p.pattern[gauge], role: p.role[gauge], measured, model, residual: model - measured }];
    });
    return points.sort((a, b) => a.measured - b.measured || a.gauge - b.gauge);
}

/** A dot, a ring around a dot for an anchor, a diamond for what the fit has not seen. */
function mark(role: Role, x: number, y: number, size = radius): SVGElement {
    const [cx, cy] = [x.toFixed(2), y.toFixed(2)];
    if (role === "held out")
        return svg("path", { class: "gauge-mark held-out", d: `M${cx} ${(y - size - 1.4).toFixed(2)}l${size + 1.4} ${size + 1.4}l${-size - 1.4} ${size + 1.4}l${-size - 1.4} ${-size - 1.4}Z` });
    if (role === "anchor")
        return svg("g", { class: "gauge-mark anchor" }, svg("circle", { class: "around", cx, cy, r: size + 2.2 }), svg("circle", { cx, cy, r: size }));
    return svg("circle", { class: "gauge-mark fitted-gauge", cx, cy, r: size });
}

interface Picture {
    root: SVGSVGElement;
    hold(point: Point | undefined): void;
    nearest(x: number, y: number): Point | undefined;
}

interface Plot {
    label: string;
    xLabel: string;
    yLabel: string;
    height: number;
    x: readonly [number, number];
    y: readonly [number, number];
    value(p: Point): number;
    /** Lines behind the points, in data: the 1:1 line, zero; and a band of y. */
    line: readonly [number, number, number, number];
    band?: readonly [number, number];
}

/** Axes take a twentieth of the range beyond the data. */
function rangeOf(values: readonly number[]): [number, number] {
    const [low, high] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
    const margin = 0.05 * (high - low) || 1;
    return [low - margin, high + margin];
}

function picture(c: Plot, points: readonly Point[], width: number): Picture {
    const box = { left: 56, top: 12, right: width - 14, bottom: c.height - 38 };
    const x = linearAxis(...c.x, Math.max(2, (box.right - box.left) / 80), false);
    const y = linearAxis(...c.y, Math.max(2, (box.bottom - box.top) / 36), false);
    const px = (v: number): number => box.left + ((v - c.x[0]) / (c.x[1] - c.x[0])) * (box.right - box.left);
    const py = (v: number): number => box.bottom - ((v - c.y[0]) / (c.y[1] - c.y[0])) * (box.bottom - box.top);
    const text = (t: number): string => numberText(t, 6);
    const held = svg("circle", { class: "held", r: radius + 4.5, visibility: "hidden" });
    const [x0, y0, x1, y1] = c.line;
    const root = svg("svg", { viewBox: `0 0 ${width} ${c.height}`, role: "img", "aria-label": c.label },
        ...y.ticks.flatMap((t) => [svg("line", { class: "grid", x1: box.left, x2: box.right, y1: py(t), y2: py(t) }),
                                   svg("text", { class: "tick y", x: box.left - 7, y: py(t) + 3.5 }, text(t))]),
        ...x.ticks.flatMap((t) => [svg("line", { class: "grid", x1: px(t), x2: px(t), y1: box.top, y2: box.bottom }),
                                   svg("text", { class: "tick x", x: px(t), y: box.bottom + 16 }, text(t))]),
        svg("rect", { class: "frame", x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top }),
        c.band && svg("rect", { class: "span", x: box.left, width: box.right - box.left, y: py(c.band[1]), height: py(c.band[0]) - py(c.band[1]) }),
        svg("line", { class: "level", x1: px(x0), y1: py(y0), x2: px(x1), y2: py(y1) }),
        ...points.map((p) => mark(p.role, px(p.measured), py(c.value(p)))), held,
        svg("text", { class: "axis-label", x: 0.5 * (box.left + box.right), y: box.bottom + 34 }, c.xLabel),
        svg("text", { class: "axis-label", transform: `translate(13 ${0.5 * (box.top + box.bottom)}) rotate(-90)` }, c.yLabel));
    return {
        root,
        hold(p) {
            held.setAttribute("visibility", p ? "visible" : "hidden");
            held.setAttribute("cx", p ? px(p.measured).toFixed(2) : "0");
            held.setAttribute("cy", p ? py(c.value(p)).toFixed(2) : "0");
        },
        nearest(u, v) {
            let [best, closest]: [Point | undefined, number] = [undefined, grasp * grasp];
            for (const p of points) {
                const d = (px(p.measured) - u) ** 2 + (py(c.value(p)) - v) ** 2;
                if (d < closest) [best, closest] = [p, d];
            }
            return best;
        },
    };
}

/** `pick`: a gauge was clicked, or chosen by Enter; undefined where no table holds it. */
export function parityPanel(p: Parity, pick?: (gauge: number) => void): ParityPanel {
    const points = parityPoints(p);
    const readout = h("output", { class: "gauge-readout", "aria-live": "polite" });
    const hosts = [h("figure", { class: "chart parity-plot" }), h("figure", { class: "chart parity-plot" })];
    const pictures: (Picture | undefined)[] = [];
    let current: Point | undefined;

    function show(point: Point | undefined): void {
        current = point;
        for (const picture of pictures) picture?.hold(point);
        readout.replaceChildren(...reading(point, pick !== undefined));
        for (const [key, value] of Object.entries({ gauge: point?.gauge, measured: point?.measured, model: point?.model }))
            if (value === undefined) delete readout.dataset[key];
            else readout.dataset[key] = String(value);
    }

    const sizes = rangeOf(points.flatMap((q) => [q.measured, q.model]));
    const across = rangeOf(points.map((q) => q.measured));
    const most = 1.12 * points.reduce((a, q) => Math.max(a, Math.abs(q.residual)), 1e-3);
    const plots: ((width: number) => Plot)[] = [
        (width) => ({ label: `Model size against measured size of ${points.length} gauges, with the line of equality`,
                      xLabel: "measured [nm]", yLabel: "model [nm]", height: width - 20, x: sizes, y: sizes,
                      value: (q) => q.model, line: [sizes[0], sizes[0], sizes[1], sizes[1]] }),
        (width) => ({ label: "Model minus measured size against measured size", xLabel: "measured [nm]", yLabel: "model \u2212 measured [nm]",
                      height: Math.min(width, widest) - 20, x: across, y: [-most, most], value: (q) => q.residual, line: [across[0], 0, across[1], 0],
                      band: p.rms_nm === null ? undefined : [-p.rms_nm, p.rms_nm] }),
    ];
    hosts.forEach((host, k) => {
        onWidth(host, (width) => {
            const w = Math.max(width, 220);
            const made = picture(plots[k](w), points, w);
            pictures[k] = made;
            made.hold(current);
            const place = (event: MouseEvent): Point | undefined => {
                const r = made.root.getBoundingClientRect();
                const scale = w / r.width;
                return made.nearest((event.clientX - r.left) * scale, (event.clientY - r.top) * scale);
            };
            made.root.addEventListener("pointermove", (event) => show(place(event)));
            made.root.addEventListener("click", (event) => {
                const point = place(event);
                show(point);
                if (point) pick?.(point.gauge);
            });
            host.replaceChildren(made.root);
        });
        host.addEventListener("pointerleave", () => show(undefined));
    });
    const charts = h("div", { class: "parity-plots", tabindex: 0, role: "group",
                              "aria-label": "Gauges by measured size. Arrow keys walk, Enter shows the row." },
        h("div", {}, h("h3", {}, "Model against measurement"), hosts[0]), h("div", {}, h("h3", {}, "Residuals, shaded: \u00b1 rms of the fit"), hosts[1]));
    charts.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step) show(points[Math.min(Math.max((current ? points.indexOf(current) : step > 0 ? -1 : points.length) + step, 0), points.length - 1)]);
        else if (event.key === "Enter" && current) pick?.(current.gauge);
        else return;
        event.preventDefault();
    });
    show(undefined);
    const element = h("div", { class: "parity" }, charts,
        h("div", { class: "parity-side" }, legend(points, p.name.length - points.length), statistics(p, points), readout));
    return { element, hold: (gauge) => show(points.find((q) => q.gauge === gauge)) };
}

function reading(p: Point | undefined, linked: boolean): (Node | string)[] {
    if (!p) return [h("span", { class: "hint" }, `Point at a gauge${linked ? ", click for its row" : ""}.`)];
    const entry = (label: string, value: string): HTMLElement => h("div", {}, h("dt", {}, label), h("dd", {}, value));
    return [h("b", {}, p.name), h("span", { class: "hint" }, ` ${p.pattern}, ${p.role}`),
            h("dl", {}, entry("measured", `${numberText(p.measured, 6)} nm`), entry("model", `${numberText(p.model, 6)} nm`),
              entry("residual", `${signed(p.residual, 3)} nm`))];
}

function legend(points: readonly Point[], missing: number): HTMLElement {
    return h("ul", { class: "parity-legend" }, ...roles.flatMap(([role, text]) => {
        const count = points.filter((p) => p.role === role).length;
        return count === 0 ? [] : [h("li", {}, svg("svg", { class: "chart-key", viewBox: "0 0 18 14", width: 18, height: 14, "aria-hidden": "true" },
                                                   mark(role, 9, 7)), `${text} (${count})`)];
    }), missing > 0 && h("li", { class: "hint" }, `not printed by the model: ${missing}`));
}

/** rms as the calibration reports it, weighted; the rest of the gauges as they stand. */
function statistics(p: Parity, points: readonly Point[]): HTMLElement {
    const groups = [["fitted", p.rms_nm, points.filter((q) => q.role !== "held out")],
                    ["held out", p.hold_out_rms_nm, points.filter((q) => q.role === "held out")]] as const;
    const shown = groups.filter(([, , list]) => list.length > 0);
    const about = shown.map(([, , list]) => summary(list.map((q) => q.residual)));
    const row = (label: string, cells: string[]): HTMLElement => h("tr", {}, h("th", { scope: "row" }, label), ...cells.map((c) => h("td", {}, c)));
    return h("table", { class: "numbers parity-numbers" }, h("caption", {}, "Residuals [nm]"),
        h("thead", {}, h("tr", {}, h("td"), ...shown.map(([name]) => h("th", { scope: "col" }, name)))),
        h("tbody", {}, row("gauges", about.map((s) => String(s.count))),
          row("rms", shown.map(([, rms]) => (rms === null ? "\u2014" : numberText(rms, 3)))),
          row("mean", about.map((s) => signed(s.mean, 3))), row("3\u03c3", about.map((s) => (3 * s.sigma).toFixed(3))),
          row("min", about.map((s) => signed(s.minimum, 3))), row("max", about.map((s) => signed(s.maximum, 3)))));
}
