// Parallel coordinates: one upright axis per column, one line per case, limits set by dragging along an axis.

import { breakable, h, onWidth, svg } from "./dom";
import { decimalsOf, numberText, trim } from "./format";
import { cleared, gradual } from "./gradual";
import { place, scattered, titleOf, valueAt, valueText, type Column } from "./sweep";
import { legibleMap, rgbOfText, rowColours, type SharedSweep } from "./sweep_state";
import { onPrint, pageColours } from "./theme";

const box = { top: 66, bottom: 26, side: 58, height: 330, narrowest: 92 };
/** Width of a printed page inside its margins and the section's [px]. */
const paper = 660;
/** Half the width of the strip of an axis that takes a drag, and how near an end of a limit is taken [px]. */
const grasp = { strip: 40, end: 7, click: 3 };

export interface Plot {
    element: HTMLElement;
    redraw(): void;
}

export function parallelPlot(shared: SharedSweep): Plot {
    const { state } = shared;
    const faint = h("canvas", { "aria-hidden": "true" });
    const bold = h("canvas", { "aria-hidden": "true" });
    const over = svg("svg", { class: "parallel-axes", "aria-hidden": "true" });
    const heads = h("div", { class: "parallel-heads" });
    const inner = h("div", { class: "parallel-inner" }, faint, bold, over, heads);
    const element = h("div", { class: "parallel", tabindex: 0, role: "group",
                               "aria-label": "Parallel axes of the sweep; limits can also be typed below" }, inner);
    let width = 0;
    let printing = false;
    /** Whether the cases outside the limits are drawn: only once there are any. */
    let grounded = false;
    const ink = { line: "", soft: "", panel: "" };

    const columns = (): Column[] => state.shown.map((k) => state.table.columns[k]);
    const bottom = box.height - box.bottom;
    const x = (slot: number): number =>
        state.shown.length < 2 ? 0.5 * width : box.side + (slot * (width - 2 * box.side)) / (state.shown.length - 1);
    const y = (t: number): number => bottom - t * (bottom - box.top);
    const valueY = (c: Column, v: number): number => y(Math.min(1, Math.max(0, place(c, v))));

    /** One case: broken where a value is missing. */
    function line(context: CanvasRenderingContext2D, shown: readonly Column[], row: number): void {
        context.beginPath();
        let pen = false;
        shown.forEach((c, slot) => {
            const v = c.values[row];
            if (!Number.isFinite(v)) { pen = false; return; }
            if (pen) context.lineTo(x(slot), valueY(c, v));
            else context.moveTo(x(slot), valueY(c, v));
            pen = true;
        });
        context.stroke();
    }

    const ground = gradual(() => undefined);
    const picture = gradual((done) => (element.dataset.settled = String(done)));

    function paintAll(): void {
        const context = cleared(faint, width, box.height);
        context.strokeStyle = ink.line;
        const n = state.table.cases.length;
        grounded = state.rows.length < n;
        if (!grounded) return;
        context.lineWidth = thickness(n);
        context.globalAlpha = opacityOf(n);
        const [shown, order] = [columns(), scattered(n)];
        ground(n, (k) => line(context, shown, order(k)));
    }

    function paintChosen(): void {
        const context = cleared(bold, width, box.height);
        const colour = rowColours(state, legibleMap(state.map, rgbOfText(ink.panel)), ink.soft);
        const { rows } = state;
        const [shown, order] = [columns(), scattered(rows.length)];
        context.lineWidth = thickness(rows.length);
        context.globalAlpha = opacityOf(rows.length);
        picture(rows.length, (k) => {
            const row = rows[order(k)];
            context.strokeStyle = colour(row);
            line(context, shown, row);
        });
    }

    function headings(): void {
        const room = state.shown.length < 2 ? 200 : (width - 2 * box.side) / (state.shown.length - 1) - 10;
        heads.replaceChildren(...columns().map((c, slot) => {
            const head = h("div", { class: c.swept ? "head swept" : "head", title: titleOf(c) }, ...breakable(titleOf(c)));
            const wide = Math.min(Math.max(room, 80), 2 * box.side + 24);
            head.style.width = `${wide}px`;
            head.style.left = `${Math.min(Math.max(x(slot) - 0.5 * wide, 0), width - wide)}px`;
            return head;
        }));
    }

    function axes(): void {
        over.setAttribute("viewBox", `0 0 ${width} ${box.height}`);
        over.replaceChildren(...columns().flatMap((c, slot) => axis(c, state.limits[state.shown[slot]], x(slot), y, valueY)), held());
    }

    /** The case in hand, over all others. */
    function held(): SVGElement {
        const row = state.current;
        const points = row === undefined ? [] : columns().flatMap((c, slot) =>
            (Number.isFinite(c.values[row]) ? [`${x(slot).toFixed(1)},${valueY(c, c.values[row]).toFixed(1)}`] : []));
        return svg("polyline", { class: "held", points: points.join(" ") });
    }

    function layOut(outer: number): void {
        width = printing ? paper : Math.max(outer, 2 * box.side + box.narrowest * (state.shown.length - 1));
        inner.style.width = `${width}px`;
        inner.style.height = `${box.height}px`;
        redraw();
    }

    function redraw(): void {
        if (width === 0) return;
        [ink.line, ink.soft, ink.panel] = pageColours(element, ["line-strong", "soft", "panel"], printing);
        paintAll();
        paintChosen();
        axes();
        headings();
    }

    brushes(over, { shared, columns, x, valueY, level: (py) => (bottom - py) / (bottom - box.top) });
    onWidth(element, layOut);
    onPrint((on) => { printing = on; layOut(element.clientWidth); });
    shared.onChange((change) => {
        if (change === "current") over.lastElementChild?.replaceWith(held());
        else if (change === "rows" && width > 0) {
            if (!grounded) paintAll();
            paintChosen();
            axes();
        }
        else layOut(element.clientWidth);
    });
    return { element, redraw };
}

