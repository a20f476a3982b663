// Cut-line panel: profile along the cut, threshold, CD and NILS, the recipe's named cuts, coordinates by hand.

import { chartElement } from "./chart";
import { cutLength, measureCut, profile, type Cut, type CutMetrics } from "./cutline";
import { h } from "./dom";
import { numberText } from "./format";
import type { FieldLayer } from "./layers";
import type { NamedCut } from "./manifest";

export interface CutPanel {
    element: HTMLElement;
    show(cut: Cut, name?: string): void;
    refresh(): void;
}

export interface CutPanelOptions {
    cuts: NamedCut[];
    threshold?: number;
    field(): FieldLayer | undefined;
    moved(cut: Cut): void;
}

export function cutPanel(o: CutPanelOptions): CutPanel {
    const figure = h("div", { class: "cut-figure" });
    const numbers = h("div", { class: "cut-numbers", "aria-live": "polite" });
    const form = coordinates((cut) => {
        show(cut);
        o.moved(cut);
    });
    let current: { cut: Cut; name: string } | undefined;

    function show(cut: Cut, name = "free cut"): void {
        current = { cut, name };
        form.fill(cut);
        refresh();
    }

    function refresh(): void {
        const layer = o.field();
        if (!current || !layer || cutLength(current.cut) < 1e-6) {
            figure.replaceChildren(h("p", { class: "empty" },
                "Shift-drag across a feature in the plan, or choose Cut and drag two points."));
            numbers.replaceChildren();
            return;
        }
        const level = layer.level ?? o.threshold;
        const scan = profile(layer.field, current.cut);
        const metrics = level === undefined ? undefined : measureCut(layer.field, current.cut, level, scan);
        figure.replaceChildren(chartElement({
            label: `${layer.name} along the cut`, height: 320,
            xLabel: "distance from A [nm]", yLabel: layer.unit || layer.name, fromZero: true,
            series: [{ name: layer.name, x: scan.s, y: scan.value, style: 0 }],
            levels: level === undefined ? [] : [{ value: level, label: `threshold ${numberText(level)}` }],
            spanX: metrics?.cd === undefined ? undefined : [metrics.left as number, metrics.right as number],
        }));
        const known = o.cuts.find((c) => c.name === current?.name);
        numbers.replaceChildren(numbersTable(current.name, current.cut, metrics, known));
    }

    const list = o.cuts.length > 0 && cutList(o.cuts, (c) => {
        const cut = { from: c.from_nm, to: c.to_nm };
        show(cut, c.name);
        o.moved(cut);
    });
    refresh();
    const element = h("div", { class: "cut" }, figure, h("div", { class: "cut-side" }, numbers, list, form.element));
    return { element, show, refresh };
}

function numbersTable(name: string, cut: Cut, m: CutMetrics | undefined, known?: NamedCut): HTMLElement {
    const rows: [string, string, string, number | undefined][] = [
        ["CD at threshold", m?.cd === undefined ? "no crossing pair" : m.cd.toFixed(4), m?.cd === undefined ? "" : "nm", m?.cd],
        ["feature", m ? (m.bright ? "bright" : "dark") : "\u2014", "", undefined],
        ["NILS left", numberText(m?.nilsLeft ?? NaN, 4), "", m?.nilsLeft],
        ["NILS right", numberText(m?.nilsRight ?? NaN, 4), "", m?.nilsRight],
        ["minimum", numberText(m?.minimum ?? NaN, 4), "", m?.minimum],
        ["maximum", numberText(m?.maximum ?? NaN, 4), "", m?.maximum],
        ["contrast", numberText(m?.contrast ?? NaN, 4), "", m?.contrast],
        ["length", numberText(cutLength(cut), 6), "nm", cutLength(cut)],
    ];
    if (known?.cd_nm != null) rows.splice(1, 0, ["CD of the run", known.cd_nm.toFixed(4), "nm", known.cd_nm]);
    if (known?.nils != null) rows.splice(-4, 0, ["NILS of the run", numberText(known.nils, 4), "", known.nils]);
    return h("table", { class: "numbers" }, h("caption", {}, name), h("tbody", {}, ...rows.map(([label, value, unit, exact]) =>
        h("tr", {}, h("th", { scope: "row" }, label), h("td", { "data-value": exact, "data-name": label }, value),
          h("td", { class: "unit" }, unit)))));
}

function cutList(cuts: NamedCut[], choose: (c: NamedCut) => void): HTMLElement {
    const select = h("select", { "aria-label": "Cuts of the run" }, h("option", { value: "" }, "Cuts of the run\u2026"),
        ...cuts.map((c, i) => h("option", { value: i }, c.cd_nm == null ? c.name : `${c.name}  ${c.cd_nm.toFixed(2)} nm`)));
    select.addEventListener("change", () => {
        const c = cuts[Number(select.value)];
        if (select.value !== "" && c) choose(c);
    });
    return select;
}

/** From and to by hand: the way to a cut without a pointer. */
function coordinates(apply: (cut: Cut) => void): { element: HTMLElement; fill(cut: Cut): void } {
    const names = ["A x", "A y", "B x", "B y"];
    const inputs = names.map((name) => h("input", { type: "number", step: "any", required: true, "aria-label": `${name} [nm]` }));
    const form = h("form", { class: "coordinates" },
        ...names.map((name, i) => h("label", {}, name, inputs[i])), h("button", { type: "submit" }, "Measure"));
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        const [x0, y0, x1, y1] = inputs.map((i) => Number(i.value));
        apply({ from: [x0, y0], to: [x1, y1] });
    });
    const fill = (cut: Cut): void =>
        [...cut.from, ...cut.to].forEach((v, i) => (inputs[i].value = String(Number(v.toFixed(6)))));
    return { element: form, fill };
}
