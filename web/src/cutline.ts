// Metrology along a cut: threshold crossings by root finding on the exact field.
//   CD   distance between the two crossings that enclose the centre of the cut [nm]
//   NILS CD |dI/ds| / I at a crossing, the normalised image log slope with the measured CD as width

import type { Field } from "./field";

export interface Cut {
    from: readonly [number, number];
    to: readonly [number, number];
}

export interface Profile {
    s: Float64Array;
    value: Float64Array;
}

export interface CutMetrics {
    crossings: number[];
    left?: number;
    right?: number;
    cd?: number;
    nilsLeft?: number;
    nilsRight?: number;
    minimum: number;
    maximum: number;
    contrast: number;
    bright: boolean;
}

/** Scan density: samples per shortest period of the field along the cut. */
const samplesPerPeriod = 16;
const mostSamples = 20000;

export const cutLength = (c: Cut): number => Math.hypot(c.to[0] - c.from[0], c.to[1] - c.from[1]);

function direction(c: Cut): [number, number] {
    const length = cutLength(c);
    return [(c.to[0] - c.from[0]) / length, (c.to[1] - c.from[1]) / length];
}

function along(field: Field, c: Cut): (s: number) => { value: number; slope: number } {
    const [ux, uy] = direction(c);
    return (s) => {
        const g = field.gradient(c.from[0] + s * ux, c.from[1] + s * uy);
        return { value: g.value, slope: g.dx * ux + g.dy * uy };
    };
}

export function profile(field: Field, c: Cut, leastSamples = 200): Profile {
    const length = cutLength(c);
    const [ux, uy] = direction(c);
    const wanted = Math.ceil(length * field.frequency(ux, uy) * samplesPerPeriod);
    const n = Math.min(Math.max(wanted, leastSamples), mostSamples) + 1;
    const at = along(field, c);
    const s = Float64Array.from({ length: n }, (_, i) => (length * i) / (n - 1));
    return { s, value: s.map((t) => at(t).value) };
}

export function measureCut(field: Field, c: Cut, threshold: number, scan = profile(field, c)): CutMetrics {
    const at = along(field, c);
    const crossings = crossingsOf(scan, threshold, (s) => at(s).value - threshold);
    const middle = 0.5 * cutLength(c);
    const left = crossings.filter((s) => s <= middle).at(-1);
    const right = crossings.find((s) => s > middle);
    const minimum = scan.value.reduce((a, b) => Math.min(a, b), Infinity);
    const maximum = scan.value.reduce((a, b) => Math.max(a, b), -Infinity);
    const metrics: CutMetrics = {
        crossings, left, right, minimum, maximum,
        contrast: (maximum - minimum) / (maximum + minimum),
        bright: at(middle).value > threshold,
    };
    if (left === undefined || right === undefined) return metrics;
    const cd = right - left;
    const nils = (s: number): number => (cd * Math.abs(at(s).slope)) / threshold;
    return { ...metrics, cd, nilsLeft: nils(left), nilsRight: nils(right) };
}

function crossingsOf(scan: Profile, threshold: number, f: (s: number) => number): number[] {
    const found: number[] = [];
    for (let i = 0; i + 1 < scan.s.length; ++i) {
        const a = scan.value[i] - threshold;
        const b = scan.value[i + 1] - threshold;
        if (a === 0) found.push(scan.s[i]);
        else if (a * b < 0) found.push(root(f, scan.s[i], scan.s[i + 1]));
    }
    return found;
}

/** Root of f in [a, b], f(a) f(b) < 0, by the ITP method: superlinear on smooth functions and never slower than
 *  bisection by more than one step. Oliveira and Takahashi, ACM Trans. Math. Softw. 47 (2020) 5. */
export function root(f: (x: number) => number, a: number, b: number, tolerance = 1e-10): number {
    let [fa, fb] = [f(a), f(b)];
    if (fa === 0) return a;
    if (fb === 0) return b;
    if (fa * fb > 0) throw new Error("root: no change of sign");
    const half = 0.5 * tolerance;
    const most = Math.max(Math.ceil(Math.log2((b - a) / tolerance)), 0) + 1;
    const kappa = 0.2 / (b - a);
    for (let step = 0; step <= most && b - a > tolerance; ++step) {
        const x = itpPoint(a, b, fa, fb, kappa * (b - a) ** 2, half * 2 ** (most - step) - 0.5 * (b - a));
        const fx = f(x);
        if (fx === 0) return x;
        if (fx * fa > 0) [a, fa] = [x, fx];
        else [b, fb] = [x, fx];
    }
    return 0.5 * (a + b);
}

/** Interpolate, truncate towards the centre by `shift`, project into the centred interval of half-width `reach`. */
function itpPoint(a: number, b: number, fa: number, fb: number, shift: number, reach: number): number {
    const centre = 0.5 * (a + b);
    const secant = (fb * a - fa * b) / (fb - fa);
    const side = Math.sign(centre - secant);
    const truncated = shift <= Math.abs(centre - secant) ? secant + side * shift : centre;
    return Math.abs(truncated - centre) <= reach ? truncated : centre - side * Math.max(reach, 0);
}
