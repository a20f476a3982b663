// Line charts as SVG: axes with 1-2-5 ticks, linear or logarithmic, direct labels, a read-out under the pointer.

import { h, onWidth, svg } from "./dom";
import { decimalsOf, numberText, trim } from "./format";
import { niceStep } from "./statistics";

export interface Series {
    name: string;
    x: ArrayLike<number>;
    y: ArrayLike<number | null>;
    /** Index of the curve style, 0..5: colour and dash together. */
    style: number;
    points?: boolean;
    /** How the line is drawn: as its style says, without dashes, or thin and dashed without a name (a fit). */
    line?: "solid" | "fit";
}

/** Between two curves; gaps where either is missing. */
export interface Area {
    x: ArrayLike<number>;
    low: ArrayLike<number | null>;
    high: ArrayLike<number | null>;
    style: number;
    strong?: boolean;
}

/** A box of x and y: drawn whole, as the ellipse inside it, or as a cross in its middle. */
export interface Shape {
    kind: "rectangle" | "ellipse" | "cross";
    x: readonly [number, number];
    y: readonly [number, number];
}

export interface Level {
    value: number;
    label: string;
    /** The label stands at the right end. */
    end?: boolean;
}

export interface Chart {
    label: string;
    height: number;
    xLabel: string;
    yLabel: string;
    log?: boolean;
    fromZero?: boolean;
    series: Series[];
    levels?: Level[];
    marks?: Level[];
    /** A shaded interval of x, for instance the measured width; or of y, a tolerance. */
    spanX?: readonly [number, number];
    spanY?: readonly [number, number];
    directLabels?: boolean;
    areas?: Area[];
    shapes?: Shape[];
    /** Point of the first series under the pointer, undefined when it left; and the one that was clicked. */
    onPlace?(index: number | undefined): void;
    onPick?(index: number): void;
}

export interface LinkedChart {
    element: HTMLElement;
    /** Shows the read-out at a point of the first series, as if the pointer were there. */
    mark(index: number | undefined): void;
}

interface Axis {
    low: number;
    high: number;
    log: boolean;
    ticks: number[];
}

export const chartElement = (chart: Chart): HTMLElement => linkedChart(chart).element;

export function linkedChart(chart: Chart): LinkedChart {
    const element = h("figure", { class: "chart" });
    let marked: number | undefined;
    let show: Mark = () => undefined;
    onWidth(element, (width) => {
        const picture = drawn(chart, Math.max(width, 200));
        show = picture.mark;
        show(marked);
        element.replaceChildren(picture.root);
    });
    return { element, mark(index) { show((marked = index)); } };
}

type Mark = (index: number | undefined) => void;

/** An axis that ends at its data takes a finer step rather than show a single number. */
export function linearAxis(low: number, high: number, ticks: number, snap = true): Axis {
    const axis = axisOf(low, high, ticks, snap);
    return axis.ticks.length < 2 ? axisOf(low, high, 2.5 * ticks, snap) : axis;
}

function axisOf(low: number, high: number, ticks: number, snap: boolean): Axis {
    const span = high > low ? high - low : Math.abs(low) || 1;
    const step = niceStep(span / ticks);
    const first = (snap ? Math.floor(low / step + 1e-9) : Math.ceil(low / step - 1e-9)) * step;
    const last = snap ? Math.ceil((high > low ? high : low + span) / step - 1e-9) * step : high;
    const count = Math.floor((last - first) / step + 1e-9);
    const all = Array.from({ length: count + 1 }, (_, i) => Number((first + i * step).toPrecision(12)));
    return { low: snap ? first : low, high: snap ? last : high > low ? high : low + span, log: false, ticks: all };
}

