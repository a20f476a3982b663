// Cross-section over time: stage with legend, time line over all steps, voids, step coverage, wall profile, history.

import { linkedChart, type LinkedChart } from "./chart";
import { chartTicks } from "./chart_ticks";
import { button, choice, h, svg } from "./dom";
import { numberText } from "./format";
import { colourBar } from "./plan_controls";
import { placeText, reachText, sizeText, voidText } from "./section_draw";
import type { LatentMap } from "./section_map";
import { solidOf } from "./section_solid";
import { sectionView } from "./section_view";
import { solidView, type SolidView } from "./solid_view";
import type { Frame, Step } from "./topography";
import type { Rectangle } from "./view";

export interface SectionPanel {
    element: HTMLElement;
    redraw(): void;
}

interface Moment {
    step: Step;
    frame: Frame;
    index: number;
}

const tour = 5000;
const shortest = 60;
const longest = 300;

export function sectionPanel(steps: Step[]): SectionPanel {
    const moments: Moment[] = steps.flatMap((step) => step.frames.map((frame, index) => ({ step, frame, index })));
    const window = unionOf(steps.map((s) => s.window));
    const view = sectionView(window, (i) => place(i));
    const legend = h("ul", { class: "materials" });
    const voidList = h("div", { class: "voids", "aria-live": "polite" });
    const side = h("div", { class: "step-facts" });
    const along = h("div", { class: "along" });
    const over = h("div", { class: "small-multiples over" });
    const mapSwitch = h("input", { type: "checkbox" });
    const mapLabel = h("label", { class: "switch" }, mapSwitch, "Latent image");
    const bar = colourBar();
    const line = timeLine(moments, (i) => go(i));
    const hidden = new Set<string>();
    let current = moments.length - 1;
    let shownStep: Step | undefined;
    let wallCharts: LinkedChart[] = [];
    let history: { charts: LinkedChart[]; time: number[] } = { charts: [], time: [] };
    let solid: SolidView | undefined;
    let mode: "section" | "solid" = "section";

    function place(index: number | undefined): void {
        view.mark(index);
        for (const c of wallCharts) c.mark(index);
    }

    function go(index: number): void {
        current = index;
        const { step, frame } = moments[index];
        if (step !== shownStep) showStep(step);
        view.show(step, frame);
        showBar();
        showSolid();
        line.show(index);
        voidList.replaceChildren(...voidTable(step, frame));
        for (const c of history.charts) c.mark(nearest(history.time, frame.time));
    }

    function showBar(): void {
        const map = mapSwitch.checked && mode === "section" ? shownStep?.map : undefined;
        mapLabel.hidden = !shownStep?.map || mode === "solid";
        bar.show(map && { layer: map, scale: map.scale, table: map.table, marks: barMarks(map) });
    }

    function showSolid(): void {
        const { step, frame } = moments[current];
        if (mode === "solid") solid?.show(solidOf(step, frame, frame === step.frames.at(-1), hidden));
    }

    function showStep(step: Step): void {
        shownStep = step;
        place(undefined);
        legend.replaceChildren(...legendRows(step, hidden, () => {
            view.hide(new Set(hidden));
            showSolid();
        }));
        side.replaceChildren(...factsOf(step, steps.length > 1));
        wallCharts = wallChartsOf(step, place);
        history = historyCharts(step, (time) => go(moments.findIndex((m) => m.step === step) + nearest(step.frames.map((f) => f.time), time)));
        along.replaceChildren(...wallTitles(step, wallCharts));
        over.replaceChildren(...historyTitles(step, history.charts));
        element.classList.toggle("wide", wallCharts.length === 0);
    }

    const voidSwitch = h("input", { type: "checkbox" });
    voidSwitch.checked = true;
    voidSwitch.addEventListener("change", () => view.voids(voidSwitch.checked));
    const voidLabel = h("label", { class: "switch" }, voidSwitch, "Mark voids");
    mapSwitch.checked = true;
    mapSwitch.addEventListener("change", () => {
        view.map(mapSwitch.checked);
        showBar();
    });
    const turnHint = h("span", { class: "readout hint", hidden: true }, "Drag to turn, wheel to zoom.");
    const stages = h("div", { class: "stages" }, view.stage);
    const modes = choice("View", [["section", "Section"], ["solid", "3D"]] as const, "section", setMode);
    const notice = h("p", { class: "notice", role: "status", hidden: true }, "WebGL2 is not available in this browser: there is no 3D view.");
    function setMode(next: "section" | "solid"): void {
        mode = next;
        if (next === "solid" && !solid) {
            solid = solidView();
            if (solid) stages.append(solid.stage);
        }
        notice.hidden = !(next === "solid" && !solid);
        view.stage.hidden = next === "solid" && solid !== undefined;
        if (solid) solid.stage.hidden = next === "section";
        const flat = next === "section" || !solid;
        for (const e of [view.tools, view.readout, voidLabel]) e.hidden = !flat;
        turnHint.hidden = flat;
        go(current);
    }

    const element = h("div", { class: "cross-section" },
        h("div", { class: "section-main" },
          h("div", { class: "plan-tools" }, modes, view.tools,
            mapLabel, voidLabel, view.readout, turnHint),
          notice, stages, line.element),
        along,
        h("aside", { class: "section-side", "aria-label": "About the cross-section" },
          h("h3", {}, "Materials"), legend, bar.element, voidList, side),
        over);
    go(current);
    return { element, redraw() { view.redraw(); solid?.redraw(); } };
}

