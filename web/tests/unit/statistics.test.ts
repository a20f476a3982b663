import { expect, test } from "vitest";
import { histogram, niceBelow, niceStep, quantile, summary } from "../../src/statistics";

test("moments of five numbers", () => {
    const s = summary([-2, -1, 0, 3, 5]);
    expect(s.mean).toBe(1);
    expect(s.sigma).toBeCloseTo(Math.sqrt(34 / 4), 12);
    expect(s.rms).toBeCloseTo(Math.sqrt(39 / 5), 12);
    expect([s.minimum, s.maximum, s.largest, s.count]).toEqual([-2, 5, 5, 5]);
    expect(summary([4]).sigma).toBe(0);
});

test("quantiles interpolate between order statistics", () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75);
    expect(quantile([7], 0.9)).toBe(7);
});

test("a histogram counts every value once and breaks at zero", () => {
    const values = Array.from({ length: 1000 }, (_, i) => Math.sin(i) * 3 + 0.4);
    const { low, width, counts } = histogram(values);
    expect(counts.reduce((a, b) => a + b, 0)).toBe(1000);
    expect(Math.abs(low / width - Math.round(low / width))).toBeLessThan(1e-9);
    const negative = values.filter((v) => v < 0).length;
    expect(counts.slice(0, Math.round(-low / width)).reduce((a, b) => a + b, 0)).toBe(negative);
    expect(counts.length).toBeLessThanOrEqual(50);
});

test("equal values and a single value fill one bin", () => {
    expect(histogram([2.5, 2.5, 2.5]).counts).toEqual([3]);
    expect(histogram([-1]).counts).toEqual([1]);
});

test("steps are 1, 2 or 5 times a power of ten", () => {
    expect([0.9, 1, 1.1, 2, 4, 5, 6, 300].map(niceStep)).toEqual([1, 1, 2, 2, 5, 5, 10, 500]);
    expect([0.9, 1, 1.1, 2, 4, 5, 6, 300].map(niceBelow)).toEqual([0.5, 1, 1, 2, 2, 5, 5, 200]);
});
