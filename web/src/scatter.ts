// Cases as points over two chosen columns, coloured by a third; a drag sets the limits of both.

import { chartTicks } from "./chart_ticks";
import { h, onWidth, svg } from "./dom";
import { cleared, gradual } from "./gradual";
import type { Plot } from "./parallel";
import { place, scattered, titleOf, valueAt, valueText, type Column } from "./sweep";
import { legibleMap, rgbOfText, rowColours, type SharedSweep } from "./sweep_state";
import { onPrint, pageColours } from "./theme";

const box = { left: 62, top: 12, right: 12, bottom: 42, height: 400 };
const margin = 0.03;
const radius = 3;
/** A pointer holds the case nearest to it within this distance [px]. */
const grasp = 14;

export interface Scatter extends Plot {
    show(x: number, y: number): void;
}

export function scatterPlot(shared: SharedSweep, first: { x: number; y: number }): Scatter {
    const { state } = shared;
    const canvas = h("canvas", { "aria-hidden": "true" });
    const over = svg("svg", { class: "scatter-axes", "aria-hidden": "true" });
    const element = h("div", { class: "scatter" }, canvas, over);
    let { x: kx, y: ky } = first;
    let width = 0;
    let printing = false;
    let drag: [number, number, number, number] | undefined;
    const ink = { line: "", soft: "", panel: "" };

    const columnX = (): Column => state.table.columns[kx];
    const columnY = (): Column => state.table.columns[ky];
    const inner = (): [number, number] => [width - box.left - box.right, box.height - box.top - box.bottom];
    const px = (v: number): number => box.left + inner()[0] * (margin + (1 - 2 * margin) * place(columnX(), v));
    const py = (v: number): number => box.height - box.bottom - inner()[1] * (margin + (1 - 2 * margin) * place(columnY(), v));
    const backX = (p: number): number => valueAt(columnX(), ((p - box.left) / inner()[0] - margin) / (1 - 2 * margin));
    const backY = (p: number): number => valueAt(columnY(), ((box.height - box.bottom - p) / inner()[1] - margin) / (1 - 2 * margin));
    const known = (row: number): boolean => Number.isFinite(columnX().values[row]) && Number.isFinite(columnY().values[row]);
    const at = (row: number): [number, number] => [px(columnX().values[row]), py(columnY().values[row])];

    const picture = gradual((done) => (element.dataset.settled = String(done)));

    function paint(): void {
        const context = cleared(canvas, width, box.height);
        const colourOf = rowColours(state, legibleMap(state.map, rgbOfText(ink.panel)), ink.soft);
        const chosen = new Uint8Array(state.table.cases.length);
        for (const row of state.rows) chosen[row] = 1;
        const rest = state.table.cases.flatMap((_, i) => (chosen[i] || !known(i) ? [] : [i]));
        const rows = state.rows.filter(known);
        const order = scattered(rows.length);
        picture(rest.length + rows.length, (k) => {
            const row = k < rest.length ? rest[k] : rows[order(k - rest.length)];
            const colour = k < rest.length ? ink.line : colourOf(row);
            context.globalAlpha = k < rest.length ? 0.5 : 0.9;
            mark(context, ...at(row), colour, state.table.cases[row].met === false || state.table.cases[row].status !== "done");
        });
    }

    function axes(): void {
        over.setAttribute("viewBox", `0 0 ${width} ${box.height}`);
        const [cx, cy] = [columnX(), columnY()];
        const [right, floor] = [width - box.right, box.height - box.bottom];
        over.replaceChildren(
            ...ticksOf(cx, width / 90).flatMap((t) => [
                svg("line", { class: "tick-line", x1: px(t), x2: px(t), y1: floor, y2: floor + 4 }),
                svg("text", { class: "tick x", x: px(t), y: floor + 16 }, valueText(cx, t, 4))]),
            ...ticksOf(cy, 6).flatMap((t) => [
                svg("line", { class: "grid", x1: box.left, x2: right, y1: py(t), y2: py(t) }),
                svg("text", { class: "tick y", x: box.left - 7, y: py(t) + 3.5 }, valueText(cy, t, 4))]),
            svg("path", { class: "axis", d: `M${box.left} ${box.top}V${floor}H${right}` }),
            svg("text", { class: "axis-label", x: 0.5 * (box.left + right), y: floor + 34 }, titleOf(cx)),
            svg("text", { class: "axis-label", transform: `translate(13 ${0.5 * (box.top + floor)}) rotate(-90)` }, titleOf(cy)),
            limitsBox(), held());
    }

    function limitsBox(): SVGElement {
        const [lx, ly] = [state.limits[kx], state.limits[ky]];
        const [x0, x1] = lx ? [px(lx[0]), px(lx[1])] : [box.left, width - box.right];
        const [y0, y1] = ly ? [py(ly[1]), py(ly[0])] : [box.top, box.height - box.bottom];
        const [a, b, c, d] = drag ?? [x0, y0, x1, y1];
        return svg("rect", { class: "brush", visibility: drag || lx || ly ? "visible" : "hidden", x: Math.min(a, c), y: Math.min(b, d),
                             width: Math.abs(c - a), height: Math.abs(d - b) });
    }

    function held(): SVGElement {
        const row = state.current;
        const [x, y] = row !== undefined && known(row) ? at(row) : [-99, -99];
        return svg("circle", { class: "held", cx: x.toFixed(1), cy: y.toFixed(1), r: radius + 4 });
    }

    function redraw(): void {
        if (width === 0) return;
        [ink.line, ink.soft, ink.panel] = pageColours(element, ["line-strong", "soft", "panel"], printing);
        axes();
        paint();
    }

    function nearest(x: number, y: number): number | undefined {
        let [best, closest] = [-1, grasp * grasp];
        for (const row of state.rows) {
            if (!known(row)) continue;
            const [u, v] = at(row);
            const d = (u - x) ** 2 + (v - y) ** 2;
            if (d < closest) [best, closest] = [row, d];
        }
        return best < 0 ? undefined : best;
    }

    function choose(): void {
        const [a, b, c, d] = drag as [number, number, number, number];
        const small = Math.abs(c - a) < 4 && Math.abs(d - b) < 4;
        const range = (p: number, q: number): [number, number] => [Math.min(p, q), Math.max(p, q)];
        drag = undefined;
        shared.limit(kx, small ? undefined : range(backX(a), backX(c)));
        if (ky !== kx) shared.limit(ky, small ? undefined : range(backY(b), backY(d)));
    }

    const pointer = (event: PointerEvent): [number, number] => {
        const r = over.getBoundingClientRect();
        return [event.clientX - r.left, event.clientY - r.top];
    };
    over.addEventListener("pointerdown", (event) => {
        if (event.button !== 0) return;
        drag = [...pointer(event), ...pointer(event)];
        over.setPointerCapture(event.pointerId);
    });
    over.addEventListener("pointermove", (event) => {
        const [x, y] = pointer(event);
        if (!drag) return shared.hold(nearest(x, y));
        drag = [drag[0], drag[1], x, y];
        over.querySelector(".brush")?.replaceWith(limitsBox());
    });
    over.addEventListener("pointerup", () => drag && choose());
    over.addEventListener("pointercancel", () => { drag = undefined; axes(); });

    onWidth(element, (w) => {
        width = Math.max(w, 240);
        redraw();
    });
    onPrint((on) => { printing = on; redraw(); });
    shared.onChange((change) => {
        if (change === "current") over.lastElementChild?.replaceWith(held());
        else if (change === "look") redraw();
        else if (width > 0) {
            over.querySelector(".brush")?.replaceWith(limitsBox());
            paint();
        }
    });
    return { element, redraw, show(x, y) { [kx, ky] = [x, y]; redraw(); } };
}

/** A dot; a cross for a case that failed or missed a limit. */
function mark(c: CanvasRenderingContext2D, x: number, y: number, colour: string, missed: boolean): void {
    c.beginPath();
    if (missed) {
        const a = radius - 0.2;
        c.strokeStyle = colour;
        c.lineWidth = 1.6;
        c.moveTo(x - a, y - a);
        c.lineTo(x + a, y + a);
        c.moveTo(x + a, y - a);
        c.lineTo(x - a, y + a);
        c.stroke();
        return;
    }
    c.fillStyle = colour;
    c.arc(x, y, radius, 0, 2 * Math.PI);
    c.fill();
}

const ticksOf = (c: Column, about: number): number[] =>
    (c.log || c.words.length > 0 || c.ticks.length <= Math.max(about, 2) ? c.ticks : chartTicks(c.low, c.high, Math.max(2, about)));
