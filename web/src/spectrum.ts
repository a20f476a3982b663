// Band-limited field, exact sum.
//   I(r) = Re sum_f c_f exp(2 pi i (fx (x - x0) / Lx + fy (y - y0) / Ly)),   fx in [-bx, bx], fy in [-by, by]
// Lengths in nm. A real field is kept as its upper half plane: c_f and c_-f enter I only through c_f + conj(c_-f).

export interface Spectrum {
    band: readonly [number, number];
    periodNm: readonly [number, number];
    originNm: readonly [number, number];
    /** Folded coefficients, row fy = 0..by, column fx = -bx..bx. */
    re: Float64Array;
    im: Float64Array;
}

export interface Gradient {
    value: number;
    dx: number;
    dy: number;
}

/** Uniform samples: column i lies at x0 + i dx, row j at y0 + j dy [nm]. */
export interface Grid {
    nx: number;
    ny: number;
    x0: number;
    y0: number;
    dx: number;
    dy: number;
}

/** `coefficients`: row fy = -by..by, column fx = -bx..bx, (re, im) pairs. */
export function foldSpectrum(
    coefficients: Float64Array,
    band: readonly [number, number],
    periodNm: readonly [number, number],
    originNm: readonly [number, number],
): Spectrum {
    const [bx, by] = band;
    const columns = 2 * bx + 1;
    if (coefficients.length !== 2 * columns * (2 * by + 1)) throw new Error("spectrum: band and coefficients disagree");
    const re = new Float64Array((by + 1) * columns);
    const im = new Float64Array((by + 1) * columns);
    for (let fy = 0; fy <= by; ++fy)
        for (let fx = -bx; fx <= bx; ++fx) {
            const k = fy * columns + fx + bx;
            const here = 2 * ((fy + by) * columns + fx + bx);
            const mirror = 2 * ((by - fy) * columns + bx - fx);
            const fold = fy > 0 ? 1 : 0;
            re[k] = coefficients[here] + fold * coefficients[mirror];
            im[k] = coefficients[here + 1] - fold * coefficients[mirror + 1];
        }
    return { band, periodNm, originNm, re, im };
}

/** Highest frequency of the field along the unit direction (ux, uy) [1/nm]. */
export function highestFrequency(s: Spectrum, ux: number, uy: number): number {
    return (Math.abs(ux) * s.band[0]) / s.periodNm[0] + (Math.abs(uy) * s.band[1]) / s.periodNm[1];
}

export function spectrumGradient(s: Spectrum, x: number, y: number): Gradient {
    const [bx, by] = s.band;
    const kx = (2 * Math.PI) / s.periodNm[0];
    const ky = (2 * Math.PI) / s.periodNm[1];
    const { cos, sin } = phases(bx, kx * (x - s.originNm[0]));
    let value = 0;
    let dx = 0;
    let dy = 0;
    for (let fy = 0, k = 0; fy <= by; ++fy) {
        let a = 0, b = 0, da = 0, db = 0;
        for (let fx = -bx; fx <= bx; ++fx, ++k) {
            const c = cos[fx + bx];
            const d = sin[fx + bx];
            const p = s.re[k] * c - s.im[k] * d;
            const q = s.re[k] * d + s.im[k] * c;
            a += p;
            b += q;
            da -= fx * q;
            db += fx * p;
        }
        const theta = fy * ky * (y - s.originNm[1]);
        const c = Math.cos(theta);
        const d = Math.sin(theta);
        value += a * c - b * d;
        dx += kx * (da * c - db * d);
        dy -= ky * fy * (a * d + b * c);
    }
    return { value, dx, dy };
}

export function spectrumValue(s: Spectrum, x: number, y: number): number {
    return spectrumGradient(s, x, y).value;
}

function phases(b: number, theta: number): { cos: Float64Array; sin: Float64Array } {
    const cos = new Float64Array(2 * b + 1);
    const sin = new Float64Array(2 * b + 1);
    for (let f = -b; f <= b; ++f) {
        cos[f + b] = Math.cos(f * theta);
        sin[f + b] = Math.sin(f * theta);
    }
    return { cos, sin };
}

/** Separable sum: A(fy, x) = sum_fx c e_x, then I(x, y) = Re sum_fy A e_y. Yields between rows so that the page stays
 *  responsive; the last value is the sample array, row-major from y0 upward. */
export function* sampleSpectrum(s: Spectrum, grid: Grid): Generator<undefined, Float32Array> {
    const [bx, by] = s.band;
    const { nx, ny } = grid;
    const columns = 2 * bx + 1;
    const aRe = new Float64Array((by + 1) * nx);
    const aIm = new Float64Array((by + 1) * nx);
    const kx = (2 * Math.PI) / s.periodNm[0];
    for (let i = 0; i < nx; ++i) {
        const { cos, sin } = phases(bx, kx * (grid.x0 + i * grid.dx - s.originNm[0]));
        for (let fy = 0; fy <= by; ++fy) {
            let a = 0, b = 0;
            for (let m = 0, k = fy * columns; m < columns; ++m, ++k) {
                a += s.re[k] * cos[m] - s.im[k] * sin[m];
                b += s.re[k] * sin[m] + s.im[k] * cos[m];
            }
            aRe[fy * nx + i] = a;
            aIm[fy * nx + i] = b;
        }
        if (i % 16 === 15) yield undefined;
    }
    const out = new Float32Array(nx * ny);
    const row = new Float64Array(nx);
    const ky = (2 * Math.PI) / s.periodNm[1];
    for (let j = 0; j < ny; ++j) {
        row.fill(0);
        for (let fy = 0; fy <= by; ++fy) {
            const theta = fy * ky * (grid.y0 + j * grid.dy - s.originNm[1]);
            const c = Math.cos(theta);
            const d = Math.sin(theta);
            for (let i = 0, k = fy * nx; i < nx; ++i, ++k) row[i] += aRe[k] * c - aIm[k] * d;
        }
        out.set(row, j * nx);
        if (j % 16 === 15) yield undefined;
    }
    return out;
}
