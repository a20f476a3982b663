import { expect, test } from "vitest";
import { measureCut, profile, root } from "../../src/cutline";
import { spectrumField, type Field } from "../../src/field";

/** I = m + a cos(2 pi x / P): crossings, width and slope in closed form. */
const [mean, amplitude, period, threshold] = [0.45, 0.35, 180, 0.5];
const k = (2 * Math.PI) / period;
const edge = Math.acos((threshold - mean) / amplitude) / k;
const coefficients = new Float64Array(18);
coefficients[6] = coefficients[10] = amplitude / 2;
coefficients[8] = mean;
const cosine: Field = spectrumField(coefficients, [1, 1], [period, period], [0, 0]);

test("the width of a bright line is twice the edge of the cosine", () => {
    const m = measureCut(cosine, { from: [-90, 3], to: [90, 3] }, threshold);
    expect(m.cd).toBeCloseTo(2 * edge, 8);
    expect(m.bright).toBe(true);
    expect(m.crossings).toHaveLength(2);
});

test("the width of the dark space is the rest of the period", () => {
    const m = measureCut(cosine, { from: [0, 0], to: [period, 0] }, threshold);
    expect(m.cd).toBeCloseTo(period - 2 * edge, 8);
    expect(m.bright).toBe(false);
});

test("a cut tilted by the angle t measures the width over cos t", () => {
    const m = measureCut(cosine, { from: [-60, -60], to: [60, 60] }, threshold);
    expect(m.cd).toBeCloseTo(2 * edge * Math.SQRT2, 8);
});

test("NILS is the width times the log slope at the edge", () => {
    const m = measureCut(cosine, { from: [-90, 0], to: [90, 0] }, threshold);
    const nils = (2 * edge * amplitude * k * Math.sin(k * edge)) / threshold;
    expect(m.nilsLeft).toBeCloseTo(nils, 8);
    expect(m.nilsRight).toBeCloseTo(nils, 8);
});

test("contrast and extremes are those of the cosine", () => {
    const m = measureCut(cosine, { from: [-90, 0], to: [90, 0] }, threshold);
    expect(m.maximum).toBeCloseTo(mean + amplitude, 12);
    expect(m.minimum).toBeCloseTo(mean - amplitude, 12);
    expect(m.contrast).toBeCloseTo(amplitude / mean, 10);
});

test("without a crossing on either side of the centre there is no width", () => {
    expect(measureCut(cosine, { from: [-5, 0], to: [5, 0] }, threshold).cd).toBeUndefined();
    expect(measureCut(cosine, { from: [-90, 0], to: [90, 0] }, 0.9).crossings).toHaveLength(0);
});

test("a short cut is scanned densely enough for the field's highest frequency", () => {
    const scan = profile(cosine, { from: [0, 0], to: [40 * period, 0] }, 10);
    expect(scan.s.length).toBeGreaterThan(16 * 40);
    expect(measureCut(cosine, { from: [0, 0], to: [40 * period, 0] }, threshold).crossings).toHaveLength(80);
});

test("a smooth crossing takes far fewer evaluations than bisection", () => {
    let count = 0;
    root((x) => (++count, Math.sin(x) - 0.4), 0, 1);
    expect(count).toBeLessThan(14);  // bisection to 1e-10 takes 36
});

test("the root finder reaches 1e-10 on flat, steep and one-sided functions", () => {
    expect(root((x) => x ** 3, -1, 0.7)).toBeCloseTo(0, 9);
    expect(root((x) => Math.expm1(30 * x), -1, 1)).toBeCloseTo(0, 9);
    expect(root((x) => Math.cos(x) - x, 0, 1)).toBeCloseTo(0.7390851332151607, 9);
    expect(root((x) => (x < 0.3 ? -1e-9 : 1), 0, 1)).toBeCloseTo(0.3, 9);
    expect(() => root((x) => x + 2, 0, 1)).toThrow(/sign/);
});
