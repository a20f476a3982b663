// Synthetic runs for the report's tests. `cosine` has closed forms; `metal` looks like a corrected contact-metal clip.

import { blobStore, reportPage } from "./pack.mjs";

function shapes(store, polygons, dtype) {
    const points = polygons.flat(2);
    const array = dtype === "i32" ? Int32Array.from(points) : Float32Array.from(points);
    return {
        points: store.add(array, dtype, [points.length / 2, 2]),
        counts: store.add(Int32Array.from(polygons, (p) => p.length), "i32", [polygons.length]),
    };
}

const rectangle = ([x0, y0, x1, y1]) => [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];

// ---------------------------------------------------------------------------------------------------------- closed form
export const cosine = { period: 800, mean: 0.45, amplitude: 0.35, threshold: 0.5, skew: 0.1 };

/** I = mean + amplitude cos(2 pi x / P) + skew cos(4 pi (x - y) / P + 0.7). */
export function cosineValue(x, y, c = cosine) {
    const k = (2 * Math.PI) / c.period;
    return c.mean + c.amplitude * Math.cos(k * x) + c.skew * Math.cos(2 * k * (x - y) + 0.7);
}

function cosineCoefficients(c) {
    const band = 2;
    const n = 2 * band + 1;
    const out = new Float64Array(2 * n * n);
    const set = (fx, fy, re, im) => out.set([re, im], 2 * ((fy + band) * n + fx + band));
    set(0, 0, c.mean, 0);
    for (const s of [1, -1]) set(s, 0, c.amplitude / 2, 0);
    for (const s of [1, -1]) set(2 * s, -2 * s, (c.skew / 2) * Math.cos(0.7), s * (c.skew / 2) * Math.sin(0.7));
    return { band: [band, band], array: out, shape: [n, n, 2] };
}

/** A bar with a hole and a second bar, in half nanometres, or the given rectangles [nm] in hundredths. */
const targetOf = (rectangles) =>
    rectangles ? rectangles.map((r) => rectangle(r.map((v) => Math.round(100 * v))))
               : [[200, 200, 600, 1400], [300, 600, 500, 1000], [1000, 200, 1400, 1400]].map(rectangle);

/** `options.name` replaces every string that a file could have supplied. */
export function cosinePage(options = {}) {
    const c = { ...cosine, ...options.cosine };
    const name = (text) => options.name ?? text;
    const store = blobStore();
    const s = cosineCoefficients(c);
    const layers = [
        { id: "aerial", name: name("Aerial image"), kind: "spectrum", visible: true, opacity: 1, band: s.band,
          period_nm: [c.period, c.period], origin_nm: [0, 0], unit: name("clear field"), level: c.threshold,
          coefficients: store.add(s.array, "f64", s.shape) },
        { id: "map", name: name("Height"), kind: "samples", visible: false, opacity: 1, unit: "nm", scale: 0.5, offset: -3,
          grid: { nx: 5, ny: 3, dx_nm: 200, dy_nm: 400, x0_nm: 0, y0_nm: 0 },
          data: store.add(Uint16Array.from({ length: 15 }, (_, i) => i * i), "u16", [3, 5]) },
        { id: "target", name: name("Target"), kind: "polygons", color: "#d55e00", visible: options.target ?? false, opacity: 1,
          unit_nm: options.rectangles ? 0.01 : 0.5, ...shapes(store, targetOf(options.rectangles), "i32") },
    ];
    const manifest = {
        schema: 1, title: name("Cosine image"), exit: 0,
        headline: [{ id: "cd", label: name("CD"), value: 123.456, unit: name("nm"), pass: true },
                   { id: "epe", label: name("EPE violations"), value: name("3"), unit: "", pass: false }],
        plan: { window_nm: [0, 0, c.period, c.period], threshold: c.threshold, layers },
        cuts: [{ name: name("line"), from_nm: [0, 400], to_nm: [800, 400], cd_nm: null, nils: null }],
        gauges: { columns: [{ name: name("site"), unit: "" }, { name: "x", unit: "nm" }, { name: "y", unit: "nm" },
                            { name: "epe", unit: "nm" }],
                  rows: [[name("left"), 100, 300, -1.25], [name("right"), 650, 520, 2.5], [name("top"), 400, 700, 0.25]],
                  x_column: 1, y_column: 2, epe_column: 3 },
        convergence: [{ name: name("step"), x: [0, 1, 2, 3], series: { [name("loss")]: [100, 20, 3, 1], L2: [9, 5, 4, 4] } }],
        process_window: { focus_nm: [-50, 0, 50], dose: [0.95, 1],
                          features: [{ name: name("line"), cd_nm: [[44, 46, 44], [48, 50, 48]], target_nm: 48 }] },
        provenance: { recipe: name("[[step]]"), resolved: { a: { [name("key")]: name("value") } },
                      run: { sha256: name("0123") }, rerun: name("damascene rerun run.json") },
        warnings: [name("a warning")], licences: [name("a licence")],
    };
    return reportPage(manifest, store.blobs);
}