const barMarks = ({ scale: { low, high } }: LatentMap): (readonly [number, string])[] =>
    chartTicks(low, high, 5).filter((t) => t >= low && t <= high).map((t) => [t, numberText(t, 3)] as const);

export const sectionTitle = (steps: Step[]): string =>
    `Cross-section, ${sizeText(steps[0])}${steps.every((s) => s.axial) ? ", round (both halves drawn)" : ""}`;

// ------------------------------------------------------------------------------------------------------------ time line
export const timeText = (s: number): string => (s !== 0 && Math.abs(s) < 0.1 ? `${numberText(1000 * s, 4)} ms` : `${numberText(s, 4)} s`);

/** A label that only repeats the time. */
const isTime = (label: string): boolean => /^[\d.]+\s?(ms|s|min|h)$/.test(label);

function timeLine(moments: Moment[], go: (index: number) => void): { element: HTMLElement; show(index: number): void } {
    const legs = [...new Set(moments.map((m) => m.step))].map((step) => {
        const first = moments.findIndex((m) => m.step === step);
        const leg = button(step.name, () => { stop(); go(first + step.frames.length - 1); }, { class: "leg", title: `${step.name}: its end` });
        leg.style.flexGrow = String(step.frames.length);
        return { step, leg };
    });
    const slider = h("input", { type: "range", min: 0, max: moments.length - 1, step: 1, "aria-label": "Time" });
    const text = h("output", { class: "moment" });
    const several = new Set(moments.map((m) => m.step)).size > 1;
    let timer: ReturnType<typeof setInterval> | undefined;
    const sign = svg("path", { d: playSign, fill: "currentColor" });
    const play = button("", () => (timer === undefined ? start() : stop()), { class: "play", "aria-label": "Play", title: "Play" });
    play.append(svg("svg", { viewBox: "0 0 16 16", width: 14, height: 14, "aria-hidden": "true" }, sign));

    function running(on: boolean): void {
        sign.setAttribute("d", on ? pauseSign : playSign);
        for (const name of ["aria-label", "title"]) play.setAttribute(name, on ? "Pause" : "Play");
    }
    function stop(): void {
        clearInterval(timer);
        timer = undefined;
        running(false);
    }
    function start(): void {
        if (Number(slider.value) === moments.length - 1) go(0);
        running(true);
        timer = setInterval(() => {
            const next = Number(slider.value) + 1;
            go(next);
            if (next === moments.length - 1) stop();
        }, Math.min(Math.max(tour / moments.length, shortest), longest));
    }
    slider.addEventListener("input", () => {
        stop();
        go(Number(slider.value));
    });
    const jump = (label: string, by: number): HTMLButtonElement => button(by < 0 ? "\u2039" : "\u203a", () => {
        stop();
        go(Math.min(Math.max(Number(slider.value) + by, 0), moments.length - 1));
    }, { "aria-label": label, title: label });

    return {
        element: h("div", { class: "time-line" }, play, jump("Earlier", -1), slider, jump("Later", 1),
                   closures(moments),
                   several && h("div", { class: "legs", role: "group", "aria-label": "Steps" }, ...legs.map((l) => l.leg)), text),
        show(index) {
            const { step, frame, index: n } = moments[index];
            slider.value = String(index);
            for (const l of legs) l.leg.setAttribute("aria-pressed", String(l.step === step));
            const still = step.frames.length === 1 && frame.time === 0;
            const label = isTime(frame.label) ? "" : frame.label;
            const head = [several ? step.name : "", still ? label : timeText(frame.time)].filter(Boolean).join(" \u00b7 ");
            const tail = still ? "" : [label, `frame ${n + 1} of ${step.frames.length}`].filter(Boolean).join(" \u00b7 ");
            slider.setAttribute("aria-valuetext", [head, tail].filter(Boolean).join(", "));
            text.replaceChildren(h("b", {}, head), tail && ` ${tail}`);
        },
    };
}

