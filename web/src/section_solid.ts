// The section as a solid: extruded along y, or revolved with a quarter cut open, or the triangles of the run. Every
// triangle carries its own normal and colour; cut faces are the rings, triangulated.

import { rgbOf } from "./picture";
import type { Ring } from "./rings";
import type { Frame, Mesh, Step } from "./topography";
import { trapezoids } from "./trapezoids";

export interface Solid {
    /** x, y, z, normal x, y, z, red, green, blue per corner; z up. */
    corners: Float32Array;
    centre: readonly [number, number, number];
    radius: number;
}

const slices = 72;
/** Left out of the revolved solid, so that its section shows: between these two angles. */
const open = [-0.5 * Math.PI, 0] as const;

/** `last`: the frame that the triangles of the run belong to. */
export function solidOf(step: Step, frame: Frame, last: boolean, hidden: ReadonlySet<string> = new Set()): Solid {
    const outlines = frame.outlines.map((rings, m) => (hidden.has(step.materials[m].name) ? [] : rings));
    const shown = { ...frame, outlines };
    const corners = last && step.mesh ? meshCorners(step.mesh, step) : step.axial ? revolved(step, shown) : extruded(step, shown);
    return { corners: Float32Array.from(corners), ...boundsOf(corners) };
}

type Point = readonly [number, number, number];

function push(out: number[], a: Point, b: Point, c: Point, colour: readonly number[], normal?: Point): void {
    const u = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
    const v = [c[0] - a[0], c[1] - a[1], c[2] - a[2]];
    const n = normal ?? [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
    for (const p of [a, b, c]) out.push(...p, ...n, ...colour);
}

function quad(out: number[], a: Point, b: Point, c: Point, d: Point, colour: readonly number[]): void {
    push(out, a, b, c, colour);
    push(out, a, c, d, colour);
}

const rgb = (hex: string): number[] => rgbOf(hex).map((v) => v / 255);

function eachMaterial(step: Step, frame: Frame, add: (rings: Ring[], colour: number[]) => void): void {
    frame.outlines.forEach((rings, m) => rings.length > 0 && add(rings, rgb(step.materials[m].colour)));
}

function extruded(step: Step, frame: Frame): number[] {
    const [x0, , x1] = step.window;
    const half = 0.5 * (x1 - x0);
    const out: number[] = [];
    eachMaterial(step, frame, (rings, colour) => {
        for (const r of rings)
            for (let i = 0, j = r.length - 2; i < r.length; j = i, i += 2)
                quad(out, [r[j], -half, r[j + 1]], [r[i], -half, r[i + 1]], [r[i], half, r[i + 1]], [r[j], half, r[j + 1]], colour);
        for (const y of [-half, half]) face(out, rings, colour, (x, z) => [x, y, z], [0, Math.sign(y), 0]);
    });
    return out;
}

function revolved(step: Step, frame: Frame): number[] {
    const out: number[] = [];
    const [first, span] = [open[1], 2 * Math.PI - (open[1] - open[0])];
    const turn = Array.from({ length: slices + 1 }, (_, k) => first + (span * k) / slices).map((a) => [Math.cos(a), Math.sin(a)]);
    const at = (r: number, z: number, k: number): Point => [r * turn[k][0], r * turn[k][1], z];
    eachMaterial(step, frame, (rings, colour) => {
        for (const r of rings)
            for (let i = 0, j = r.length - 2; i < r.length; j = i, i += 2)
                for (let k = 0; k < slices && (r[i] > 0 || r[j] > 0); ++k)
                    quad(out, at(r[j], r[j + 1], k), at(r[i], r[i + 1], k), at(r[i], r[i + 1], k + 1), at(r[j], r[j + 1], k + 1), colour);
        for (const [angle, side] of [[open[1], -1], [open[0], 1]] as const)
            face(out, rings, colour, (x, z) => [x * Math.cos(angle), x * Math.sin(angle), z],
                 [-side * Math.sin(angle), side * Math.cos(angle), 0]);
    });
    return out;
}

/** The even-odd inside of rings, placed in space. */
function face(out: number[], rings: Ring[], colour: readonly number[], place: (x: number, z: number) => Point, normal: Point): void {
    for (const [low, high, a, b, c, d] of trapezoids(rings)) {
        const [p, q, r, s] = [place(a, low), place(b, low), place(d, high), place(c, high)];
        push(out, p, q, r, colour, normal);
        push(out, p, r, s, colour, normal);
    }
}

function meshCorners(mesh: Mesh, step: Step): number[] {
    const out: number[] = [];
    const point = (i: number): Point => [mesh.points[3 * i], mesh.points[3 * i + 1], mesh.points[3 * i + 2]];
    const top = rgb(step.materials[step.materials.length - 1].colour);
    const colours = step.materials.map((m) => rgb(m.colour));
    for (let t = 0; 3 * t < mesh.triangles.length; ++t) {
        const [a, b, c] = mesh.triangles.subarray(3 * t, 3 * t + 3);
        push(out, point(a), point(b), point(c), mesh.material ? (colours[mesh.material[t]] ?? top) : top);
    }
    return out;
}

function boundsOf(corners: number[]): { centre: readonly [number, number, number]; radius: number } {
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    for (let i = 0; i < corners.length; i += 9)
        for (let k = 0; k < 3; ++k) {
            low[k] = Math.min(low[k], corners[i + k]);
            high[k] = Math.max(high[k], corners[i + k]);
        }
    const centre = [0, 1, 2].map((k) => 0.5 * (low[k] + high[k])) as [number, number, number];
    if (corners.length === 0) return { centre: [0, 0, 0], radius: 1 };
    return { centre, radius: Math.max(0.5 * Math.hypot(...[0, 1, 2].map((k) => high[k] - low[k])), 1e-9) };
}
