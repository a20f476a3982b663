// A synthetic sweep with closed forms: y = 50 + 10 a - 4 log10 b, z = a c. Case 3 failed, case 5 was refused.

import { reportPage } from "./pack.mjs";

/** Fractions of a lattice of rank 1: well spread, the same on every machine. */
const fraction = (i, k) => (((i + 1) * [0.754877666, 0.569840291, 0.430159709, 0.618033989][k % 4]) % 1);

/** a in [0.5, 1.5], b in [1, 1000] spaced by decades, c one of three levels. */
export const sweepInputs = (i) => [0.5 + fraction(i, 0), 10 ** (3 * fraction(i, 1)), [10, 20, 40][i % 3]];
export const sweepResults = ([a, b, c]) => [50 + 10 * a - 4 * Math.log10(b), a * c, Math.cos(9 * a) + 0.01 * c];
const lost = { 3: "failed", 5: "refused" };

export function sweepManifest({ cases = 240, name, limits = true, inputs = sweepInputs } = {}) {
    const text = (t) => name ?? t;
    const rows = Array.from({ length: cases }, (_, i) => inputs(i));
    const results = rows.map((r, i) => (lost[i] ? [null, null, null] : sweepResults(r)));
    const axis = (key, label, unit, scale, k) => ({ key, label: text(label), unit: text(unit), scale, values: rows.map((r) => r[k]) });
    const output = (id, label, unit, k) => ({ id, label: text(label), unit: text(unit), values: results.map((r) => r[k]) });
    return {
        schema: 1, title: text("Trench fill: aspect ratio, sticking and pressure"), exit: 0, plan: null,
        headline: [{ id: "cases", label: text("Cases"), value: cases, unit: "", pass: null }],
        sweep: {
            method: "sobol",
            axes: [axis("fill.sticking", "fill: sticking probability", "", "lin", 0),
                   axis("fill.pressure", "fill: pressure", "mTorr", "log", 1), axis("trench.width", "trench: width", "nm", "lin", 2)],
            outputs: [output("fill.closure.thickness", "fill: thickness at closure", "nm", 0),
                      output("fill.void.area", "fill: void area", "nm\u00b2", 1), output("fill.coverage", "fill: step coverage, bottom", "", 2)],
            cases: rows.map((_, i) => ({
                index: i, status: lost[i] ?? "done", code: lost[i] ? "D0503" : "",
                message: lost[i] ? text("did not converge in 200 iterations") : "", key: `${i}`.padStart(8, "0"),
                met: limits && !lost[i] ? results[i][0] < 58 : null,
                link: lost[i] ? "" : (name ?? `cases/${String(i).padStart(4, "0")}/report.html`),
            })),
            effects: [
                { output: "fill.closure.thickness", r2: 0.998, shares: [{ axis: "fill.sticking", main: 0.709 }, { axis: "fill.pressure", main: 0.287 }, { axis: "trench.width", main: 0.001 }] },
                { output: "fill.void.area", r2: 0.94, shares: [{ axis: "fill.sticking", main: 0.28 }, { axis: "fill.pressure", main: 0 }, { axis: "trench.width", main: 0.66 }] },
                { output: "fill.coverage", r2: null, shares: [{ axis: "fill.sticking", main: null }, { axis: "fill.pressure", main: null }, { axis: "trench.width", main: null }] },
            ],
        },
        provenance: { recipe: text("[sweep]\nmethod = \"sobol\"\n"), resolved: {}, run: { seed: 1 }, rerun: text("damascene run recipe.toml") },
        warnings: [], licences: [text("damascene, Apache-2.0")],
    };
}

export const sweepPage = (options) => reportPage(sweepManifest(options), []);