// ----------------------------------------------------------------------------------------------------------- a metal clip
const metalSize = 2048;
const wires = [
    [560, 520, 640, 1500], [720, 520, 800, 1180], [800, 1100, 1060, 1180], [720, 1290, 800, 1560], [800, 1290, 1240, 1370],
    [1160, 700, 1240, 1290], [880, 520, 960, 1010], [960, 520, 1480, 600], [1040, 700, 1120, 1000], [1320, 700, 1400, 1460],
    [1400, 1180, 1500, 1260], [900, 1460, 1240, 1560],
];

const normal = (() => {
    let state = 20240601;
    const uniform = () => ((state = (state * 1103515245 + 12345) % 2147483648) + 0.5) / 2147483648;
    return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
})();

/** Low-passed rectangles, squared: a coherent image with a soft pupil of half-width b, so of band 2 b. */
function metalSpectrum(b, blur) {
    const L = metalSize;
    const edge = (f, a, c) => (f === 0 ? [(c - a) / L, 0] : (() => {
        const w = (-2 * Math.PI * f) / L;
        return [(Math.sin(w * c) - Math.sin(w * a)) / (w * L), -(Math.cos(w * c) - Math.cos(w * a)) / (w * L)];
    })());
    const n = 2 * b + 1;
    const re = new Float64Array(n * n);
    const im = new Float64Array(n * n);
    for (let fy = -b; fy <= b; ++fy)
        for (let fx = -b; fx <= b; ++fx) {
            const q = Math.hypot(fx, fy) / b;
            if (q > 1) continue;
            const pupil = Math.exp(-q * q * blur);
            for (const [x0, y0, x1, y1] of wires) {
                const [a, c] = edge(fx, x0, x1);
                const [d, e] = edge(fy, y0, y1);
                re[(fy + b) * n + fx + b] += pupil * (a * d - c * e);
                im[(fy + b) * n + fx + b] += pupil * (a * e + c * d);
            }
        }
    return { b, re, im };
}

function squared({ b, re, im }) {
    const n = 2 * b + 1;
    const B = 2 * b;
    const N = 2 * B + 1;
    const out = new Float64Array(2 * N * N);
    for (let i = 0; i < n * n; ++i)
        for (let j = 0; j < n * n; ++j) {
            if ((re[i] === 0 && im[i] === 0) || (re[j] === 0 && im[j] === 0)) continue;
            const fx = (i % n) - (j % n) + B;
            const fy = Math.floor(i / n) - Math.floor(j / n) + B;
            out[2 * (fy * N + fx)] += re[i] * re[j] + im[i] * im[j];
            out[2 * (fy * N + fx) + 1] += im[i] * re[j] - re[i] * im[j];
        }
    return { band: B, array: out };
}

function gridOf({ band: B, array }, n) {
    const N = 2 * B + 1;
    const phase = (f, i) => (2 * Math.PI * f * i) / n;
    const half = new Float64Array(2 * N * n);
    for (let r = 0; r < N; ++r)
        for (let i = 0; i < n; ++i)
            for (let f = -B; f <= B; ++f) {
                const [c, s] = [Math.cos(phase(f, i)), Math.sin(phase(f, i))];
                const [a, b] = [array[2 * (r * N + f + B)], array[2 * (r * N + f + B) + 1]];
                half[2 * (r * n + i)] += a * c - b * s;
                half[2 * (r * n + i) + 1] += a * s + b * c;
            }
    const out = new Float64Array(n * n);
    for (let j = 0; j < n; ++j)
        for (let r = 0; r < N; ++r) {
            const [c, s] = [Math.cos(phase(r - B, j)), Math.sin(phase(r - B, j))];
            for (let i = 0; i < n; ++i) out[j * n + i] += half[2 * (r * n + i)] * c - half[2 * (r * n + i) + 1] * s;
        }
    return out;
}

