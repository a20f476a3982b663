// Statistics of a column of numbers: moments and a histogram whose bins break at zero.

export interface Summary {
    count: number;
    mean: number;
    /** Sample standard deviation, n - 1. */
    sigma: number;
    rms: number;
    minimum: number;
    maximum: number;
    largest: number;
}

export interface Histogram {
    low: number;
    width: number;
    counts: number[];
}

export function summary(values: readonly number[]): Summary {
    const count = values.length;
    const mean = values.reduce((a, b) => a + b, 0) / count;
    const squares = values.reduce((a, b) => a + (b - mean) ** 2, 0);
    const minimum = values.reduce((a, b) => Math.min(a, b), Infinity);
    const maximum = values.reduce((a, b) => Math.max(a, b), -Infinity);
    return {
        count, mean, minimum, maximum,
        sigma: count > 1 ? Math.sqrt(squares / (count - 1)) : 0,
        rms: Math.sqrt(values.reduce((a, b) => a + b * b, 0) / count),
        largest: Math.max(Math.abs(minimum), Math.abs(maximum)),
    };
}

/** Linear interpolation between order statistics (Hyndman and Fan type 7). */
export function quantile(sorted: readonly number[], p: number): number {
    const h = (sorted.length - 1) * p;
    const i = Math.min(Math.floor(h), sorted.length - 2);
    return i < 0 ? sorted[0] : sorted[i] + (h - i) * (sorted[i + 1] - sorted[i]);
}

/** Bin width of Freedman and Diaconis (1981), 2 IQR n^(-1/3), rounded down to 1, 2 or 5 times a power of ten; bin edges are
 *  multiples of the width, so no bin mixes signs. */
export function histogram(values: readonly number[], mostBins = 48): Histogram {
    const sorted = [...values].sort((a, b) => a - b);
    const first = sorted[0];
    const last = sorted[sorted.length - 1];
    const iqr = quantile(sorted, 0.75) - quantile(sorted, 0.25);
    const wanted = iqr > 0 ? (2 * iqr) / Math.cbrt(sorted.length) : (last - first) / 10;
    const width = Math.max(niceBelow(wanted || 1), niceStep((last - first) / mostBins || 1e-12));
    const begin = Math.floor(first / width);
    const counts = new Array<number>(Math.floor(last / width) - begin + 1).fill(0);
    for (const v of sorted) counts[Math.floor(v / width) - begin] += 1;
    return { low: begin * width, width, counts };
}

/** Largest of 1, 2, 5 x 10^k that is not above `step`. */
export function niceBelow(step: number): number {
    const decade = 10 ** Math.floor(Math.log10(step));
    return decade * ([5, 2].find((f) => f * decade <= step * (1 + 1e-12)) ?? 1);
}

/** Smallest of 1, 2, 5 x 10^k that is not below `step`. */
export function niceStep(step: number): number {
    const decade = 10 ** Math.floor(Math.log10(step));
    const m = [1, 2, 5, 10].find((f) => f * decade >= step * (1 - 1e-12)) ?? 10;
    return m * decade;
}
