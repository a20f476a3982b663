// Plan view: the picture with pan and zoom by mouse, touch and keyboard, values under the pointer, cuts and gauge marks.

import { choiceOfMap, colourBar, layerList, type LayerControls } from "./plan_controls";
import { mapTable, rangeOf, type MapName, type Rgb, type Scale } from "./colormap";
import type { Cut } from "./cutline";
import { button, choice, h } from "./dom";
import { drain, type Field, type Tile } from "./field";
import type { Grid } from "./spectrum";
import { lengthText } from "./format";
import { isField, type FieldLayer, type PlanLayer } from "./layers";
import { drawOverlay, type GaugeMark, type Overlay } from "./overlay";
import { rgbOf, type Picture, type Renderer } from "./picture";
import { canvasRenderer } from "./render_canvas";
import { webglRenderer } from "./render_webgl";
import { bounded, fitted, panned, toPlan, toScreen, visible, zoomed, type Rectangle, type View } from "./view";

export interface Plan {
    element: HTMLElement;
    /** Centres the view on a point and marks it; zooms in when the whole plan is in view. */
    goTo(x: number, y: number, label: string): void;
    showCut(cut: Cut): void;
    /** The field that cuts and the colour bar refer to. */
    activeField(): FieldLayer | undefined;
    redraw(): void;
}

export interface PlanEvents {
    onCut(cut: Cut): void;
    onField(): void;
}

/** Samples per shortest period, at least; the picture is never coarser than the screen. */
const finestPerPeriod = 128;
const coarsePerPeriod = 8;
/** Edges are smoothed by multisampling up to this many vertices; beyond it speed counts more. */
const smoothedVertices = 300000;
const largestBase = 1024;
const largestDetail = 4096;
/** Sampled part of the plan relative to the visible part, so that short pans need no resampling. */
const margin = 1.4;