/** Under the slider, where a mouth closed between two frames. */
function closures(moments: Moment[]): HTMLElement | undefined {
    const marks = moments.flatMap(({ step, frame, index }, i) => {
        const t = step.about.closure?.time_s ?? NaN;
        const next = step.frames[index + 1]?.time ?? (index > 0 && t === frame.time ? Infinity : -Infinity);
        if (!(frame.time <= t && t < next)) return [];
        const share = Number.isFinite(next) ? (t - frame.time) / (next - frame.time) : 0;
        const at = (i + share) / Math.max(moments.length - 1, 1);
        const late = at > 0.8;
        const mark = h("span", { class: late ? "late" : "", title: `closed after ${timeText(t)}` }, late ? "closed \u25b4" : "\u25b4 closed");
        mark.style.left = `${(100 * at).toFixed(2)}%`;
        return [mark];
    });
    return marks.length > 0 ? h("div", { class: "closures" }, ...marks) : undefined;
}

const playSign = "M3 1.5L14 8L3 14.5Z";
const pauseSign = "M3 2H6.5V14H3ZM9.5 2H13V14H9.5Z";

// ----------------------------------------------------------------------------------------------------------------- side
function legendRows(step: Step, hidden: Set<string>, changed: () => void): HTMLElement[] {
    const rows = step.materials.map(({ name, colour }) => {
        const box = h("input", { type: "checkbox" });
        box.checked = !hidden.has(name);
        box.addEventListener("change", () => {
            if (box.checked) hidden.delete(name);
            else hidden.add(name);
            changed();
        });
        return h("li", {}, h("label", {}, box,
            svg("svg", { class: "swatch", viewBox: "0 0 22 14", width: 22, height: 14, "aria-hidden": "true" },
                svg("rect", { x: 0.5, y: 0.5, width: 21, height: 13, rx: 2, fill: colour, stroke: "#14161a", "stroke-opacity": 0.7 })),
            h("span", { class: "layer-name", title: name }, name)));
    });
    return rows.reverse();
}

function voidTable(step: Step, frame: Frame): HTMLElement[] {
    if (frame.voids.length === 0) return [h("h3", {}, "Voids"), h("p", { class: "empty" }, "none at this time")];
    const order = [...frame.voids].sort((a, b) => b.size - a.size);
    return [h("h3", {}, `Voids (${order.length})`), h("ol", {}, ...order.slice(0, 12).map((v) =>
        h("li", { "data-size": v.size }, h("b", {}, voidText(v, step.axial)), ` at ${placeText(v, step.axial)}, ${reachText(v, step.axial)}`)))];
}

