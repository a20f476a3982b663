// Explorer of a sweep: parallel axes, scatter, limits typed by hand, the case in hand.

import { button, h } from "./dom";
import { numberText, unitText } from "./format";
import type { SweepCase } from "./manifest";
import { parallelPlot } from "./parallel";
import { colourBar } from "./plan_controls";
import { scatterPlot } from "./scatter";
import { tally, titleOf, valueText, type Column, type SweepTable } from "./sweep";
import { legibleMap, rgbOfText, sharedSweep, type SharedSweep } from "./sweep_state";
import { onPrint, pageColours } from "./theme";
import type { MapName } from "./colormap";

export interface SweepPanel {
    element: HTMLElement;
    shared: SharedSweep;
    redraw(): void;
}

const methods = { grid: "full grid", list: "list", lhs: "Latin hypercube", sobol: "Sobol\u2032 sequence", "monte-carlo": "Monte Carlo" };

export const sweepTitle = (t: SweepTable): string => `Sweep, ${t.cases.length} cases, ${methods[t.method] ?? t.method}`;

export function sweepPanel(table: SweepTable): SweepPanel {
    const shared = sharedSweep(table);
    const { state } = shared;
    const axes = firstAxes(table, state.colour);
    const parallel = parallelPlot(shared);
    const scatter = scatterPlot(shared, axes);
    const bar = colourBar();
    const count = h("p", { class: "tally", "aria-live": "polite" });

    let printing = false;
    const showBar = (): void => {
        const c = table.columns[state.colour];
        const ground = rgbOfText(pageColours(parallel.element, ["panel"], printing)[0]);
        if (c) bar.show({ layer: { name: c.label, unit: unitText(c.unit) }, scale: c, table: legibleMap(state.map, ground),
                          marks: c.words.length > 0 ? c.words.map((w, i) => [i, w] as const) : undefined });
    };
    const say = (): void => { count.textContent = tallyText(table, state.rows.length); };

    const colour = columnChoice("Colour", table.columns, state.colour, (k) => shared.look({ colour: k }));
    const map = h("select", { "aria-label": "Colour map" }, ...(["viridis", "cividis", "grey"] as const).map((m) => h("option", { value: m }, m)));
    map.addEventListener("change", () => shared.look({ map: map.value as MapName }));
    const place = { ...axes };
    const show = (): void => scatter.show(place.x, place.y);
    const choices = h("div", { class: "sweep-tools" },
        columnChoice("Across", table.columns, axes.x, (k) => { place.x = k; show(); }),
        columnChoice("Up", table.columns, axes.y, (k) => { place.y = k; show(); }));

    say();
    onPrint((on) => { printing = on; showBar(); });
    shared.onChange((change) => {
        if (change === "rows") say();
        if (change === "look") showBar();
    });
    const missed = table.cases.some((c) => c.met === false || c.status !== "done");
    const element = h("div", { class: "sweep" },
        h("div", { class: "sweep-tools" }, colour, map, button("Reset limits", () => shared.reset()), count),
        parallel.element,
        h("p", { class: "hint" }, "Drag along an axis to keep the cases inside; drag the band to move it, its ends to change it, click it to drop it."),
        h("div", { class: "sweep-lower" },
          h("div", {}, choices, scatter.element,
            h("p", { class: "hint" }, "Drag a box to set both limits, click to drop them.", missed ? " Cross: failed, refused or outside a limit of the recipe." : "")),
          h("div", { class: "sweep-side" }, bar.element, limitForm(shared), shownColumns(shared), caseFacts(shared))));
    requestAnimationFrame(showBar);
    return { element, shared, redraw() { parallel.redraw(); scatter.redraw(); showBar(); } };
}

/** The first output over the axis that moves it most. */
function firstAxes({ columns, effects }: SweepTable, output: number): { x: number; y: number } {
    const label = columns[output]?.label;
    const shares = effects.find((e) => e.output === label)?.shares ?? [];
    const best = shares.reduce<(typeof shares)[number] | undefined>((a, s) => ((s.main ?? -1) > (a?.main ?? -1) ? s : a), undefined);
    return { x: Math.max(0, columns.findIndex((c) => c.swept && c.label === best?.axis)), y: output };
}

function tallyText({ cases }: SweepTable, chosen: number): string {
    const t = tally(cases);
    const parts = [`${t.done} done`, t.failed > 0 && `${t.failed} failed`, t.refused > 0 && `${t.refused} refused`,
                   t.judged > 0 && `${t.met} within the limits of the recipe`].filter(Boolean);
    return `${chosen} of ${cases.length} cases chosen; ${parts.join(", ")}`;
}

