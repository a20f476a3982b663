// Beside the plan: layers with switch and opacity, the colour map, its bar.

import { colourAt, position, type MapName, type Scale } from "./colormap";
import { choice, h, svg } from "./dom";
import { numberText } from "./format";
import { isField, type FieldLayer, type PlanLayer } from "./layers";
import { linearAxis, logAxis } from "./chart";

export interface LayerControls {
    gauges: boolean;
}

export function layerList(
    layers: PlanLayer[], options: { gauges: number; changed(controls: LayerControls): void },
): HTMLElement {
    // Many marks hide the picture: beyond 100 they wait for a click.
    const shown = options.gauges > 0 && options.gauges <= 100;
    const controls = { gauges: shown };
    const changed = (): void => options.changed(controls);
    const drawnLast = [...layers.filter((l) => !isField(l)).reverse(), ...layers.filter(isField).reverse()];
    const rows = drawnLast.map((l) => layerRow(l, changed));
    if (options.gauges > 0)
        rows.unshift(h("li", { class: "layer" },
            switchOf("Gauges", shown, (on) => { controls.gauges = on; changed(); }, gaugeKey()),
            h("span", { class: "count" }, String(options.gauges))));
    return h("div", {}, h("h3", {}, "Layers"), h("ul", { class: "layers" }, ...rows));
}

function layerRow(l: PlanLayer, changed: () => void): HTMLElement {
    const slider = h("input", { type: "range", min: 0, max: 100, value: Math.round(100 * l.opacity) });
    slider.setAttribute("aria-label", `Opacity of ${l.name}`);
    slider.setAttribute("title", "Opacity");
    slider.addEventListener("input", () => {
        l.opacity = Number(slider.value) / 100;
        changed();
    });
    const row = h("li", { class: "layer", "data-id": l.id }, switchOf(l.name, l.visible, (on) => {
        l.visible = on;
        changed();
    }, layerKey(l)), slider);
    return row;
}

function switchOf(name: string, on: boolean, onSwitch: (on: boolean) => void, key: Node): HTMLElement {
    const box = h("input", { type: "checkbox" });
    box.checked = on;
    box.addEventListener("change", () => onSwitch(box.checked));
    return h("label", {}, box, key, h("span", { class: "layer-name", title: name }, name));
}

/** A sample of how the layer is drawn. */
function layerKey(l: PlanLayer): SVGElement {
    const root = svg("svg", { class: "key", viewBox: "0 0 18 12", width: 18, height: 12, "aria-hidden": "true" });
    if (l.kind === "contours")
        root.append(svg("path", { d: "M1 9C6 9 5 3 9 3s4 6 8 6", fill: "none", stroke: l.colour, "stroke-width": 2 }));
    else if (l.kind === "band")
        root.append(svg("path", { d: "M1 11C7 11 5 4 17 4V1C2 1 4 8 1 8Z", fill: l.colour, "fill-opacity": 0.85 }));
    else if (l.kind === "polygons")
        root.append(svg("path", { d: "M1.5 1.5H16.5V6H9.5V10.5H1.5Z", fill: l.colour, "fill-opacity": 0.4,
                                  stroke: l.colour, "stroke-width": 1.2 }));
    else
        for (let i = 0; i < 9; ++i)
            root.append(svg("rect", { class: `field-key k${i}`, x: 2 * i, y: 1, width: 2, height: 10 }));
    return root;
}

function gaugeKey(): SVGElement {
    return svg("svg", { class: "key", viewBox: "0 0 18 12", width: 18, height: 12, "aria-hidden": "true" },
        svg("circle", { cx: 5, cy: 6, r: 3, fill: "#f0a040", stroke: "#333", "stroke-width": 0.8 }),
        svg("circle", { cx: 13, cy: 6, r: 3, fill: "#333", stroke: "#7cc4ff", "stroke-width": 1.6 }));
}

export function choiceOfMap(changed: (map: MapName, log: boolean) => void): HTMLElement {
    let map: MapName = "viridis";
    let log = false;
    const select = h("select", { "aria-label": "Colour map" },
        ...(["viridis", "cividis", "grey"] as const).map((name) => h("option", { value: name }, name)));
    select.addEventListener("change", () => changed((map = select.value as MapName), log));
    return h("div", { class: "maps" }, select,
        choice("Scale", [["linear", "Linear"], ["log", "Log"]] as const, "linear", (s) => changed(map, (log = s === "log"))));
}

interface BarState {
    layer: Pick<FieldLayer, "name" | "unit" | "level">;
    scale: Scale;
    table: Uint8Array;
    /** Other marks than round numbers. */
    marks?: readonly (readonly [number, string])[];
}

export function colourBar(): { element: HTMLElement; show(state: BarState | undefined): void } {
    const title = h("h3", {});
    const strip = h("canvas", { class: "colour-bar", width: 256, height: 1, "aria-hidden": "true" });
    const ticks = h("div", { class: "bar-ticks" });
    const element = h("div", { class: "bar" }, title, h("div", { class: "bar-body" }, strip, ticks));
    return {
        element,
        show(state) {
            element.hidden = state === undefined;
            if (!state) return;
            title.textContent = state.layer.name + (state.layer.unit ? ` [${state.layer.unit}]` : "");
            element.dataset.low = String(state.scale.low);
            element.dataset.high = String(state.scale.high);
            paintStrip(strip, state.table);
            ticks.replaceChildren(...tickMarks(state));
        },
    };
}

function paintStrip(strip: HTMLCanvasElement, table: Uint8Array): void {
    const image = new ImageData(256, 1);
    for (let i = 0; i < 256; ++i) image.data.set([...colourAt(table, i / 255), 255], 4 * i);
    strip.getContext("2d")?.putImageData(image, 0, 0);
}

function tickMarks({ layer, scale, marks: given }: BarState): HTMLElement[] {
    if (given) return given.map(([v, text]) => tickMark(v, scale, "bar-tick", text));
    const axis = scale.log ? logAxis(scale.low, scale.high) : linearAxis(scale.low, scale.high, 4, false);
    const inside = axis.ticks.filter((t) => t >= scale.low * (1 - 1e-9) && t <= scale.high * (1 + 1e-9));
    const marks = inside.map((t) => tickMark(t, scale, "bar-tick", numberText(t, 3)));
    if (layer.level !== undefined)
        marks.push(tickMark(layer.level, scale, "bar-level", `threshold ${numberText(layer.level, 4)}`));
    return marks;
}

function tickMark(value: number, scale: Scale, name: string, text: string): HTMLElement {
    const element = h("span", { class: name }, text);
    const t = position(value, scale);
    element.style.left = `${(100 * t).toFixed(2)}%`;
    if (t > 0.9) element.classList.add("right");
    if (t < 0.1) element.classList.add("left");
    return element;
}