export function planView(layers: PlanLayer[], window: Rectangle, gauges: GaugeMark[], events: PlanEvents): Plan {
    const canvas = h("canvas", { class: "picture", "aria-hidden": "true" });
    const front = h("canvas", { class: "overlay", "aria-hidden": "true" });
    const vertices = layers.reduce((n, l) => n + (isField(l) ? 0 : l.shapes.points.length / 2), 0);
    const heavy = vertices > smoothedVertices;
    const webgl = webglRenderer(canvas, !heavy);
    const renderer: Renderer = webgl ?? canvasRenderer(canvas);
    const readout = h("output", { class: "readout", "aria-live": "off" });
    const stage = h("div", {
        class: "stage", tabindex: 0, role: "application", "data-renderer": renderer.name,
        "aria-label": "Plan view. Arrow keys pan, plus and minus zoom, 0 shows everything, C starts a cut line.",
    }, canvas, front);

    let view: View = { x: 0, y: 0, nmPerPx: 1, width: 0, height: 0 };
    let tool: "pan" | "cut" = "pan";
    let cut: Cut | undefined;
    let mark: GaugeMark | undefined;
    let pointer: [number, number] | undefined;
    let map: MapName = "viridis";
    let log = false;
    let showGauges = gauges.length > 0 && gauges.length <= 100;
    let table = mapTable(map);
    const bases = new Map<Field, Tile>();
    const details = new Map<Field, { grid: Tile; spacing: number }>();
    const scales = new Map<Field, Scale>();

    const fields = layers.filter(isField);
    const activeField = (): FieldLayer | undefined => fields.filter((l) => l.visible && l.opacity > 0).at(-1) ?? fields.at(-1);
    const bar = colourBar();
    const list = layerList(layers, { gauges: gauges.length, changed: changedLayers });

    function changedLayers(controls: LayerControls): void {
        showGauges = controls.gauges;
        recolour();
        events.onField();
    }

    function baseOf(f: Field): Tile {
        const known = bases.get(f);
        if (known) return known;
        const tile = f.stored ?? sampledNow(f, window);
        bases.set(f, tile);
        return tile;
    }

    function scaleOf(f: Field): Scale {
        const known = scales.get(f);
        if (known) return known;
        const scale = rangeOf(baseOf(f).values, log);
        scales.set(f, scale);
        return scale;
    }

    function recolour(): void {
        const active = activeField();
        bar.show(active && { layer: active, scale: scaleOf(active.field), table });
        redraw();
    }

    let frame = 0;
    function redraw(): void {
        if (frame === 0) frame = requestAnimationFrame(paint);
    }

    let reading = 0;
    function hover(): void {
        if (reading === 0) reading = requestAnimationFrame(() => { reading = 0; showReadout(); });
    }

    function paint(): void {
        frame = 0;
        if (view.width === 0) return;
        const whole = drawPicture();
        drawOverlay(front, overlay(), devicePixelRatio);
        stage.dataset.centreX = String(view.x);
        stage.dataset.centreY = String(view.y);
        stage.dataset.nmPerPx = String(view.nmPerPx);
        showReadout();
        stage.dataset.settled = String(whole && !refine());
    }

    /** A heavy picture is first moved as it is, and drawn anew when the view rests. False while it is only moved. */
    let drawn: View | undefined;
    let later: ReturnType<typeof setTimeout> | undefined;
    function drawPicture(): boolean {
        clearTimeout(later);
        const moved = heavy && drawn !== undefined && drawn !== view && drawn.width === view.width && drawn.height === view.height;
        canvas.style.transform = moved ? moving(drawn as View, view) : "";
        if (moved) {
            later = setTimeout(() => {
                drawn = undefined;
                redraw();
            }, 150);
            return false;
        }
        renderer.draw(picture(), devicePixelRatio);
        drawn = view;
        return true;
    }

    function picture(): Picture {
        const background = colourOf(getComputedStyle(stage).backgroundColor);
        const paper = colourOf(getComputedStyle(canvas).backgroundColor);
        return {
            view, window, background, paper,
            fields: fields.filter((l) => l.visible && l.opacity > 0).map((l) => ({
                base: baseOf(l.field), detail: details.get(l.field)?.grid, table, scale: scaleOf(l.field), opacity: l.opacity,
            })),
            shapes: layers.flatMap((l) => (isField(l) || !l.visible ? [] : [shapePaint(l)])),
        };
    }

    function overlay(): Overlay {
        return { view, cut, mark, gauges: showGauges ? gauges : [] };
    }

    // Resampling: one field at a time, in slices between frames, once the view has come to rest.
    let resting: { timer: ReturnType<typeof setTimeout>; view: View } | undefined;
    let work: { field: Field; run: Generator<undefined, Float32Array>; grid: Grid; spacing: number } | undefined;
    function refine(): boolean {
        const stale = fields.find((l) => l.visible && l.opacity > 0 && !l.field.stored && !serves(details.get(l.field), l.field));
        if (!stale) return false;
        if (work?.field === stale.field && serves(work, stale.field)) return true;
        if (resting?.view === view) return true;
        clearTimeout(resting?.timer);
        work = undefined;
        resting = { view, timer: setTimeout(() => startDetail(stale.field), 60) };
        return true;
    }

    /** Fine enough for this view and covering all of it. */
    function serves(d: { grid: Grid; spacing: number } | undefined, f: Field): boolean {
        const part = intersection(visible(view), window);
        if (!part) return true;
        return d !== undefined && Math.abs(d.spacing / detailSpacing(f, view) - 1) < 1e-6 && covers(d.grid, part);
    }

    function startDetail(f: Field): void {
        resting = undefined;
        const part = intersection(padded(visible(view), 0.5 * (margin - 1)), window);
        if (!part) return;
        const spacing = detailSpacing(f, view);
        const grid = gridOver(part, spacing, pixelCentre(view));
        work = { field: f, run: f.sample(grid), grid, spacing };
        continueDetail();
    }

    function continueDetail(): void {
        const current = work;
        if (!current) return;
        const until = performance.now() + 24;
        for (;;) {
            const step = current.run.next();
            if (step.done) {
                details.set(current.field, { grid: { ...current.grid, values: step.value }, spacing: current.spacing });
                work = undefined;
                redraw();
                return;
            }
            if (performance.now() > until) break;
        }
        setTimeout(continueDetail, 0);
    }

    function setView(next: View): void {
        view = bounded(next, window);
        redraw();
    }

    function showReadout(): void {
        const at = pointer ?? (mark ? toScreen(view, mark.x, mark.y) : undefined);
        if (!at) return void readout.replaceChildren(h("span", { class: "hint" }, hint(tool)));
        const [x, y] = toPlan(view, at[0], at[1]);
        const shown = fields.filter((l) => l.visible);
        const values = shown.map((l) => {
            const v = l.field.gradient(x, y).value;
            return h("span", { class: "value", "data-layer": l.id, "data-value": v, "data-x": x, "data-y": y },
                     h("b", {}, v.toPrecision(7)), ` ${l.unit}`, shown.length > 1 && ` \u2014 ${l.name}`);
        });
        const scale = Math.max(0, Math.min(4, 1 - Math.floor(Math.log10(view.nmPerPx))));
        readout.replaceChildren(
            h("span", { class: "where" }, `x ${x.toFixed(scale)}  y ${y.toFixed(scale)} nm`), ...values);
    }

    // Pointer: drag pans, two fingers pinch, shift-drag or the cut tool draws a cut.
    const touches = new Map<number, [number, number]>();
    let drag: { kind: "pan" } | { kind: "cut"; from: [number, number]; moved: boolean } | undefined;

    function local(event: MouseEvent): [number, number] {
        const r = stage.getBoundingClientRect();
        return [event.clientX - r.left - stage.clientLeft, event.clientY - r.top - stage.clientTop];
    }

    stage.addEventListener("pointerdown", (event) => {
        if (event.button !== 0) return;
        stage.setPointerCapture(event.pointerId);
        const p = local(event);
        touches.set(event.pointerId, p);
        const cutting = touches.size === 1 && (tool === "cut" || event.shiftKey);
        drag = cutting ? { kind: "cut", from: toPlan(view, ...p), moved: false } : { kind: "pan" };
    });
    stage.addEventListener("pointermove", (event) => {
        const p = local(event);
        pointer = p;
        const before = touches.get(event.pointerId);
        if (!before || !drag) return hover();
        if (touches.size === 2) pinch(event.pointerId, before, p);
        else if (drag.kind === "pan") setView(panned(view, p[0] - before[0], p[1] - before[1]));
        else if (drag.moved || Math.hypot(...minus(p, toScreen(view, ...drag.from))) > 4) {
            drag.moved = true;
            setCut({ from: drag.from, to: levelled(drag.from, toPlan(view, ...p)) });
        }
        touches.set(event.pointerId, p);
    });
    for (const end of ["pointerup", "pointercancel"] as const)
        stage.addEventListener(end, (event) => {
            touches.delete(event.pointerId);
            if (drag?.kind === "cut" && drag.moved) setTool("pan");
            drag = undefined;
        });
    stage.addEventListener("pointerleave", () => {
        pointer = undefined;
        hover();
    });
    stage.addEventListener("wheel", (event) => {
        event.preventDefault();
        const lines = event.deltaMode === 1 ? 24 : 1;
        setView(zoomed(view, Math.exp(-Math.max(-120, Math.min(120, event.deltaY * lines)) * 0.002), ...local(event)));
    }, { passive: false });
    stage.addEventListener("dblclick", (event) => setView(zoomed(view, event.shiftKey ? 0.5 : 2, ...local(event))));

    function pinch(moving: number, before: [number, number], now: [number, number]): void {
        const other = [...touches].find(([id]) => id !== moving)?.[1];
        if (!other) return;
        const factor = Math.hypot(...minus(now, other)) / Math.max(Math.hypot(...minus(before, other)), 1);
        const shift = [0.5 * (now[0] - before[0]), 0.5 * (now[1] - before[1])] as const;
        setView(panned(zoomed(view, factor, 0.5 * (now[0] + other[0]), 0.5 * (now[1] + other[1])), ...shift));
    }

    const keys: Record<string, () => void> = {
        ArrowLeft: () => setView(panned(view, 0.125 * view.width, 0)),
        ArrowRight: () => setView(panned(view, -0.125 * view.width, 0)),
        ArrowUp: () => setView(panned(view, 0, 0.125 * view.height)),
        ArrowDown: () => setView(panned(view, 0, -0.125 * view.height)),
        "+": () => magnify(1.5),
        "=": () => magnify(1.5),
        "-": () => magnify(1 / 1.5),
        "0": () => setView(fitted(view, window)),
        c: () => setTool(tool === "cut" ? "pan" : "cut"),
        Escape: () => setTool("pan"),
    };
    stage.addEventListener("keydown", (event) => {
        const action = keys[event.key];
        if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        action();
    });
    const magnify = (factor: number): void => setView(zoomed(view, factor, 0.5 * view.width, 0.5 * view.height));

    function setCut(next: Cut): void {
        cut = next;
        events.onCut(next);
        redraw();
    }

    const tools = choice("Tool", [["pan", "Pan"], ["cut", "Cut"]] as const, "pan", (t) => setTool(t));
    function setTool(next: "pan" | "cut"): void {
        tool = next;
        stage.dataset.tool = next;
        for (const b of tools.children) b.setAttribute("aria-pressed", String(b.getAttribute("data-value") === next));
        redraw();
    }

    const maps = choiceOfMap((name, logarithmic) => {
        if (logarithmic !== log) scales.clear();
        [map, log] = [name, logarithmic];
        table = mapTable(map);
        recolour();
    });

    new ResizeObserver(() => {
        const first = view.width === 0;
        const kept = { ...view, width: stage.clientWidth, height: stage.clientHeight };
        view = first || showsWhole(view, window) ? fitted(kept, window) : kept;
        redraw();
    }).observe(stage);

    const bars = h("div", { class: "plan-tools" },
        tools,
        h("div", { class: "choice", role: "group", "aria-label": "Zoom" },
          button("\u2212", () => magnify(1 / 1.5), { "aria-label": "Zoom out", title: "Zoom out (\u2212)" }),
          button("+", () => magnify(1.5), { "aria-label": "Zoom in", title: "Zoom in (+)" }),
          button("Fit", () => setView(fitted(view, window)), { title: "Show everything (0)" })),
        fields.length > 0 && maps,
        readout);
    const notice = webgl ? undefined : h("p", { class: "notice", role: "status" },
        "WebGL2 is not available in this browser: the plan is drawn on the CPU, slower and without smoothed edges.");
    const element = h("div", { class: "plan" },
        h("div", { class: "plan-main" }, notice, bars, stage),
        h("aside", { class: "plan-side", "aria-label": "Layers" }, list, fields.length > 0 && bar.element));

    recolour();
    return {
        element, activeField, redraw,
        showCut(next) {
            cut = next;
            const [x, y] = [0.5 * (next.from[0] + next.to[0]), 0.5 * (next.from[1] + next.to[1])];
            if (view.width > 0 && !within(visible(view), x, y)) setView({ ...view, x, y });
            else redraw();
        },
        goTo(x, y, label) {
            mark = { x, y, label, epe: undefined };
            const span = view.nmPerPx * Math.min(view.width, view.height);
            const whole = Math.max(window[2] - window[0], window[3] - window[1]);
            const nmPerPx = span > 0.3 * whole ? (0.2 * whole) / Math.min(view.width, view.height) : view.nmPerPx;
            setView({ ...view, x, y, nmPerPx });
        },
    };
}