/** Marching squares on an n x n grid, edges linked to closed loops. */
function contours(values, n, level, step) {
    const links = new Map();
    const node = new Map();
    const at = (i, j) => values[j * n + i] - level;
    const cut = (i, j, horizontal) => {
        const key = `${i},${j},${horizontal}`;
        const [a, b] = [at(i, j), horizontal ? at(i + 1, j) : at(i, j + 1)];
        const t = a / (a - b);
        node.set(key, [(i + (horizontal ? t : 0)) * step, (j + (horizontal ? 0 : t)) * step]);
        return key;
    };
    for (let j = 0; j + 1 < n; ++j)
        for (let i = 0; i + 1 < n; ++i) {
            const c = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)].map((v) => v > 0);
            const sides = [[0, 1, () => cut(i, j, true)], [1, 2, () => cut(i + 1, j, false)], [2, 3, () => cut(i, j + 1, true)],
                           [3, 0, () => cut(i, j, false)]];
            const enter = sides.filter(([p, q]) => c[p] && !c[q]).map((s) => s[2]());
            const leave = sides.filter(([p, q]) => !c[p] && c[q]).map((s) => s[2]());
            enter.forEach((e, k) => links.set(e, leave[k]));
        }
    const loops = [];
    while (links.size > 0) {
        const loop = [];
        let key = links.keys().next().value;
        while (links.has(key)) {
            const next = links.get(key);
            links.delete(key);
            loop.push(node.get(key));
            key = next;
        }
        if (loop.length > 6) loops.push(loop);
    }
    return loops;
}

export function metalPage(title = "Metal clip, corrected mask") {
    const store = blobStore();
    const n = 512;
    const step = metalSize / n;
    const nominal = squared(metalSpectrum(17, 0.8));
    const values = gridOf(nominal, n);
    const level = 0.225;
    const inner = contours(values, n, level * 1.16, step);
    const outer = contours(values, n, level * 0.86, step);
    const mask = wires.map(([x0, y0, x1, y1]) => [[x0 - 9, y0 - 14], [x1 + 9, y0 - 14], [x1 + 9, y0 + 40], [x1 + 3, y0 + 40],
        [x1 + 3, y1 - 40], [x1 + 9, y1 - 40], [x1 + 9, y1 + 14], [x0 - 9, y1 + 14], [x0 - 9, y1 - 40], [x0 - 3, y1 - 40],
        [x0 - 3, y0 + 40], [x0 - 9, y0 + 40]]);
    const N = 2 * nominal.band + 1;
    const layers = [
        { id: "aerial", name: "Aerial image", kind: "spectrum", color: "#888888", visible: true, opacity: 1,
          band: [nominal.band, nominal.band], period_nm: [metalSize, metalSize], origin_nm: [0, 0], unit: "clear field", level,
          coefficients: store.add(nominal.array, "f64", [N, N, 2]) },
        { id: "mask", name: "Mask", kind: "polygons", color: "#56b4e9", visible: false, opacity: 0.4, unit_nm: 1,
          ...shapes(store, mask, "i32") },
        { id: "target", name: "Target", kind: "polygons", color: "#ffffff", visible: true, opacity: 0.08, unit_nm: 1,
          ...shapes(store, wires.map(rectangle), "i32") },
        { id: "pvb", name: "PV band", kind: "band", color: "#f0e442", visible: true, opacity: 0.5, unit_nm: 1,
          ...shapes(store, [...outer, ...inner], "f32") },
        { id: "contour", name: "Printed contour", kind: "contours", color: "#d55e00", visible: true, opacity: 1, unit_nm: 1,
          ...shapes(store, contours(values, n, level, step), "f32") },
    ];
    const sites = wires.flatMap(([x0, y0, x1, y1], w) => {
        const sides = [[x0, (y0 + y1) / 2, -1, 0], [x1, (y0 + y1) / 2, 1, 0], [(x0 + x1) / 2, y0, 0, -1], [(x0 + x1) / 2, y1, 0, 1]];
        return sides.map(([x, y, nx, ny], k) => [`W${w + 1}.${"LRBT"[k]}`, x, y, nx, ny, 2.2 * normal() + (ny ? -3.5 : 0.6)]);
    });
    const iterations = Array.from({ length: 61 }, (_, i) => i);
    const decay = (a, b, tau) => iterations.map((i) => Math.round(a + b * Math.exp(-i / tau) * (1 + 0.05 * Math.sin(i))));
    const focus = [-80, -60, -40, -20, 0, 20, 40, 60, 80];
    const doses = [0.94, 0.97, 1, 1.03, 1.06];
    const manifest = {
        schema: 1, title, exit: 0,
        headline: [
            { id: "l2", label: "L2 (nominal)", value: 38214, unit: "nm\u00b2", pass: null },
            { id: "pvb", label: "PV band", value: 47108, unit: "nm\u00b2", pass: null },
            { id: "epe", label: "EPE violations", value: 2, unit: "of 48", pass: false },
            { id: "mrc", label: "Mask rule violations", value: 0, unit: "", pass: true },
            { id: "shots", label: "Shots", value: 96, unit: "", pass: null },
            { id: "cd", label: "CD, wire 1", value: 80.3127, unit: "nm", pass: true },
            { id: "time", label: "Time", value: 4.18, unit: "s", pass: null },
        ],
        plan: { window_nm: [512, 480, 1536, 1600], threshold: level, layers },
        cuts: [{ name: "wire 1, middle", from_nm: [510, 1000], to_nm: [690, 1000], cd_nm: 80.3127, nils: 2.41 },
               { name: "gap between W3 and W5", from_nm: [930, 1080], to_nm: [930, 1400], cd_nm: null, nils: null }],
        gauges: { columns: [{ name: "site", unit: "" }, { name: "x", unit: "nm" }, { name: "y", unit: "nm" }, { name: "nx", unit: "" },
                            { name: "ny", unit: "" }, { name: "EPE", unit: "nm" }],
                  rows: sites, x_column: 1, y_column: 2, epe_column: 5 },
        convergence: [{ name: "mask", x: iterations,
                        series: { loss: decay(52000, 410000, 7), L2: decay(38214, 90000, 6), "PV band": decay(47108, 52000, 9) } }],
        process_window: syntheticWindow(focus, doses),
        provenance: {
            recipe: `schema = "1.0"\ntitle  = "${title}"\n\n[[step]]\nuse        = "optics"\nwavelength = "193.368 nm"\nna         = 1.35\n` +
                `source     = { shape = "quasar", sigma = [0.60, 0.84], opening = "32 deg" }\n\n[[step]]\nuse        = "mask"\nmethod     = "ilt"\n` +
                `iterations = 60\n\n[[step]]\nuse    = "metrics"\ngauges = "edges"\n`,
            resolved: { optics: { na: "1.35", wavelength: "193.368 nm", n_medium: "1.4366 (default)" },
                        mask: { iterations: "60", learning_rate: "0.4 (default)" }, resist: { threshold: "0.225" } },
            run: { version: "0.1.0", result_sha256: "9f2c1d7e0b6a4f3358c1d9ac0e57b2d4417fa0c93be6d8175a2e0c4499ab31f0",
                   recipe_sha256: "51b09e1a7c3344d2a0c5f88e2b17d96630fa1c4e9d2b7a685e03c1f7d98a42be", seed: 20240601, threads: 2 },
            rerun: "damascene rerun results/metal-3f9c01aa/run.json",
        },
        warnings: ["D0210 resist.threshold = 0.225 lies below the validated range 0.25 .. 0.40 (recipe.toml:14:13)"],
        licences: ["damascene, Apache-2.0", "viridis and cividis colour maps, CC0"],
    };
    return reportPage(manifest, store.blobs);
}

