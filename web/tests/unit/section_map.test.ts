import { expect, test } from "vitest";
import { valueAt, type LatentMap } from "../../src/section_map";

const map: LatentMap = { name: "m", unit: "", box: [0, 0, 20, 10], scale: { low: 0, high: 1, log: false }, table: new Uint8Array(768),
                         tile: { nx: 3, ny: 2, dx: 10, dy: 5, x0: 0, y0: 2.5, values: Float32Array.from([0, 1, 4, 2, 3, 8]) } };

test("a section map is linear between its nodes, level beyond the outer ones, unknown outside its box", () => {
    expect(valueAt(map, 10, 2.5)).toBe(1);
    expect(valueAt(map, 5, 5)).toBe(1.5);
    expect(valueAt(map, 20, 10)).toBe(8);
    expect(valueAt(map, 20, 0)).toBe(4);
    expect(valueAt(map, 20.1, 5)).toBeUndefined();
    expect(valueAt(map, 3, -0.1)).toBeUndefined();
});
