// Convergence of the optimiser and the process window, as curves.

import { chartElement } from "./chart";
import { choice, h } from "./dom";
import { numberText } from "./format";
import type { Convergence, ProcessWindow } from "./manifest";

/** One small chart per quantity: loss and pixel counts share no axis. */
export function convergencePanel(steps: Convergence[]): HTMLElement {
    const host = h("div", { class: "small-multiples" });
    const draw = (log: boolean): void => host.replaceChildren(...steps.flatMap((s) => stepCharts(s, steps.length > 1, log)));
    draw(true);
    return h("div", {}, choice("Scale of the convergence charts", [["log", "Log"], ["linear", "Linear"]] as const, "log",
                               (v) => draw(v === "log")), host);
}

function stepCharts(step: Convergence, named: boolean, log: boolean): HTMLElement[] {
    return Object.entries(step.series).map(([name, y], i) => {
        const last = y.findLast((v) => typeof v === "number");
        const title = (named ? `${step.name}: ` : "") + name;
        const positive = y.some((v) => typeof v === "number" && v > 0);
        return h("div", { class: "small" },
            h("h3", {}, title, h("span", { class: "last" }, last == null ? "" : `final ${numberText(last)}`)),
            chartElement({ label: `${title} against iteration`, height: 190, xLabel: "iteration", yLabel: name,
                           log: log && positive, series: [{ name, x: step.x, y, style: i % 6 }] }));
    });
}

export interface BossungCurve {
    dose: number;
    cd: (number | null)[];
}

/** Rows are doses; a matrix given the other way round is recognised unless it is square. */
export function bossungCurves(w: ProcessWindow): BossungCurve[] {
    const [rows, columns] = [w.cd_nm.length, w.cd_nm[0]?.length ?? 0];
    if (rows === w.dose.length && columns === w.focus_nm.length)
        return w.dose.map((dose, i) => ({ dose, cd: w.cd_nm[i] }));
    if (columns === w.dose.length && rows === w.focus_nm.length)
        return w.dose.map((dose, i) => ({ dose, cd: w.cd_nm.map((row) => row[i]) }));
    throw new Error(`process window: ${rows} x ${columns} widths for ${w.dose.length} doses, ${w.focus_nm.length} focus values`);
}

export function processWindowPanel(w: ProcessWindow): HTMLElement {
    const target = w.target_nm !== undefined && w.target_nm > 0 ? w.target_nm : undefined;
    return h("div", {}, chartElement({
        label: "Bossung curves: critical dimension against focus, one curve per dose",
        height: 320, xLabel: "focus [nm]", yLabel: "CD [nm]", directLabels: true,
        series: bossungCurves(w).map(({ dose, cd }, i) => (
            { name: `dose ${numberText(dose, 4)}`, x: w.focus_nm, y: cd, style: i % 6, points: true })),
        levels: target == null ? [] : [{ value: target, label: `target ${numberText(target)} nm, \u00b110 %` }],
        spanY: target == null ? undefined : [0.9 * target, 1.1 * target],
    }));
}