function columnChoice(label: string, columns: readonly Column[], chosen: number, choose: (k: number) => void): HTMLElement {
    const option = (c: Column, k: number): HTMLElement => h("option", { value: k, selected: k === chosen }, titleOf(c));
    const group = (name: string, swept: boolean): HTMLElement =>
        h("optgroup", { label: name }, ...columns.flatMap((c, k) => (c.swept === swept ? [option(c, k)] : [])));
    const select = h("select", { "aria-label": label }, group("swept", true), group("results", false));
    select.addEventListener("change", () => choose(Number(select.value)));
    return h("label", { class: "column-choice" }, label, select);
}

/** The way to limits without a pointer: two numbers, or two words of a choice, per column. */
function limitForm(shared: SharedSweep): HTMLElement {
    const { state } = shared;
    const host = h("div", { class: "limits" });
    let inputs: Map<number, LimitInput[]>;
    function build(): void {
        inputs = new Map(state.shown.map((k) => [k, ["from", "to"].map((end) => {
            const input = limitInput(state.table.columns[k], end);
            input.addEventListener("change", () => apply(k));
            return input;
        })]));
        host.replaceChildren(...[...inputs].map(([k, pair]) =>
            h("div", { class: "limit-row" }, h("span", { title: titleOf(state.table.columns[k]) }, titleOf(state.table.columns[k])), ...pair)));
        fill();
    }
    function apply(k: number): void {
        const { low, high } = state.table.columns[k];
        const [from, to] = (inputs.get(k) ?? []).map((i) => (i.value === "" ? undefined : Number(i.value)));
        shared.limit(k, from === undefined && to === undefined ? undefined : [from ?? low, to ?? high]);
    }
    /** An end of the axis needs no number. */
    function fill(): void {
        for (const [k, pair] of inputs)
            pair.forEach((input, end) => {
                const v = state.limits[k]?.[end];
                const { low, high } = state.table.columns[k];
                const inwards = end === 0 ? Math.ceil : Math.floor;
                const open = v === undefined || v === (end === 0 ? low : high);
                const text = open ? "" : String(input instanceof HTMLSelectElement ? inwards(v) : Number(v.toPrecision(6)));
                if (document.activeElement !== input) input.value = text;
            });
    }
    build();
    shared.onChange((change) => (change === "look" ? build() : change === "rows" && fill()));
    return h("details", { open: true }, h("summary", {}, "Limits"), host);
}

type LimitInput = HTMLInputElement | HTMLSelectElement;

function limitInput(c: Column, end: string): LimitInput {
    const name = `${titleOf(c)} ${end}`;
    if (c.words.length > 0)
        return h("select", { "aria-label": name }, h("option", { value: "" }, end), ...c.words.map((w, i) => h("option", { value: i }, w)));
    return h("input", { type: "number", step: "any", "aria-label": name, placeholder: numberText(end === "from" ? c.low : c.high, 4) });
}

function shownColumns(shared: SharedSweep): HTMLElement {
    const { state } = shared;
    const summary = h("summary");
    const name = (): void => { summary.textContent = `Columns (${state.shown.length} of ${state.table.columns.length} shown)`; };
    name();
    const list = state.table.columns.map((c, k) => {
        const input = h("input", { type: "checkbox", checked: state.shown.includes(k) });
        input.addEventListener("change", () => {
            const shown = state.table.columns.flatMap((_, j) => ((j === k ? input.checked : state.shown.includes(j)) ? [j] : []));
            shared.look({ shown });
            name();
        });
        return h("label", { class: "switch" }, input, titleOf(c));
    });
    return h("details", {}, summary, h("div", { class: "column-list" }, ...list));
}

/** The case under the pointer or chosen in the table. */
function caseFacts(shared: SharedSweep): HTMLElement {
    const { state } = shared;
    const host = h("div", { class: "case-facts" });
    const show = (): void => {
        const row = state.current;
        if (row === undefined) {
            host.replaceChildren(h("p", { class: "hint" }, "Point at a case in the scatter, or walk the table, to read it here."));
            return;
        }
        const c = state.table.cases[row];
        host.replaceChildren(h("table", { class: "numbers" }, h("caption", {}, caseTitle(c)), h("tbody", {}, ...state.shown.map((k) => {
            const column = state.table.columns[k];
            return h("tr", {}, h("th", { scope: "row" }, column.label), h("td", {}, valueText(column, column.values[row])),
                     h("td", { class: "unit" }, unitText(column.unit)));
        }))));
    };
    show();
    shared.onChange((change) => (change === "current" || change === "look") && show());
    return host;
}

const caseTitle = (c: SweepCase): string =>
    `Case ${c.index}: ${c.status}${c.met === null ? "" : c.met ? ", limits met" : ", limits not met"}`;