const hint = (tool: "pan" | "cut"): string =>
    tool === "cut" ? "Drag two points across a feature." : "Drag to pan, wheel to zoom, shift-drag to cut.";

function showsWhole(v: View, window: Rectangle): boolean {
    const f = fitted(v, window);
    return f.x === v.x && f.y === v.y && f.nmPerPx === v.nmPerPx;
}

const within = ([x0, y0, x1, y1]: Rectangle, x: number, y: number): boolean => x >= x0 && x <= x1 && y >= y0 && y <= y1;

const minus = (a: readonly number[], b: readonly number[]): [number, number] => [a[0] - b[0], a[1] - b[1]];

/** A cut within two degrees of an axis is put on it, since a tilted cut measures a longer width. */
function levelled(from: readonly [number, number], to: readonly [number, number]): [number, number] {
    const [dx, dy] = minus(to, from);
    if (Math.abs(dy) < 0.035 * Math.abs(dx)) return [to[0], from[1]];
    if (Math.abs(dx) < 0.035 * Math.abs(dy)) return [from[0], to[1]];
    return [to[0], to[1]];
}

function shapePaint(l: Extract<PlanLayer, { shapes: unknown }>): Picture["shapes"][number] {
    const outline = l.kind === "polygons" && l.shapes.points.length < 400000;
    return {
        shapes: l.shapes,
        colour: rgbOf(l.colour),
        fillOpacity: l.kind === "contours" ? 0 : l.opacity,
        strokeOpacity: l.kind === "contours" ? l.opacity : outline ? Math.min(1, l.opacity + 0.35) : 0,
        strokePx: l.kind === "contours" ? 1.8 : 1,
    };
}