export function logAxis(low: number, high: number): Axis {
    const a = Math.floor(Math.log10(low) + 1e-9);
    const b = Math.max(Math.ceil(Math.log10(high) - 1e-9), a + 1);
    const narrow = b - a <= 2;
    const mantissas = narrow ? [1, 2, 5] : [1];
    const every = Math.ceil((b - a) / 6);
    const ticks: number[] = [];
    for (let d = a; d <= b; d += every) for (const m of mantissas) if (m * 10 ** d <= 10 ** b) ticks.push(m * 10 ** d);
    const within = (t: number): boolean => t >= low / 1.0001 && t <= high * 1.0001;
    const below = ticks.filter((t) => t <= low).at(-1) ?? low;
    const above = ticks.find((t) => t >= high) ?? high;
    return { low: below, high: above, log: true, ticks: ticks.filter((t) => within(t) || t === below || t === above) };
}

const place = (a: Axis, v: number): number =>
    a.log ? Math.log(Math.max(v, 1e-300) / a.low) / Math.log(a.high / a.low) : (v - a.low) / (a.high - a.low);

const finite = (v: number | null): v is number => typeof v === "number" && Number.isFinite(v);

function extent(lists: ArrayLike<number | null>[], positive: boolean): [number, number] {
    let low = Infinity;
    let high = -Infinity;
    for (const list of lists)
        for (let i = 0; i < list.length; ++i) {
            const v = list[i];
            if (!finite(v) || (positive && v <= 0)) continue;
            low = Math.min(low, v);
            high = Math.max(high, v);
        }
    return low <= high ? [low, high] : [positive ? 1 : 0, positive ? 10 : 1];
}

function tickText(a: Axis): (t: number) => string {
    if (a.log) return (t) => (t >= 1e4 || t < 1e-3 ? t.toExponential(0).replace("e+", "e").replace("-", "\u2212") : trim(t));
    const step = a.ticks.length > 1 ? a.ticks[1] - a.ticks[0] : 1;
    const d = decimalsOf(step);
    return (t) => (Math.abs(t) >= 1e6 ? trim(t) : t.toFixed(d).replace("-", "\u2212"));
}

function drawn(c: Chart, width: number): { root: SVGSVGElement; mark: Mark } {
    const right = c.directLabels ? 84 : 14;
    const box = { left: 56, top: 17, right: width - right, bottom: c.height - 36 };
    const yLists: ArrayLike<number | null>[] = [...c.series.map((s) => s.y), (c.levels ?? []).map((l) => l.value)];
    const readable = c.series.filter((s) => s.line !== "fit");
    if (c.spanY) yLists.push([...c.spanY]);
    const [xLow, xHigh] = extent(c.series.map((s) => s.x), false);
    let [yLow, yHigh] = extent(yLists, c.log === true);
    if (c.fromZero && !c.log && yLow > 0) yLow = 0;
    const x = linearAxis(xLow, xHigh, Math.max(2, (box.right - box.left) / 90), false);
    const y = c.log ? logAxis(yLow, yHigh) : linearAxis(yLow, yHigh, Math.max(2, (box.bottom - box.top) / 48));
    const px = (v: number): number => box.left + place(x, v) * (box.right - box.left);
    const py = (v: number): number => box.bottom - place(y, v) * (box.bottom - box.top);
    const root = svg("svg", { viewBox: `0 0 ${width} ${c.height}`, role: "img", "aria-label": c.label });
    root.append(...axes(c, x, y, px, py, box));
    if (c.spanX) root.append(svg("rect", { class: "span", x: px(c.spanX[0]), y: box.top,
                                           width: px(c.spanX[1]) - px(c.spanX[0]), height: box.bottom - box.top }));
    if (c.spanY) root.append(svg("rect", { class: "span", x: box.left, y: py(c.spanY[1]),
                                           width: box.right - box.left, height: py(c.spanY[0]) - py(c.spanY[1]) }));
    (c.levels ?? []).forEach((l, i, all) => {
        // Two levels side by side: the later one's words stand below its line.
        const crowded = all.slice(0, i).some((o) => Math.abs(py(o.value) - py(l.value)) < 14);
        root.append(svg("line", { class: "level", x1: box.left, x2: box.right, y1: py(l.value), y2: py(l.value) }),
                    svg("text", { class: `level-label${l.end ? " end" : ""}`, x: l.end ? box.right - 6 : box.left + 6,
                                  y: py(l.value) + (crowded ? 13 : -4) }, l.label));
    });
    for (const a of c.areas ?? []) root.append(svg("path", { class: `area s${a.style}${a.strong ? " strong" : ""}`, d: areaPath(a, px, py) }));
    for (const s of c.series) root.append(...curve(s, px, py, c.log === true));
    for (const shape of c.shapes ?? []) root.append(shapeElement(shape, px, py));
    for (const m of c.marks ?? []) {
        root.append(svg("line", { class: "mark", x1: px(m.value), x2: px(m.value), y1: box.top, y2: box.bottom }));
        const left = px(m.value) > box.left + 60;
        root.append(svg("text", { class: `mark-label ${left ? "end" : "start"}`, x: px(m.value) + (left ? -5 : 5), y: box.top + 11 }, m.label));
    }
    if (c.directLabels) root.append(...labels(c.series, py, box.right + 6, box.bottom - 6));
    return { root, mark: readOut(root, { ...c, series: readable }, x, px, py, box) };
}

