// Convergence of the optimiser, as curves.

import { chartElement } from "./chart";
import { choice, h } from "./dom";
import { numberText } from "./format";
import type { Convergence } from "./manifest";

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