/** The transform that shows the picture of one view where another view has it. */
function moving(from: View, to: View): string {
    const [x, y] = minus(toScreen(to, from.x, from.y), [0.5 * to.width, 0.5 * to.height]);
    return `translate(${x}px, ${y}px) scale(${from.nmPerPx / to.nmPerPx})`;
}

/** Sample distance [nm] for a view: the screen pixel, or finer than the field needs when zoomed in beyond that. */
function detailSpacing(f: Field, v: View): number {
    const finest = 1 / (finestPerPeriod * Math.max(f.frequency(1, 0), f.frequency(0, 1), 1e-9));
    const fitting = (margin * Math.max(v.width, v.height) * v.nmPerPx) / (largestDetail - 8);
    return Math.max(v.nmPerPx / devicePixelRatio, finest, fitting);
}

/** Plan position of one pixel centre: samples as dense as the screen then need no interpolation at all. */
const pixelCentre = (v: View): readonly [number, number] => {
    const px = v.nmPerPx / devicePixelRatio;
    const [x0, y0] = visible(v);
    return [x0 + 0.5 * px, y0 + 0.5 * px];
};

function gridOver([x0, y0, x1, y1]: Rectangle, spacing: number, through: readonly [number, number]): Grid {
    const i0 = Math.floor((x0 - through[0]) / spacing) - 1;
    const j0 = Math.floor((y0 - through[1]) / spacing) - 1;
    const nx = Math.ceil((x1 - through[0]) / spacing) - i0 + 2;
    const ny = Math.ceil((y1 - through[1]) / spacing) - j0 + 2;
    return { nx, ny, x0: through[0] + i0 * spacing, y0: through[1] + j0 * spacing, dx: spacing, dy: spacing };
}