/** Two features whose windows overlap: CD = target + 120 (E - E_0) - (F - F_0)^2 / 900, limits and windows to match. */
function syntheticWindow(focus, doses) {
    const fine = Array.from({ length: 41 }, (_, i) => -60 + 3 * i);
    const feature = (name, target, f0, e0) => {
        const cd = (f, e) => target + 120 * (e - e0) - (f - f0) ** 2 / 900;
        const limit = (f, side) => e0 + (side * 0.1 * target + (f - f0) ** 2 / 900) / 120;
        const sizes = doses.map((e) => focus.map((f) => cd(f, e)));
        return { name, target_nm: target, tolerance_nm: 0.1 * target, cd_nm: sizes,
                 fit_nm: sizes.map((row) => row.map((v) => v + 0.3)), isofocal: { dose: 0.985, cd_nm: target - 1.8 },
                 band: { focus_nm: fine, low: fine.map((f) => limit(f, -1)), high: fine.map((f) => limit(f, 1)) } };
    };
    const features = [feature("wire 1", 80, 0, 1), feature("gap W3 to W5", 64, 12, 1.02)];
    const [a, b] = features.map((f) => f.band);
    const common = { focus_nm: fine, low: fine.map((_, i) => Math.max(a.low[i], b.low[i])),
                     high: fine.map((_, i) => Math.min(a.high[i], b.high[i])) };
    const latitude = Array.from({ length: 21 }, (_, i) => 0.005 * i);
    return { focus_nm: focus, dose: doses, features, common, latitude: 0.05, rectangle: [-46, 58, 0.999, 1.05],
             ellipse: [-52, 60, 0.998, 1.049],
             curve: { latitude, rectangle_nm: latitude.map((l) => 118 * (1 - l / 0.1)),
                      ellipse_nm: latitude.map((l) => 118 * Math.sqrt(1 - (l / 0.1) ** 2)) },
             pitches: { pitch_nm: [160, 200, 240, 280, 320], depth_nm: [140, 120, 60, 90, 110], common_nm: [140, 100, 0, 50, 90] } };
}