interface Box { left: number; top: number; right: number; bottom: number }
type Place = (v: number) => number;

function axes(c: Chart, x: Axis, y: Axis, px: Place, py: Place, b: Box): SVGElement[] {
    const xText = tickText(x);
    const yText = tickText(y);
    return [
        ...y.ticks.flatMap((t) => [
            svg("line", { class: "grid", x1: b.left, x2: b.right, y1: py(t), y2: py(t) }),
            svg("text", { class: "tick y", x: b.left - 7, y: py(t) + 3.5 }, yText(t)),
        ]),
        ...x.ticks.flatMap((t) => [
            svg("line", { class: "tick-line", x1: px(t), x2: px(t), y1: b.bottom, y2: b.bottom + 4 }),
            svg("text", { class: "tick x", x: px(t), y: b.bottom + 16 }, xText(t)),
        ]),
        svg("line", { class: "axis", x1: b.left, x2: b.right, y1: b.bottom, y2: b.bottom }),
        svg("text", { class: "axis-label", x: 0.5 * (b.left + b.right), y: b.bottom + 32 }, c.xLabel),
        svg("text", { class: "axis-label", transform: `translate(13 ${0.5 * (b.top + b.bottom)}) rotate(-90)` }, c.yLabel),
    ];
}

/** One closed outline per stretch where both curves are known. */
function areaPath(a: Area, px: Place, py: Place): string {
    let path = "";
    for (let i = 0; i < a.x.length; ++i) {
        const from = i;
        while (i < a.x.length && finite(a.low[i]) && finite(a.high[i])) ++i;
        const stretch = Array.from({ length: i - from }, (_, k) => from + k);
        const point = (k: number, y: ArrayLike<number | null>): string => `${px(a.x[k]).toFixed(2)} ${py(y[k] as number).toFixed(2)}`;
        if (stretch.length > 1)
            path += `M${[...stretch.map((k) => point(k, a.low)), ...stretch.reverse().map((k) => point(k, a.high))].join("L")}Z`;
    }
    return path;
}

function shapeElement({ kind, x, y }: Shape, px: Place, py: Place): SVGElement {
    const [x0, x1, y0, y1] = [px(x[0]), px(x[1]), py(y[1]), py(y[0])];
    const [cx, cy] = [0.5 * (x0 + x1), 0.5 * (y0 + y1)];
    if (kind === "rectangle") return svg("rect", { class: "fitted", x: x0, y: y0, width: x1 - x0, height: Math.max(y1 - y0, 0) });
    if (kind === "ellipse") return svg("ellipse", { class: "fitted round", cx, cy, rx: 0.5 * (x1 - x0), ry: 0.5 * Math.max(y1 - y0, 0) });
    return svg("path", { class: "fitted", d: `M${cx - 6} ${cy}H${cx + 6}M${cx} ${cy - 6}V${cy + 6}` });
}

