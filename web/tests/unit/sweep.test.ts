import { expect, test } from "vitest";
import type { Sweep } from "../../src/manifest";
import { inside, place, readSweep, safeLink, scattered, sweepRows, tally, valueAt, valueText, varies } from "../../src/sweep";

const sweep = (): Sweep => ({
    method: "grid",
    axes: [{ key: "na", label: "numerical aperture", unit: "", scale: "lin", values: [1.2, 1.2, 1.35, 1.35] },
           { key: "rate", label: "rate", unit: "nm/s", scale: "log", values: [1, 100, 1, 100] }],
    outputs: [{ id: "cd", label: "CD", unit: "nm", values: [44, 46, null, 52] }],
    cases: [0, 1, 2, 3].map((index) => ({ index, status: index === 2 ? "failed" : "done", code: index === 2 ? "D0503" : "",
                                          message: "", key: "k", met: index === 2 ? null : index < 3, link: "" })),
    effects: [{ output: "cd", r2: 0.9, shares: [{ axis: "na", main: 0.6 }] }],
});

test("columns are the axes, then the outputs, with a gap where a case gave nothing", () => {
    const t = readSweep(sweep());
    expect(t.columns.map((c) => [c.key, c.swept])).toEqual([["na", true], ["rate", true], ["cd", false]]);
    expect([...t.columns[2].values]).toEqual([44, 46, NaN, 52]);
    expect(t.columns[1].ticks).toEqual([1, 100]);
    expect(t.effects[0]).toMatchObject({ output: "CD", shares: [{ axis: "numerical aperture", main: 0.6 }] });
});

test("a column of another length is refused by name", () => {
    const s = sweep();
    s.outputs[0].values.pop();
    expect(() => readSweep(s)).toThrow("sweep: output cd has 3 values for 4 cases");
});

test("an axis maps its ends to 0 and 1, by decades where it is logarithmic", () => {
    const [na, rate] = readSweep(sweep()).columns;
    for (const c of [na, rate]) for (const t of [0, 0.25, 1]) expect(place(c, valueAt(c, t))).toBeCloseTo(t, 12);
    expect(place(rate, 10)).toBeCloseTo(0.5, 12);
    expect(place(na, 1.275)).toBeCloseTo(0.5, 12);
});

test("the ends of an axis are its data to the last digit, so limits at them keep every case", () => {
    const s = sweep();
    s.axes[0].values = [0.2, 0.4, 0.7, 0.9];
    s.axes[1].values = [0.01, 0.05, 0.2, 0.47];
    const t = readSweep(s);
    const [linear, log] = t.columns;
    for (const c of [linear, log]) expect([valueAt(c, 0), valueAt(c, 1)]).toEqual([c.low, c.high]);
    expect(inside(t, [linear, log].map((c) => [valueAt(c, 0), valueAt(c, 1)] as const))).toEqual([0, 1, 2, 3]);
});

test("a logarithmic axis that reaches zero is linear, a constant one has room about it", () => {
    const s = sweep();
    s.axes[1].values = [0, 1, 2, 3];
    s.axes[0].values = [2, 2, 2, 2];
    const [constant, linear] = readSweep(s).columns;
    expect(linear.log).toBe(false);
    expect([constant.low, constant.high, varies(constant)]).toEqual([1, 3, false]);
});

test("limits keep what is inside all of them; a missing value is outside", () => {
    const t = readSweep(sweep());
    expect(inside(t, [])).toEqual([0, 1, 2, 3]);
    expect(inside(t, [[1.3, 1.4], undefined, undefined])).toEqual([2, 3]);
    expect(inside(t, [undefined, undefined, [-Infinity, Infinity]])).toEqual([0, 1, 3]);
    expect(inside(t, [undefined, [50, 200], [50, 60]])).toEqual([3]);
});

test("only addresses below the file are links", () => {
    expect(safeLink("cases/0007/report.html")).toBe("cases/0007/report.html");
    for (const bad of ["", "javascript:alert(1)", "//host/x", "/etc/passwd", "../x", "cases/../../x", "data:text/html,x", "a b"])
        expect(safeLink(bad)).toBeUndefined();
});

test("the file for a spreadsheet holds every column of the chosen rows", () => {
    expect(sweepRows(readSweep(sweep()), [2, 3])).toEqual([
        ["case", "status", "met", "na", "rate [nm/s]", "cd [nm]", "code", "message", "key"],
        [2, "failed", "", 1.35, 1, null, "D0503", "", "k"], [3, "done", "no", 1.35, 100, 52, "", "", "k"]]);
});

test("cases are counted by outcome", () => {
    expect(tally(sweep().cases)).toEqual({ done: 3, failed: 1, refused: 0, met: 2, judged: 3 });
});

test("the scattered order visits everything once", () => {
    for (const n of [1, 2, 7, 240, 1000]) {
        const order = scattered(n);
        expect(new Set(Array.from({ length: n }, (_, k) => order(k))).size).toBe(n);
    }
});

test("a choice is read by its words, on the axis and in the file", () => {
    const s = sweep();
    s.axes[0] = { key: "film", label: "film", unit: "", scale: "lin", values: [0, 1, 2, 1], words: ["SiO2", "SiN", "TiN"] };
    const t = readSweep(s);
    expect([t.columns[0].ticks, t.columns[0].low, t.columns[0].high]).toEqual([[0, 1, 2], 0, 2]);
    expect(valueText(t.columns[0], 1)).toBe("SiN");
    expect(valueText(t.columns[1], 100)).toBe("100");
    expect(sweepRows(t, [2])[1][3]).toBe("TiN");
});
