// The stage of a cross-section: pan and zoom, what lies under the pointer, marker on the wall.

import { button, h } from "./dom";
import { panZoom } from "./pan_zoom";
import { inside, nearestPoint } from "./rings";
import { drawSection, gutter, type Theme } from "./section_draw";
import { numberText } from "./format";
import { valueAt } from "./section_map";
import { onPrint, pageColours } from "./theme";
import { materialAt, type Frame, type Step } from "./topography";
import { fitted, toPlan, type Rectangle, type View } from "./view";

export interface SectionView {
    stage: HTMLElement;
    tools: HTMLElement;
    readout: HTMLElement;
    show(step: Step, frame: Frame): void;
    hide(names: ReadonlySet<string>): void;
    voids(on: boolean): void;
    map(on: boolean): void;
    mark(index: number | undefined): void;
    redraw(): void;
}

/** Pointer within this distance of the wall marks it [CSS px]. */
const grasp = 14;

export function sectionView(window: Rectangle, onPlace: (index: number | undefined) => void): SectionView {
    const canvas = h("canvas", { "aria-hidden": "true" });
    const readout = h("output", { class: "readout", "aria-live": "off" });
    const stage = h("div", {
        class: "section-stage", tabindex: 0, role: "application",
        "aria-label": "Cross-section. Arrow keys pan, plus and minus zoom, 0 shows everything.",
    }, canvas);
    let view: View = { x: 0, y: 0, nmPerPx: 1, width: 0, height: 0 };
    let shown: { step: Step; frame: Frame } | undefined;
    let hidden: ReadonlySet<string> = new Set();
    let showVoids = true;
    let showMap = true;
    let marker: number | undefined;
    let pointer: [number, number] | undefined;
    let printing = false;

    let request = 0;
    const redraw = (): void => { if (request === 0) request = requestAnimationFrame(paint); };

    function paint(): void {
        request = 0;
        if (!shown || view.width <= 0) return;
        drawSection(canvas, { view, ...shown, theme: themeOf(stage, printing), hidden, voids: showVoids, marker,
                              map: showMap ? shown.step.map : undefined }, devicePixelRatio);
        Object.assign(stage.dataset, {
            centreX: String(view.x), centreZ: String(view.y), nmPerPx: String(view.nmPerPx),
            frame: `${shown.step.name}/${shown.frame.time}`, voids: String(showVoids ? shown.frame.voids.length : 0),
            map: String(showMap && shown.step.map !== undefined), marker: marker === undefined ? "" : String(marker),
        });
        showReadout();
    }

    function showReadout(): void {
        if (!pointer || !shown) return void readout.replaceChildren(h("span", { class: "hint" }, "Drag to pan, wheel to zoom."));
        const [x, z] = toPlan(view, ...pointer);
        const decimals = Math.max(0, Math.min(4, 1 - Math.floor(Math.log10(view.nmPerPx))));
        const text = (n: number): string => n.toFixed(decimals).replace("-", "\u2212");
        const material = nameAt(x, z);
        const map = showMap ? shown.step.map : undefined;
        const value = map && valueAt(map, shown.step.axial ? Math.abs(x) : x, z);
        readout.replaceChildren(
            h("span", { class: "where" }, `${shown.step.axial ? "r" : "x"} ${text(x)}  z ${text(z)} nm`),
            map && value !== undefined ? h("span", { class: "map-value", "data-value": value }, `${map.name} `,
                                           h("b", {}, numberText(value, 4)), map.unit && ` ${map.unit}`) : "",
            h("span", { class: "value", "data-x": x, "data-z": z, "data-material": material }, h("b", {}, material)));
    }

    function nameAt(x: number, z: number): string {
        const { step, frame } = shown as { step: Step; frame: Frame };
        const at = step.axial ? Math.abs(x) : x;
        const m = materialAt(frame, at, z, inside);
        if (m >= 0) return step.materials[m].name;
        return frame.voids.some((v) => inside([v.ring], at, z)) ? "gas, in a void" : "gas";
    }

    function hover(at: [number, number] | undefined): void {
        pointer = at && at[0] >= 0 && at[1] >= 0 && at[0] <= view.width && at[1] <= view.height ? at : undefined;
        const wall = shown?.step.wall;
        if (wall) {
            const [x, z] = pointer ? toPlan(view, ...pointer) : [Infinity, Infinity];
            const place = nearestPoint(wall.x, wall.z, shown?.step.axial && wallIsHalf(wall.x) ? Math.abs(x) : x, z);
            onPlace(pointer && place.distance < grasp * view.nmPerPx ? place.index : undefined);
        }
        redraw();
    }

    const control = panZoom(stage, {
        view: () => view,
        set(next) { view = next; redraw(); },
        window: () => window,
        hover,
        origin: [gutter.left, 0],
    });
    new ResizeObserver(() => {
        const size = { width: stage.clientWidth - gutter.left, height: stage.clientHeight - gutter.bottom };
        if (size.width <= 0 || size.height <= 0) return;
        const whole = view.width === 0 || same(view, fitted(view, window));
        view = { ...view, ...size };
        if (whole) view = fitted(view, window);
        redraw();
    }).observe(stage);
    onPrint((on) => { printing = on; paint(); });

    const tools = h("div", { class: "choice", role: "group", "aria-label": "Zoom" },
        button("\u2212", () => control.magnify(1 / 1.5), { "aria-label": "Zoom out", title: "Zoom out (\u2212)" }),
        button("+", () => control.magnify(1.5), { "aria-label": "Zoom in", title: "Zoom in (+)" }),
        button("Fit", control.fit, { title: "Show everything (0)" }));
    return {
        stage, tools, readout, redraw,
        show(step, frame) { shown = { step, frame }; redraw(); },
        hide(names) { hidden = names; redraw(); },
        voids(on) { showVoids = on; redraw(); },
        map(on) { showMap = on; redraw(); },
        mark(index) { if (index !== marker) { marker = index; redraw(); } },
    };
}

const wallIsHalf = (x: ArrayLike<number>): boolean => Array.from(x).every((v) => v >= -1e-6);

const same = (a: View, b: View): boolean => a.x === b.x && a.y === b.y && a.nmPerPx === b.nmPerPx;

function themeOf(stage: HTMLElement, printing: boolean): Theme {
    const [paper, surround, panel, text, soft, line, alarm, accent] = pageColours(
        stage, ["section-gas", "plan-surround", "panel", "text", "soft", "line-strong", "fail", "mark"], printing);
    return { paper, surround, panel, text, soft, line, alarm, accent };
}
