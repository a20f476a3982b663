import { expect, test } from "vitest";
import { drain, sampledField, spectrumField } from "../../src/field";
import { foldSpectrum, highestFrequency, sampleSpectrum, spectrumGradient, spectrumValue } from "../../src/spectrum";

/** Slow truth: the definition, term by term. */
function definition(c: Float64Array, [bx, by]: number[], [lx, ly]: number[], [x0, y0]: number[], x: number, y: number): number {
    let sum = 0;
    for (let fy = -by; fy <= by; ++fy)
        for (let fx = -bx; fx <= bx; ++fx) {
            const k = 2 * ((fy + by) * (2 * bx + 1) + fx + bx);
            const phase = 2 * Math.PI * ((fx * (x - x0)) / lx + (fy * (y - y0)) / ly);
            sum += c[k] * Math.cos(phase) - c[k + 1] * Math.sin(phase);
        }
    return sum;
}

const band = [3, 2] as const;
const period = [640, 480] as const;
const origin = [-37.5, 12.25] as const;
let state = 1;
const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647 - 0.5;
const coefficients = Float64Array.from({ length: 2 * 7 * 5 }, random);
const folded = foldSpectrum(coefficients, band, period, origin);
const places = Array.from({ length: 40 }, () => [2000 * random(), 2000 * random()]);

test("the folded sum equals the definition for coefficients without symmetry", () => {
    for (const [x, y] of places)
        expect(Math.abs(spectrumValue(folded, x, y) - definition(coefficients, [...band], [...period], [...origin], x, y)))
            .toBeLessThan(1e-12);
});

test("the gradient is the derivative of the value", () => {
    const h = 1e-3;  // nm; central difference error h^2 f''' / 6 with |f'''| <= 25 (2 pi 3 / 480)^3 ~ 2e-3, far below 1e-8
    for (const [x, y] of places) {
        const g = spectrumGradient(folded, x, y);
        expect(Math.abs(g.dx - (spectrumValue(folded, x + h, y) - spectrumValue(folded, x - h, y)) / (2 * h))).toBeLessThan(1e-8);
        expect(Math.abs(g.dy - (spectrumValue(folded, x, y + h) - spectrumValue(folded, x, y - h)) / (2 * h))).toBeLessThan(1e-8);
    }
});

test("separable samples equal point values to single precision", () => {
    const grid = { nx: 37, ny: 23, x0: -100, y0: 55, dx: 13.7, dy: 21.1 };
    const samples = drain(sampleSpectrum(folded, grid));
    for (let j = 0; j < grid.ny; ++j)
        for (let i = 0; i < grid.nx; ++i) {
            const exact = spectrumValue(folded, grid.x0 + i * grid.dx, grid.y0 + j * grid.dy);
            expect(Math.abs(samples[j * grid.nx + i] - exact)).toBeLessThan(25 * 2 ** -24);  // |I| < 25
        }
});

test("the field is periodic and its highest frequency is that of its corner coefficient", () => {
    expect(spectrumValue(folded, 11 + period[0], 7 - period[1])).toBeCloseTo(spectrumValue(folded, 11, 7), 10);
    expect(highestFrequency(folded, 1, 0)).toBe(3 / 640);
    expect(highestFrequency(folded, 0, -1)).toBe(2 / 480);
});

test("band and coefficients that disagree are refused", () => {
    expect(() => spectrumField(coefficients, [3, 3], period, origin)).toThrow(/band/);
});

test("a sampled field returns the stored number at its nodes and the mean half way", () => {
    const grid = { nx: 3, ny: 2, x0: 10, y0: -5, dx: 4, dy: 8 };
    const values = Float64Array.from([1, 2, 4, 8, 16, 32]);
    const field = sampledField(grid, values);
    values.forEach((v, k) => expect(field.gradient(10 + 4 * (k % 3), -5 + 8 * Math.floor(k / 3)).value).toBe(v));
    expect(field.gradient(12, -1).value).toBe((1 + 2 + 8 + 16) / 4);
    expect(field.gradient(12, -5).dx).toBe(0.25);
});