function factsOf(step: Step, named: boolean): HTMLElement[] {
    const { closure, notes, coverage } = step.about;
    const sentences = [
        closure && !notes?.some((t) => /\bclosed\b/i.test(t))
            ? `Closed after ${timeText(closure.time_s)}, at z = ${numberText(closure.z_nm, 4)} nm.` : undefined,
        ...(notes ?? []),
    ].filter((t): t is string => Boolean(t));
    const title = (text: string): string => (named ? `${text}: ${step.name}` : text);
    const out: HTMLElement[] = [];
    if (sentences.length > 0)
        out.push(h("h3", {}, title("Seam and closure")), h("ul", { class: "facts" }, ...sentences.map((t) => h("li", {}, t))));
    if (coverage && coverage.length > 0)
        out.push(h("h3", {}, title("Step coverage")), h("table", { class: "coverage" }, h("tbody", {}, ...coverage.map((c) => h("tr", {},
            h("th", { scope: "row" }, c.name, h("span", {}, c.meaning)), h("td", {}, c.value))))));
    return out;
}

// --------------------------------------------------------------------------------------------------------------- charts
function wallChartsOf(step: Step, place: (index: number | undefined) => void): LinkedChart[] {
    const wall = step.wall;
    if (!wall || wall.arc.length < 2) return [];
    const common = { height: 240, xLabel: "distance along the wall [nm]", fromZero: true, onPlace: place };
    const thickness = linkedChart({ ...common, label: "Film thickness along the wall", yLabel: "thickness [nm]",
                                    series: [{ name: "thickness", x: wall.arc, y: wall.thickness, style: 0 }] });
    if (wall.arrival.length === 0) return [thickness];
    return [thickness, linkedChart({
        ...common, label: "Arrival along the wall, open field = 1", yLabel: "arrival [open field = 1]",
        directLabels: wall.species.length > 1,
        series: wall.arrival.map((y, k) => ({ name: wall.species[k], x: wall.arc, y, style: (k + 1) % 6 })),
    })];
}

function historyCharts(step: Step, pick: (time: number) => void): { charts: LinkedChart[]; time: number[] } {
    const about = step.about.history;
    if (!about || about.time_s.length < 2) return { charts: [], time: [] };
    const closure = step.about.closure;
    const charts = Object.entries(about.series).map(([name, y], i) => linkedChart({
        label: `${name} against time`, height: 170, xLabel: "time [s]", yLabel: name,
        log: /error/.test(name) && y.some((v) => v !== null && v > 0), fromZero: true,
        series: [{ name, x: about.time_s, y, style: i % 6 }],
        marks: closure ? [{ value: closure.time_s, label: "closed" }] : [],
        onPick: (index) => pick(about.time_s[index]),
    }));
    return { charts, time: about.time_s };
}

const titled = (title: string, name: string, c: LinkedChart): HTMLElement => h("div", { class: `small ${name}` }, h("h3", {}, title), c.element);

function wallTitles(step: Step, charts: LinkedChart[]): HTMLElement[] {
    const only = step.wall?.species.length === 1 ? `, ${step.wall.species[0]}` : "";
    return charts.map((c, i) => titled(i === 0 ? "Thickness along the wall" : `Arrival along the wall${only}`, "wall", c));
}

const historyTitles = (step: Step, charts: LinkedChart[]): HTMLElement[] =>
    charts.map((c, i) => titled(`${plain(Object.keys(step.about.history?.series ?? {})[i])} over time`, "history", c));

const plain = (name: string): string => {
    const text = name.replace(/\s*\[.*\]$/, "");
    return text.charAt(0).toUpperCase() + text.slice(1);
};

const nearest = (list: ArrayLike<number>, at: number): number => {
    let best = 0;
    for (let i = 1; i < list.length; ++i) if (Math.abs(list[i] - at) < Math.abs(list[best] - at)) best = i;
    return best;
};

const unionOf = (all: Rectangle[]): Rectangle => [
    Math.min(...all.map((r) => r[0])), Math.min(...all.map((r) => r[1])),
    Math.max(...all.map((r) => r[2])), Math.max(...all.map((r) => r[3])),
];