/** Few lines are drawn full, many let each other through. */
const opacityOf = (lines: number): number => Math.min(0.85, Math.max(0.1, 8 / Math.sqrt(lines)));

/** Lines of one device pixel are the quick ones. */
const thickness = (lines: number): number => (lines > 500 ? 1 / devicePixelRatio : 1.2);

function axis(c: Column, limit: readonly [number, number] | undefined, x: number, y: (t: number) => number,
              valueY: (c: Column, v: number) => number): SVGElement[] {
    const text = tickText(c);
    const parts: SVGElement[] = [svg("line", { class: "axis", x1: x, x2: x, y1: y(0), y2: y(1) })];
    for (const t of c.ticks)
        parts.push(svg("line", { class: "axis", x1: x - 4, x2: x, y1: valueY(c, t), y2: valueY(c, t) }),
                   svg("text", { class: "tick", x: x - 7, y: valueY(c, t) + 3.5 }, text(t)));
    if (!limit) return parts;
    const [top, bottom] = [valueY(c, limit[1]), valueY(c, limit[0])];
    parts.push(svg("rect", { class: "brush", x: x - 8, width: 16, y: top, height: Math.max(bottom - top, 2), rx: 2 }));
    if (c.words.length === 0)
        parts.push(svg("text", { class: "limit", x: x + 12, y: top + 4 }, numberText(limit[1], 4)),
                   svg("text", { class: "limit", x: x + 12, y: Math.max(bottom + 4, top + 16) }, numberText(limit[0], 4)));
    return parts;
}

/** Decimals that tell neighbouring ticks apart; levels of a grid as they are. */
function tickText(c: Column): (t: number) => string {
    if (c.words.length > 0) return (t) => valueText(c, t);
    const step = c.ticks.length > 1 ? c.ticks[1] - c.ticks[0] : 0;
    const even = step > 0 && c.ticks.every((t, i) => i === 0 || Math.abs(t - c.ticks[i - 1] - step) < 1e-6 * step);
    const far = (t: number): boolean => t !== 0 && (Math.abs(t) >= 1e5 || Math.abs(t) < 1e-3);
    return (t) => (far(t) ? t.toExponential(1).replace("e+", "e").replaceAll("-", "\u2212").replace(".0e", "e")
                   : even && !c.log && !c.swept ? t.toFixed(decimalsOf(step)).replace("-", "\u2212") : trim(Number(t.toPrecision(4))));
}

