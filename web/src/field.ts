// A scalar field over the plan: value and gradient in double precision, and samples for the picture. Lengths in nm.

import { foldSpectrum, highestFrequency, sampleSpectrum, spectrumGradient, type Gradient, type Grid } from "./spectrum";

export interface Field {
    gradient(x: number, y: number): Gradient;
    /** Highest frequency along a unit direction [1/nm]; sets how densely a line must be scanned for crossings. */
    frequency(ux: number, uy: number): number;
    /** Samples on `grid`, computed in slices. */
    sample(grid: Grid): Generator<undefined, Float32Array>;
    /** The stored grid of a sampled field; undefined where any grid can be computed exactly. */
    stored?: Tile;
}

export interface Tile extends Grid {
    values: Float32Array;
}

export function spectrumField(
    coefficients: Float64Array,
    band: readonly [number, number],
    periodNm: readonly [number, number],
    originNm: readonly [number, number],
): Field {
    const s = foldSpectrum(coefficients, band, periodNm, originNm);
    return {
        gradient: (x, y) => spectrumGradient(s, x, y),
        frequency: (ux, uy) => highestFrequency(s, ux, uy),
        sample: (grid) => sampleSpectrum(s, grid),
    };
}

/** Stored samples, bilinear between nodes; node (0, 0) at (x0, y0). */
export function sampledField(grid: Grid, values: Float64Array): Field {
    if (values.length !== grid.nx * grid.ny) throw new Error("samples: grid and data disagree");
    const gradient = (x: number, y: number): Gradient => bilinear(grid, values, x, y);
    return {
        gradient,
        frequency: (ux, uy) => 0.5 * (Math.abs(ux) / grid.dx + Math.abs(uy) / grid.dy),
        sample: function* (g) {
            const out = new Float32Array(g.nx * g.ny);
            for (let j = 0, k = 0; j < g.ny; ++j) {
                for (let i = 0; i < g.nx; ++i, ++k) out[k] = gradient(g.x0 + i * g.dx, g.y0 + j * g.dy).value;
                if (j % 16 === 15) yield undefined;
            }
            return out;
        },
        stored: { ...grid, values: Float32Array.from(values) },
    };
}

/** Bilinear value and gradient; beyond the outer nodes the border value continues. */
export function bilinear(grid: Grid, v: ArrayLike<number>, x: number, y: number): Gradient {
    const u = clamp((x - grid.x0) / grid.dx, 0, grid.nx - 1);
    const w = clamp((y - grid.y0) / grid.dy, 0, grid.ny - 1);
    const i = Math.min(Math.floor(u), Math.max(grid.nx - 2, 0));
    const j = Math.min(Math.floor(w), Math.max(grid.ny - 2, 0));
    const right = Math.min(i + 1, grid.nx - 1);
    const up = Math.min(j + 1, grid.ny - 1);
    const a = v[j * grid.nx + i];
    const b = v[j * grid.nx + right];
    const c = v[up * grid.nx + i];
    const d = v[up * grid.nx + right];
    const p = u - i;
    const q = w - j;
    return {
        value: (1 - q) * ((1 - p) * a + p * b) + q * ((1 - p) * c + p * d),
        dx: ((1 - q) * (b - a) + q * (d - c)) / grid.dx,
        dy: ((1 - p) * (c - a) + p * (d - b)) / grid.dy,
    };
}

export function drain(work: Generator<undefined, Float32Array>): Float32Array {
    for (;;) {
        const step = work.next();
        if (step.done) return step.value;
    }
}

const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);
