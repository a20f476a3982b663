// Process window: Bossung curves, dose limits through focus with the windows inside, latitude against depth of focus.

import { chartElement, type Area, type Chart, type Level, type Series, type Shape } from "./chart";
import { choice, h, type Child } from "./dom";
import { numberText } from "./format";
import type { DoseBand, FocusDose, ProcessWindow, WindowFeature } from "./manifest";

const percent = (doses: readonly (number | null)[]): (number | null)[] => doses.map((v) => (v === null ? null : 100 * v));
const doseText = (dose: number): string => `${numberText(100 * dose, 4)} %`;

/** One curve per dose. */
export function bossungCurves(w: ProcessWindow, f: WindowFeature): Series[] {
    const [rows, columns] = [f.cd_nm.length, f.cd_nm[0]?.length ?? 0];
    if (rows !== w.dose.length || columns !== w.focus_nm.length)
        throw new Error(`process window: ${rows} x ${columns} widths for ${w.dose.length} doses, ${w.focus_nm.length} focus values`);
    return w.dose.map((dose, i) => ({ name: doseText(dose), x: w.focus_nm, y: f.cd_nm[i], style: i % 6, points: true, line: "solid" }));
}

const fitCurves = (w: ProcessWindow, f: WindowFeature): Series[] =>
    (f.fit_nm ?? []).map((y, i) => ({ name: "fit", x: w.focus_nm, y, style: i % 6, line: "fit" }));

function bossungChart(w: ProcessWindow, f: WindowFeature): HTMLElement {
    const target = f.target_nm !== undefined && f.target_nm > 0 ? f.target_nm : undefined;
    const tolerance = f.tolerance_nm ?? 0.1 * (target ?? 0);
    const levels: Level[] = target === undefined ? [] : [{ value: target, label: `target ${numberText(target)} \u00b1 ${numberText(tolerance, 3)} nm` }];
    const iso = f.isofocal?.cd_nm;
    if (f.isofocal && typeof iso === "number")
        levels.push({ value: iso, label: `isofocal ${numberText(iso, 4)} nm at ${doseText(f.isofocal.dose)}`, end: true });
    return chartElement({
        label: `Bossung curves of ${f.name}: critical dimension against focus, one curve per dose`,
        height: 320, xLabel: "focus [nm]", yLabel: "CD [nm]", directLabels: true,
        series: [...bossungCurves(w, f), ...fitCurves(w, f)],
        levels, spanY: target === undefined ? undefined : [target - tolerance, target + tolerance],
    });
}

export function centreOf([f0, f1, e0, e1]: FocusDose): { focus: number; dose: number; depth: number; latitude: number } {
    const dose = 0.5 * (e0 + e1);
    return { focus: 0.5 * (f0 + f1), dose, depth: f1 - f0, latitude: (e1 - e0) / dose };
}

const area = (band: DoseBand, style: number, strong: boolean): Area =>
    ({ x: band.focus_nm, low: percent(band.low), high: percent(band.high), style, strong });

const limits = (band: DoseBand, name: string, style: number, line?: "solid" | "fit"): Series[] => [
    { name: `${name} low`, x: band.focus_nm, y: percent(band.low), style, line },
    { name: "high", x: band.focus_nm, y: percent(band.high), style, line },
];

const shape = (kind: Shape["kind"], [f0, f1, e0, e1]: FocusDose): Shape => ({ kind, x: [f0, f1], y: [100 * e0, 100 * e1] });

/** Dose against focus: every feature's region, the common one stronger, the deepest rectangle and ellipse. */
function limitsChart(w: ProcessWindow): Chart | undefined {
    const bands = w.features.flatMap((f, i) => (f.band ? [{ f, band: f.band, style: i % 6 }] : []));
    const known = bands.some(({ band }) => band.low.some((v) => v !== null));
    if (!known) return undefined;
    const shapes = w.rectangle ? [shape("rectangle", w.rectangle), shape("cross", w.rectangle)] : [];
    if (w.ellipse) shapes.push(shape("ellipse", w.ellipse));
    return {
        label: "Dose limits against focus with the deepest windows inside", height: 320, xLabel: "focus [nm]", yLabel: "dose [%]",
        areas: [...bands.map(({ band, style }) => area(band, style, !w.common)), ...(w.common ? [area(w.common, 0, true)] : [])],
        series: bands.flatMap(({ f, band, style }) => limits(band, f.name, style)), shapes,
    };
}