function curve(s: Series, px: Place, py: Place, positive: boolean): SVGElement[] {
    let path = "";
    let pen = false;
    const dots: SVGElement[] = [];
    for (let i = 0; i < s.x.length; ++i) {
        const v = s.y[i];
        if (!finite(v) || (positive && v <= 0)) { pen = false; continue; }
        const [a, b] = [px(s.x[i]).toFixed(2), py(v).toFixed(2)];
        path += `${pen ? "L" : "M"}${a} ${b}`;
        pen = true;
        if (s.points) dots.push(svg("circle", { class: `dot s${s.style}`, cx: a, cy: b, r: 2.4 }));
    }
    return [svg("path", { class: `curve s${s.style}${s.line ? ` ${s.line}` : ""}`, d: path }), ...dots];
}

/** Names at the right ends, pushed apart to stay readable, none below the axis. */
function labels(series: Series[], py: Place, x: number, lowest: number): SVGElement[] {
    const ends = series.filter((s) => s.line !== "fit").flatMap((s) => {
        const last = Array.from(s.y).findLast(finite);
        return finite(last ?? null) ? [{ s, y: py(last as number) }] : [];
    });
    ends.sort((a, b) => a.y - b.y);
    for (let i = 1; i < ends.length; ++i) ends[i].y = Math.max(ends[i].y, ends[i - 1].y + 12);
    for (let i = ends.length - 1, limit = lowest; i >= 0 && ends[i].y > limit; --i, limit -= 12) ends[i].y = limit;
    return ends.map(({ s, y }) => svg("text", { class: `series-label s${s.style}`, x, y: y + 3.5 }, s.name));
}

function readOut(root: SVGSVGElement, c: Chart, axis: Axis, px: Place, py: Place, b: Box): Mark {
    const hair = svg("line", { class: "hair", y1: b.top, y2: b.bottom, visibility: "hidden" });
    const text = svg("text", { class: "read-out", x: b.right, y: b.top - 4 });
    const dots = c.series.map((s) => svg("circle", { class: `dot s${s.style}`, r: 3.2, visibility: "hidden" }));
    root.append(hair, ...dots, text);
    const at = (event: MouseEvent): number => {
        const r = root.getBoundingClientRect();
        const place = ((event.clientX - r.left) / r.width) * root.viewBox.baseVal.width;
        return axis.low + ((place - b.left) / (b.right - b.left)) * (axis.high - axis.low);
    };
    const show = (x: number): void => {
        const parts: string[] = [];
        c.series.forEach((s, k) => {
            const i = nearest(s.x, x);
            const v = s.y[i];
            const shown = finite(v) && !(c.log && v <= 0);
            dots[k].setAttribute("visibility", shown ? "visible" : "hidden");
            if (k === 0) {
                hair.setAttribute("x1", String(px(s.x[i])));
                hair.setAttribute("x2", String(px(s.x[i])));
                parts.push(numberText(s.x[i]));
            }
            if (!shown) return;
            dots[k].setAttribute("cx", String(px(s.x[i])));
            dots[k].setAttribute("cy", String(py(v)));
            parts.push(c.series.length > 1 ? `${s.name} ${numberText(v)}` : numberText(v));
        });
        hair.setAttribute("visibility", "visible");
        text.textContent = parts.join("   ");
    };
    const clear = (): void => {
        for (const e of [hair, ...dots]) e.setAttribute("visibility", "hidden");
        text.textContent = "";
    };
    root.addEventListener("pointermove", (event) => {
        show(at(event));
        c.onPlace?.(nearest(c.series[0].x, at(event)));
    });
    root.addEventListener("pointerleave", () => {
        clear();
        c.onPlace?.(undefined);
    });
    if (c.onPick) {
        root.classList.add("pickable");
        root.addEventListener("click", (event) => c.onPick?.(nearest(c.series[0].x, at(event))));
    }
    return (index) => (index === undefined ? clear() : show(c.series[0].x[index]));
}

function nearest(x: ArrayLike<number>, at: number): number {
    let best = 0;
    for (let i = 1; i < x.length; ++i) if (Math.abs(x[i] - at) < Math.abs(x[best] - at)) best = i;
    return best;
}