interface Brushing {
    shared: SharedSweep;
    columns(): Column[];
    x(slot: number): number;
    valueY(c: Column, v: number): number;
    /** Height as a part of the axis, 0 at its lower end. */
    level(py: number): number;
}

/** Where the press was, as a part of the axis, and the values it holds: the end that stays, or both that are carried. */
type Grip = { column: number; c: Column; from: number; fixed: number; carried?: readonly [number, number]; moved: boolean };

function brushes(surface: SVGSVGElement, b: Brushing): void {
    const { state } = b.shared;
    let grip: Grip | undefined;
    const at = (event: PointerEvent): [number, number] => {
        const r = surface.getBoundingClientRect();
        return [event.clientX - r.left, event.clientY - r.top];
    };
    const slotAt = (px: number): number => {
        const slots = state.shown.map((_, s) => s);
        const near = slots.reduce((a, s) => (Math.abs(b.x(s) - px) < Math.abs(b.x(a) - px) ? s : a), 0);
        return slots.length > 0 && Math.abs(b.x(near) - px) < grasp.strip ? near : -1;
    };
    const clip = (t: number): number => Math.min(1, Math.max(0, t));
    /** A press takes an end of the limits, the limits themselves, or begins new ones. */
    function taken(column: number, c: Column, py: number): Grip {
        const [limit, from] = [state.limits[column], b.level(py)];
        const grip = { column, c, from, fixed: valueAt(c, clip(from)), moved: false };
        if (!limit) return grip;
        const [low, high] = limit.map((v) => b.valueY(c, v));
        if (Math.abs(py - high) < grasp.end) return { ...grip, fixed: limit[0] };
        if (Math.abs(py - low) < grasp.end) return { ...grip, fixed: limit[1] };
        return py > high && py < low ? { ...grip, carried: limit } : grip;
    }
    function pulled({ c, fixed }: Grip, t: number): [number, number] {
        const v = valueAt(c, clip(t));
        return [Math.min(fixed, v), Math.max(fixed, v)];
    }
    /** At an end of the axis exactly there, not a rounding before it. */
    function carried({ c, from }: Grip, limit: readonly [number, number], t: number): readonly [number, number] {
        const [a, z] = limit.map((v) => clip(place(c, v)));
        const shift = Math.min(1 - z, Math.max(-a, t - from));
        return shift === 0 ? limit : [valueAt(c, a + shift), valueAt(c, shift === 1 - z ? 1 : z + shift)];
    }
    surface.addEventListener("pointerdown", (event) => {
        const [px, py] = at(event);
        const slot = slotAt(px);
        if (event.button !== 0 || slot < 0 || py < box.top - 12) return;
        grip = taken(state.shown[slot], b.columns()[slot], py);
        surface.setPointerCapture(event.pointerId);
    });
    surface.addEventListener("pointermove", (event) => {
        const [px, py] = at(event);
        if (!grip) {
            surface.classList.toggle("over", slotAt(px) >= 0 && py > box.top - 12);
            return;
        }
        const t = b.level(py);
        const far = Math.abs(t - grip.from) * (box.height - box.top - box.bottom);
        if (!grip.moved && far < grasp.click) return;
        grip.moved = true;
        b.shared.limit(grip.column, grip.carried ? carried(grip, grip.carried, t) : pulled(grip, t));
    });
    surface.addEventListener("pointerup", () => {
        if (grip && !grip.moved) b.shared.limit(grip.column, undefined);
        grip = undefined;
    });
    surface.addEventListener("pointercancel", () => (grip = undefined));
}
