// A synthetic calibration: openings of lines at four pitches and three focus values, residuals in closed form; every fifth
// gauge is held out, the first of each pitch an anchor, the last one does not print.

import { reportPage } from "./pack.mjs";

export const rms = { fitted: 0.3127, heldOut: 0.4409 };

const wave = (i) => 0.45 * Math.sin(2.4 * i + 0.3) + (i % 5 === 4 ? 0.35 : 0);

export const gauges = [90, 120, 180, 300].flatMap((pitch, p) => [-40, 0, 40].flatMap((focus, f) => [96, 104].map((dose, d) => {
    const i = 6 * p + 2 * f + d;
    const measured = 42 + 14 * p + 1.1 * (dose - 100) - focus * focus / 900 + 0.3 * d;
    return { name: `L45P${pitch}_F${focus}_D${dose}`, pattern: `lines 45/${pitch}`, pitch, focus, dose, measured,
             role: i % 5 === 4 ? "held out" : f + d === 0 ? "anchor" : "fitted", model: i === 23 ? null : measured + wave(i) };
})));

/** `options.name` replaces every string that a file could have supplied; `options.table: false` leaves the gauge table out. */
export function calibrationPage(options = {}) {
    const text = (t) => options.name ?? t;
    const column = (key) => gauges.map((g) => g[key]);
    const manifest = {
        schema: 1, title: text("Calibration to gauges"), exit: 0,
        headline: [{ id: "rms", label: text("fit: rms"), value: rms.fitted, unit: "nm", pass: true }],
        plan: null, cuts: [], topography: [],
        parity: [{ step: text("fit"), name: gauges.map((g) => text(g.name)), pattern: gauges.map((g) => text(g.pattern)), role: column("role"),
                   measured_nm: column("measured"), model_nm: column("model"), rms_nm: rms.fitted, hold_out_rms_nm: rms.heldOut }],
        gauges: options.table === false ? null : {
            step: text("fit"), x_column: -1, y_column: -1, epe_column: 6,
            columns: [{ name: "gauge", unit: "" }, { name: "pitch", unit: "nm" }, { name: "dose", unit: "%" }, { name: "focus", unit: "nm" },
                      { name: "measured", unit: "nm" }, { name: "model", unit: "nm" }, { name: "residual", unit: "nm" }, { name: "held out", unit: "" }],
            rows: gauges.map((g) => [text(g.name), g.pitch, g.dose, g.focus, g.measured, g.model, g.model === null ? null : g.model - g.measured,
                                     g.role === "held out" ? 1 : 0]) },
        convergence: [{ name: text("fit"), x: [0, 1, 2, 3], series: { loss: [812, 90, 14.2, 14.1] } }],
        provenance: { recipe: "[fit]\n", resolved: {}, run: { version: "0.1.0" }, rerun: "damascene rerun run.json" },
        warnings: [], licences: ["damascene, Apache-2.0"],
    };
    return reportPage(manifest, []);
}
