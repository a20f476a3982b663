// Closed rings of a cross-section, x and z alternating [nm]: area, centroid, volume of revolution, containment.

export type Ring = Float32Array;

/** Shoelace area, > 0 counter-clockwise. */
export function areaOf(r: Ring): number {
    let twice = 0;
    for (let i = 0, j = r.length - 2; i < r.length; j = i, i += 2) twice += r[j] * r[i + 1] - r[i] * r[j + 1];
    return 0.5 * twice;
}

/** Centre of area, taken relative to the first point so that far rings keep their digits. */
export function centroidOf(r: Ring): [number, number] {
    let [twice, sx, sz] = [0, 0, 0];
    for (let i = 0, j = r.length - 2; i < r.length; j = i, i += 2) {
        const [ax, az, bx, bz] = [r[j] - r[0], r[j + 1] - r[1], r[i] - r[0], r[i + 1] - r[1]];
        const cross = ax * bz - bx * az;
        twice += cross;
        sx += (ax + bx) * cross;
        sz += (az + bz) * cross;
    }
    return twice === 0 ? [r[0], r[1]] : [r[0] + sx / (3 * twice), r[1] + sz / (3 * twice)];
}

/** Pappus: area times the way of its centroid about x = 0. */
export const revolvedVolume = (r: Ring): number => Math.abs(areaOf(r)) * 2 * Math.PI * Math.abs(centroidOf(r)[0]);

export function extentOf(r: Ring): [number, number, number, number] {
    const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < r.length; i += 2) {
        box[0] = Math.min(box[0], r[i]);
        box[1] = Math.min(box[1], r[i + 1]);
        box[2] = Math.max(box[2], r[i]);
        box[3] = Math.max(box[3], r[i + 1]);
    }
    return box;
}

/** Even-odd over all rings. */
export function inside(rings: readonly Ring[], x: number, z: number): boolean {
    let odd = false;
    for (const r of rings)
        for (let i = 0, j = r.length - 2; i < r.length; j = i, i += 2)
            if (r[i + 1] > z !== r[j + 1] > z && x < r[i] + ((z - r[i + 1]) / (r[j + 1] - r[i + 1])) * (r[j] - r[i])) odd = !odd;
    return odd;
}

/** Index of the point nearest to (x, z), and how far it is. */
export function nearestPoint(xs: ArrayLike<number>, zs: ArrayLike<number>, x: number, z: number): { index: number; distance: number } {
    let [index, distance] = [-1, Infinity];
    for (let i = 0; i < xs.length; ++i) {
        const d = Math.hypot(xs[i] - x, zs[i] - z);
        if (d < distance) [index, distance] = [i, d];
    }
    return { index, distance };
}
