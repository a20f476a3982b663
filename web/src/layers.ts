// Plan layers as the page holds them: scalar fields, and shapes in nm relative to an anchor near the data so that
// single precision keeps 1e-4 nm over a 2 um window.

import { readBlob, type Numbers } from "./blobs";
import { sampledField, spectrumField, type Field } from "./field";
import type { Layer, Manifest, SamplesLayer, ShapeLayer, SpectrumLayer } from "./manifest";

interface Common {
    id: string;
    name: string;
    kind: Layer["kind"];
    colour: string;
    visible: boolean;
    opacity: number;
}

export interface FieldLayer extends Common {
    field: Field;
    unit: string;
    level?: number;
}

export interface Shapes extends Common {
    shapes: Polylines;
}

export interface Polylines {
    /** x, y pairs relative to `anchor` [nm]. */
    points: Float32Array;
    counts: Int32Array;
    anchor: readonly [number, number];
    closed: boolean;
}

export type PlanLayer = FieldLayer | Shapes;

export const isField = (l: PlanLayer): l is FieldLayer => "field" in l;

/** Okabe and Ito (2008), told apart with any colour vision. */
const palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

export async function readLayers(page: Document, manifest: Manifest): Promise<PlanLayer[]> {
    const plan = manifest.plan;
    if (!plan) return [];
    const [x0, y0, x1, y1] = plan.window_nm;
    const anchor = [0.5 * (x0 + x1), 0.5 * (y0 + y1)] as const;
    return Promise.all(plan.layers.map((layer, i) => readLayer(page, layer, i, anchor)));
}

async function readLayer(page: Document, l: Layer, i: number, anchor: readonly [number, number]): Promise<PlanLayer> {
    const common: Common = {
        id: l.id,
        name: l.name,
        kind: l.kind,
        colour: /^#[0-9a-f]{6}$/i.test(l.color ?? "") ? (l.color as string) : palette[i % palette.length],
        visible: l.visible ?? true,
        opacity: Math.min(Math.max(l.opacity ?? 1, 0), 1),
    };
    switch (l.kind) {
        case "spectrum": return { ...common, ...fieldExtras(l), field: await readSpectrum(page, l) };
        case "samples": return { ...common, ...fieldExtras(l), field: await readSamples(page, l) };
        case "polygons":
        case "contours":
        case "band": return { ...common, shapes: await readShapes(page, l, anchor) };
    }
    throw new Error(`layer ${common.name}: unknown kind`);
}

const fieldExtras = (l: SpectrumLayer | SamplesLayer): { unit: string; level?: number } => ({
    unit: l.unit ?? "",
    level: l.level,
});

async function readSpectrum(page: Document, l: SpectrumLayer): Promise<Field> {
    const c = await readBlob(page, l.coefficients);
    return spectrumField(Float64Array.from(c), l.band, l.period_nm, l.origin_nm);
}

async function readSamples(page: Document, l: SamplesLayer): Promise<Field> {
    const { nx, ny, dx_nm, dy_nm, x0_nm, y0_nm } = l.grid;
    const stored = await readBlob(page, l.data);
    const values = Float64Array.from(stored, (v) => l.offset + l.scale * v);
    return sampledField({ nx, ny, dx: dx_nm, dy: dy_nm, x0: x0_nm, y0: y0_nm }, values);
}

async function readShapes(page: Document, l: ShapeLayer, anchor: readonly [number, number]): Promise<Polylines> {
    const [points, counts] = await Promise.all([readBlob(page, l.points), readBlob(page, l.counts)]);
    return polylines(points, counts, l.unit_nm ?? 1, anchor, !(l.kind === "contours" && l.open === true));
}

export function polylines(
    points: Numbers, counts: Numbers, unit: number, anchor: readonly [number, number], closed: boolean,
): Polylines {
    const total = Array.from(counts).reduce((a, b) => a + b, 0);
    if (2 * total !== points.length) throw new Error(`shapes: ${points.length / 2} points, counts say ${total}`);
    const relative = Float32Array.from(points, (p: number, i: number) => p * unit - anchor[i % 2]);
    return { points: relative, counts: Int32Array.from(counts), anchor, closed };
}

/** Fan triangles from each polygon's first vertex: under even-odd inversion they fill the polygon whatever its shape. */
export function fanIndices(counts: Int32Array): Uint32Array {
    const triangles = counts.reduce((a, n) => a + Math.max(n - 2, 0), 0);
    const out = new Uint32Array(3 * triangles);
    let k = 0;
    let first = 0;
    for (const n of counts) {
        for (let i = 1; i + 1 < n; ++i) {
            out[k++] = first;
            out[k++] = first + i;
            out[k++] = first + i + 1;
        }
        first += n;
    }
    return out;
}

/** ax, ay, bx, by of every edge. */
export function segments(p: Polylines): Float32Array {
    const edges = p.counts.reduce((a, n) => a + Math.max(p.closed && n > 2 ? n : n - 1, 0), 0);
    const out = new Float32Array(4 * edges);
    let k = 0;
    let first = 0;
    for (const n of p.counts) {
        const last = p.closed && n > 2 ? n : n - 1;
        for (let i = 0; i < last; ++i) {
            const a = 2 * (first + i);
            const b = 2 * (first + ((i + 1) % n));
            out[k++] = p.points[a];
            out[k++] = p.points[a + 1];
            out[k++] = p.points[b];
            out[k++] = p.points[b + 1];
        }
        first += n;
    }
    return out;
}
