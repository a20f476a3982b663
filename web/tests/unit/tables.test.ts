import { expect, test } from "vitest";
import { bossungCurves, centreOf } from "../../src/process_window";
import { linearAxis, logAxis } from "../../src/chart";
import { csv, decimalsOf, lengthText, numberText, signed, unitText } from "../../src/format";
import { gaugeMarks } from "../../src/gauges";
import { fanIndices, polylines, segments } from "../../src/layers";
import { parseManifest } from "../../src/manifest";
import { leaves, resolvedRows } from "../../src/provenance";
import { sortedRows } from "../../src/rows";

test("numbers keep their digits and their sign", () => {
    expect(numberText(80.31274)).toBe("80.313");
    expect(numberText(38214)).toBe("38\u202f214");
    expect(numberText(-0.25)).toBe("\u22120.25");
    expect(numberText(1.5e-7)).toBe("1.5000e-7");
    expect(numberText(NaN)).toBe("\u2014");
    expect(signed(2, 1)).toBe("+2.0");
    expect(lengthText(2000)).toBe("2 \u00b5m");
    expect(lengthText(0.5)).toBe("0.5 nm");
    expect([0.1, 0.5, 1, 20].map(decimalsOf)).toEqual([1, 1, 0, 0]);
});

test("CSV quotes what must be quoted and disarms formulas", () => {
    expect(csv([["a,b", 'say "x"', "=1+1", -2.5, null, "two\nlines"]]))
        .toBe('"a,b","say ""x""",\'=1+1,-2.5,,"two\nlines"\r\n');
});

test("rows sort by magnitude of the error, numbers before text before gaps", () => {
    const rows = [["a", 1], ["b", -3], ["c", null], ["d", 2], ["e", "none"]];
    const order = { column: 1, down: true, magnitude: true };
    expect(sortedRows(rows, order).map((r) => r[0])).toEqual(["b", "d", "a", "e", "c"]);
    expect(sortedRows(rows, { ...order, magnitude: false }).map((r) => r[0])).toEqual(["d", "a", "b", "e", "c"]);
    expect(sortedRows([["w10"], ["w9"]], { column: 0, down: false, magnitude: false }).map((r) => r[0])).toEqual(["w9", "w10"]);
});

test("gauge marks carry place, name and error", () => {
    const g = { columns: [{ name: "n" }, { name: "x" }, { name: "y" }, { name: "e" }], rows: [["s", 1, 2, -0.5], ["t", null, 2, 0]],
                x_column: 1, y_column: 2, epe_column: 3 };
    expect(gaugeMarks(g)).toEqual([{ x: 1, y: 2, label: "s", epe: -0.5 }]);
    expect(gaugeMarks({ ...g, x_column: -1 })).toEqual([]);
    expect(gaugeMarks(null)).toEqual([]);
});

test("Bossung curves are one per dose", () => {
    const w = { focus_nm: [0, 1, 2], dose: [0.9, 1.1], features: [] };
    const curves = bossungCurves(w, { name: "line", cd_nm: [[1, 2, 3], [4, 5, 6]] });
    expect(curves.map((c) => [c.name, c.y])).toEqual([["90 %", [1, 2, 3]], ["110 %", [4, 5, 6]]]);
    expect(() => bossungCurves(w, { name: "line", cd_nm: [[1, 4], [2, 5], [3, 6]] })).toThrow(/process window/);
});

test("a window's centre is the middle of its sides", () => {
    expect(centreOf([-20, 40, 0.9, 1.1])).toEqual({ focus: 10, dose: 1, depth: 60, latitude: (1.1 - 0.9) / 1 });
});

test("axes cover their data with round ticks", () => {
    expect(linearAxis(0.2, 9.1, 5)).toEqual({ low: 0, high: 10, log: false, ticks: [0, 2, 4, 6, 8, 10] });
    expect(linearAxis(-80, 80, 4, false)).toMatchObject({ low: -80, high: 80, ticks: [-50, 0, 50] });
    const log = logAxis(30, 4000);
    expect(log.low).toBeLessThanOrEqual(30);
    expect(log.high).toBeGreaterThanOrEqual(4000);
    expect(log.ticks).toContain(1000);
});

test("polygons become fans and closed edges about the anchor", () => {
    const p = polylines(Int32Array.from([0, 0, 4, 0, 4, 2, 0, 2]), Int32Array.from([4]), 0.5, [1, 0.5], true);
    expect([...p.points]).toEqual([-1, -0.5, 1, -0.5, 1, 0.5, -1, 0.5]);
    expect([...fanIndices(p.counts)]).toEqual([0, 1, 2, 0, 2, 3]);
    expect(segments(p).length).toBe(4 * 4);
    expect(segments({ ...p, closed: false }).length).toBe(4 * 3);
    expect(() => polylines(Int32Array.from([0, 0]), Int32Array.from([4]), 1, [0, 0], true)).toThrow(/counts/);
});

test("nested provenance becomes dotted rows", () => {
    expect(leaves({ a: { b: 1, c: [1, 2] }, d: null })).toEqual([["a.b", "1"], ["a.c", "1, 2"], ["d", "null"]]);
});

test("a resolved parameter is one row with its origin, a plain one its leaves", () => {
    expect(resolvedRows({ seed: { value: 1 }, "optics.na": { value: "1.35", unit: "", origin: "preset x", label: "recall", citation: "Mack2007" },
                          a: { b: 2 }, "layout.pitch": { value: "90 nm", origin: "recipe.toml:8", label: "user" } }))
        .toEqual([["seed", "1", ""], ["optics.na", "1.35", "preset x (recall) [Mack2007]"], ["a.b", "2", ""], ["layout.pitch", "90 nm", "recipe.toml:8"]]);
    expect(resolvedRows(null)).toEqual([]);
});

test("powers of units are raised", () => {
    expect(["nm^2", "mJ/cm^2", "cm^-3 s^-1", "nm", ""].map(unitText)).toEqual(["nm\u00b2", "mJ/cm\u00b2", "cm\u207b\u00b3 s\u207b\u00b9", "nm", ""]);
});

test("an axis that ends at its data shows at least two numbers", () => {
    expect(linearAxis(-40, 40, 3, false).ticks).toEqual([-40, -20, 0, 20, 40]);
    expect(linearAxis(0.5, 340, 1.9, false).ticks.length).toBeGreaterThanOrEqual(2);
});

test("a manifest of another schema is refused by number", () => {
    expect(() => parseManifest('{"schema": 2}')).toThrow(/schema 2/);
});