function sampledNow(f: Field, [x0, y0, x1, y1]: Rectangle): Tile {
    const count = (length: number, frequency: number): number =>
        Math.min(Math.max(Math.ceil(length * frequency * coarsePerPeriod), 32), largestBase) + 1;
    const nx = count(x1 - x0, f.frequency(1, 0));
    const ny = count(y1 - y0, f.frequency(0, 1));
    const grid = { nx, ny, x0, y0, dx: (x1 - x0) / (nx - 1), dy: (y1 - y0) / (ny - 1) };
    return { ...grid, values: drain(f.sample(grid)) };
}

function padded([x0, y0, x1, y1]: Rectangle, by: number): Rectangle {
    const [w, v] = [by * (x1 - x0), by * (y1 - y0)];
    return [x0 - w, y0 - v, x1 + w, y1 + v];
}

function intersection(a: Rectangle, b: Rectangle): Rectangle | undefined {
    const r: Rectangle = [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
    return r[0] < r[2] && r[1] < r[3] ? r : undefined;
}

const covers = (t: Grid, [x0, y0, x1, y1]: Rectangle): boolean =>
    t.x0 <= x0 && t.y0 <= y0 && t.x0 + (t.nx - 1) * t.dx >= x1 && t.y0 + (t.ny - 1) * t.dy >= y1;

/** A computed style's `rgb(r, g, b)`. */
const colourOf = (text: string): Rgb => (text.match(/[\d.]+/g) ?? ["255", "255", "255"]).slice(0, 3).map(Number) as Rgb;

export const windowText = ([x0, y0, x1, y1]: Rectangle): string => `${lengthText(x1 - x0)} \u00d7 ${lengthText(y1 - y0)}`;
