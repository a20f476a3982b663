import { expect, test } from "vitest";
import { colourAt, mapTable, position, rangeOf } from "../../src/colormap";

/** Relative luminance, sRGB. */
function luminance([r, g, b]: number[]): number {
    const linear = (c: number): number => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

test("the maps end in their published colours", () => {
    const viridis = mapTable("viridis");
    const cividis = mapTable("cividis");
    expect(colourAt(viridis, 0)).toEqual([0x44, 0x01, 0x54]);
    expect(colourAt(viridis, 1)).toEqual([0xfd, 0xe7, 0x25]);
    expect(colourAt(viridis, 128 / 255)).toEqual([0x21, 0x91, 0x8c]);
    expect(colourAt(cividis, 0)).toEqual([0x00, 0x22, 0x4e]);
    expect(colourAt(cividis, 1)).toEqual([0xfe, 0xe8, 0x38]);
});

test("lightness rises along every map, so that grey prints and any colour vision keep the order", () => {
    for (const name of ["viridis", "cividis", "grey"] as const) {
        const table = mapTable(name);
        for (let i = 4; i < 256; i += 4)
            expect(luminance(colourAt(table, i / 255))).toBeGreaterThan(luminance(colourAt(table, (i - 4) / 255)));
    }
});

test("linear and logarithmic positions", () => {
    expect(position(0.3, { low: 0.1, high: 0.5, log: false })).toBeCloseTo(0.5, 12);
    expect(position(1e-2, { low: 1e-4, high: 1, log: true })).toBeCloseTo(0.5, 12);
    expect(position(-1, { low: 1e-4, high: 1, log: true })).toBe(0);
    expect(position(9, { low: 0, high: 1, log: false })).toBe(1);
});

test("a range starts at zero when the data nearly reach it and spans four decades at most", () => {
    expect(rangeOf([0.1, 1.1], false)).toEqual({ low: 0, high: 1.1, log: false });
    expect(rangeOf([0.9, 1.1], false)).toEqual({ low: 0.9, high: 1.1, log: false });
    expect(rangeOf([-2, 1], false)).toEqual({ low: -2, high: 1, log: false });
    expect(rangeOf([1e-9, 2], true)).toEqual({ low: 2e-4, high: 2, log: true });
    expect(rangeOf([], false)).toEqual({ low: 0, high: 1, log: false });
    expect(rangeOf([3, 3], false).high).toBeGreaterThan(rangeOf([3, 3], false).low);
});
