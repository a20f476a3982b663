import { expect, test } from "vitest";
import { areaOf, centroidOf, inside, nearestPoint, revolvedVolume, type Ring } from "../../src/rings";
import { solidOf } from "../../src/section_solid";
import { hashOf, turning } from "../../src/solid_view";
import { framesOf, materialAt, type Step } from "../../src/topography";
import { trapezoids } from "../../src/trapezoids";
import { placeText, reachText, voidText } from "../../src/section_draw";

const ring = (...p: number[]): Ring => Float32Array.from(p);
const square = ring(0, 0, 4, 0, 4, 4, 0, 4);
const hole = ring(1, 1, 1, 3, 3, 3, 3, 1);
const circle = (x: number, z: number, r: number, n = 2000): Ring =>
    Float32Array.from({ length: 2 * n }, (_, i) => {
        const a = (Math.PI * (i - (i % 2))) / n;
        return i % 2 ? z + r * Math.sin(a) : x + r * Math.cos(a);
    });

test("area and centre are those of the shape, whichever way its points run", () => {
    expect(areaOf(square)).toBe(16);
    expect(areaOf(hole)).toBe(-4);
    expect(centroidOf(hole)).toEqual([2, 2]);
    expect(centroidOf(ring(1000, -500, 1003, -500, 1000, -494))).toEqual([1001, -498]);
});

test("a revolved disc is a torus of volume 2 pi^2 R r^2", () => {
    expect(revolvedVolume(circle(10, -3, 2)) / (2 * Math.PI ** 2 * 10 * 4)).toBeCloseTo(1, 4);
});

test("a half disc on the axis revolves to a ball", () => {
    const half = Float32Array.from({ length: 2002 }, (_, i) => {
        const a = Math.PI * ((i - (i % 2)) / 2000 - 0.5);
        return i % 2 ? 3 * Math.sin(a) : 3 * Math.cos(a);
    });
    expect(revolvedVolume(half) / ((4 / 3) * Math.PI * 27)).toBeCloseTo(1, 4);
});

test("a place in a hole is outside, even-odd", () => {
    expect(inside([square, hole], 0.5, 2)).toBe(true);
    expect(inside([square, hole], 2, 2)).toBe(false);
    expect(inside([square, hole], 5, 2)).toBe(false);
});

test("trapezoids cover exactly the area inside, holes spared", () => {
    const sum = (rings: Ring[]): number =>
        trapezoids(rings).reduce((s, [low, high, a, b, c, d]) => s + 0.5 * (high - low) * (b - a + d - c), 0);
    expect(sum([square, hole])).toBeCloseTo(12, 12);
    const [big, small] = [circle(0, 0, 5, 300), circle(1, 1, 2, 100)];
    expect(sum([big, small])).toBeCloseTo(Math.abs(areaOf(big)) - Math.abs(areaOf(small)), 3);
});

test("the nearest wall point is found with its distance", () => {
    expect(nearestPoint([0, 10, 20], [0, 0, 5], 11, 1)).toEqual({ index: 1, distance: Math.SQRT2 });
});

test("frames take their rings in order and refuse leftovers", () => {
    const t = { axial: false, frames: [{ time_s: 0, label: "", rings: [1, 0], voids: 0 }, { time_s: 2, label: "", rings: [0, 2], voids: 1 }] };
    const points = Float32Array.from([...square, ...square, ...hole, ...hole]);
    const frames = framesOf(t, points, Int32Array.of(4, 4, 4, 4));
    expect(frames[1].outlines[1][1]).toEqual(hole);
    expect(frames[1].voids[0].size).toBe(4);
    expect(materialAt(frames[1], 0.5, 0.5, inside)).toBe(1);
    expect(materialAt(frames[1], 2, 2, inside)).toBe(-1);
    expect(() => framesOf(t, points, Int32Array.of(4, 4, 4, 4, 4))).toThrow("left over");
});

const step = (axial: boolean): Step => ({
    name: "s", axial, window: axial ? [-4, 0, 4, 4] : [0, 0, 4, 4], materials: [{ name: "Si", colour: "#808080" }],
    frames: [], about: { name: "s", axial, window_nm: [0, 0, 4, 4] } as Step["about"],
});

/** Divergence theorem: V = 1/3 sum of p . n dA over outward triangles; here flat faces, any winding, so |.| by parts. */
function boxOf(corners: Float32Array): number[] {
    const box = [Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity];
    for (let i = 0; i < corners.length; i += 9)
        for (let k = 0; k < 3; ++k) {
            box[k] = Math.min(box[k], corners[i + k]);
            box[k + 3] = Math.max(box[k + 3], corners[i + k]);
        }
    return box;
}

test("a planar section is extruded, a round one revolved with a quarter open", () => {
    const frame = { time: 0, label: "", outlines: [[square]], voids: [] };
    expect(boxOf(solidOf(step(false), frame, true).corners)).toEqual([0, -2, 0, 4, 2, 4]);
    const round = solidOf(step(true), frame, true).corners;
    boxOf(round).forEach((v, i) => expect(v).toBeCloseTo([-4, -4, 0, 4, 4, 4][i], 3));
    const open = (x: number, y: number): boolean => x > 0.1 && y < -0.1;
    for (let i = 0; i < round.length; i += 27)
        expect(open((round[i] + round[i + 9] + round[i + 18]) / 3, (round[i + 1] + round[i + 10] + round[i + 19]) / 3)).toBe(false);
});

test("the triangles of the run stand in for the last frame, and hidden materials vanish", () => {
    const frame = { time: 0, label: "", outlines: [[square]], voids: [] };
    const mesh = { points: Float32Array.of(0, 0, 0, 7, 0, 0, 0, 7, 0), triangles: Int32Array.of(0, 1, 2) };
    expect(solidOf({ ...step(false), mesh }, frame, true).corners).toHaveLength(27);
    expect(solidOf({ ...step(false), mesh }, frame, false).corners.length).toBeGreaterThan(27);
    expect(solidOf(step(false), frame, true, new Set(["Si"])).corners).toHaveLength(0);
});

test("the view turns without stretching, and its eye sees the open quarter", () => {
    const m = turning(-0.6, 0.5);
    const row = (k: number): number[] => [...m.slice(3 * k, 3 * k + 3)];
    const dot = (a: number[], b: number[]): number => a.reduce((s, v, i) => s + v * b[i], 0);
    for (let i = 0; i < 3; ++i) for (let j = 0; j < 3; ++j) expect(dot(row(i), row(j))).toBeCloseTo(i === j ? 1 : 0, 6);
    expect(dot(row(2), [1, -1, 0])).toBeGreaterThan(0.9);
});

test("the hash tells meshes apart", () => {
    expect(hashOf(Float32Array.of(1, 2))).not.toBe(hashOf(Float32Array.of(1, 2.0001)));
});

test("voids are described by size, place and reach, on the axis by their full width", () => {
    const v = { ring: hole, size: 4, centre: [2, 2] as const, box: [1, 1, 3, 3] as const };
    expect(voidText(v, false)).toBe("4 nm\u00b2");
    expect(placeText(v, false)).toBe("x 2.00, z 2.00 nm");
    expect(reachText({ ...v, box: [0, -3, 3, 3] }, true)).toBe("from z \u22123.00 to 3.00 nm, 6.00 nm wide");
});
