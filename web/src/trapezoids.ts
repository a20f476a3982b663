// Even-odd inside of closed rings as trapezoids between the heights of their points: exact for rings that do not cross.

import type { Ring } from "./rings";

/** z of the lower and upper side, then x: lower left, lower right, upper left, upper right. */
export type Trapezoid = [low: number, high: number, a: number, b: number, c: number, d: number];

interface Edge {
    x0: number;
    z0: number;
    x1: number;
    z1: number;
}

export function trapezoids(rings: readonly Ring[]): Trapezoid[] {
    const edges = rings.flatMap(edgesOf).sort((p, q) => p.z0 - q.z0);
    const heights = [...new Set(edges.flatMap((e) => [e.z0, e.z1]))].sort((a, b) => a - b);
    const out: Trapezoid[] = [];
    let active: Edge[] = [];
    let next = 0;
    for (let k = 0; k + 1 < heights.length; ++k) {
        const [low, high] = [heights[k], heights[k + 1]];
        active = active.filter((e) => e.z1 > low);
        while (next < edges.length && edges[next].z0 <= low) active.push(edges[next++]);
        const middle = 0.5 * (low + high);
        const across = active.map((e) => ({ a: at(e, low), m: at(e, middle), b: at(e, high) })).sort((p, q) => p.m - q.m);
        for (let i = 0; i + 1 < across.length; i += 2)
            out.push([low, high, across[i].a, across[i + 1].a, across[i].b, across[i + 1].b]);
    }
    return out;
}

/** Edges that rise; level ones bound no trapezoid. */
function edgesOf(r: Ring): Edge[] {
    const out: Edge[] = [];
    for (let i = 0, j = r.length - 2; i < r.length; j = i, i += 2) {
        const [x0, z0, x1, z1] = [r[j], r[j + 1], r[i], r[i + 1]];
        if (z0 < z1) out.push({ x0, z0, x1, z1 });
        else if (z1 < z0) out.push({ x0: x1, z0: z1, x1: x0, z1: z0 });
    }
    return out;
}

const at = (e: Edge, z: number): number => e.x0 + ((z - e.z0) / (e.z1 - e.z0)) * (e.x1 - e.x0);