function latitudeChart(w: ProcessWindow): Chart | undefined {
    if (!w.curve?.latitude.length) return undefined;
    const { latitude, rectangle_nm, ellipse_nm } = w.curve;
    const y = percent(latitude).reverse();  // the curves end at full depth, where their names stand
    return {
        label: "Exposure latitude against depth of focus", height: 260, xLabel: "depth of focus [nm]", yLabel: "exposure latitude [%]",
        fromZero: true, directLabels: true,
        series: [{ name: "ellipse", x: [...ellipse_nm].reverse(), y, style: 3 },
                 { name: "rectangle", x: [...rectangle_nm].reverse(), y, style: 0, line: "solid" }],
        levels: w.latitude ? [{ value: 100 * w.latitude, label: `${numberText(100 * w.latitude)} %` }] : [],
    };
}

function pitchChart(w: ProcessWindow): Chart | undefined {
    if (!w.pitches) return undefined;
    const { pitch_nm: x, depth_nm, common_nm } = w.pitches;
    return {
        label: "Depth of focus against pitch", height: 260, xLabel: "pitch [nm]", yLabel: "depth of focus [nm]", fromZero: true, directLabels: true,
        series: [{ name: "alone", x, y: depth_nm, style: 0, points: true, line: "solid" },
                 { name: "shared", x, y: common_nm, style: 1, points: true }],
    };
}

function facts(w: ProcessWindow): HTMLElement | false {
    if (!w.rectangle) return false;
    const entry = (label: string, value: string): HTMLElement => h("div", {}, h("dt", {}, label), h("dd", {}, value));
    const c = centreOf(w.rectangle);
    return h("dl", { class: "window-facts" },
        entry(`depth of focus at ${numberText(100 * c.latitude, 3)} % latitude`, `${numberText(c.depth, 4)} nm`),
        w.ellipse ? entry("as an ellipse", `${numberText(centreOf(w.ellipse).depth, 4)} nm`) : "",
        entry("best focus", `${numberText(Math.abs(c.focus) < 1e-6 ? 0 : c.focus, 4)} nm`), entry("best dose", doseText(c.dose)),
        w.common ? entry("limited by", limiting(w)) : "");
}

/** Features whose own limits touch a side of the common rectangle. */
function limiting(w: ProcessWindow): string {
    const r = w.rectangle;
    if (!r) return "";
    const tight = (f: WindowFeature): boolean => (f.band?.focus_nm ?? []).some((x, i) => {
        if (!f.band || x < r[0] || x > r[1]) return false;
        const [low, high] = [f.band.low[i], f.band.high[i]];
        return (low !== null && low > r[2] * 0.998) || (high !== null && high < r[3] * 1.002);
    });
    return w.features.filter(tight).map((f) => f.name).join(", ") || "\u2014";
}

const titled = (title: string, chart: Chart | undefined, note?: Child): Child =>
    chart && h("div", {}, h("h3", {}, title), chartElement(chart), note);

export function processWindowPanel(w: ProcessWindow): HTMLElement {
    const host = h("div");
    const draw = (i: number): void => host.replaceChildren(bossungChart(w, w.features[i]));
    draw(0);
    const names = w.features.map((f, i) => [String(i), f.name] as const);
    const limitNote = h("p", { class: "hint" }, "Shaded: inside the size limits. Box and cross: deepest rectangle and its centre; dashed: deepest ellipse.");
    return h("div", {}, facts(w), h("div", { class: "window-charts" },
        h("div", {}, h("h3", {}, "Bossung curves, fit dashed"), names.length > 1 && choice("Feature", names, "0", (i) => draw(Number(i))), host),
        titled(w.common ? "Overlapping windows" : "Window of dose and focus", limitsChart(w), limitNote),
        titled("Exposure latitude against depth of focus", latitudeChart(w)),
        titled("Depth of focus against pitch", pitchChart(w),
               h("p", { class: "hint" }, "Alone: at the pitch's own best dose and focus. Shared: in one exposure with the layout's pitch."))));
}
