// The view of the plan: which point lies in the middle of the window and how many nm one CSS pixel shows. y is up.

import { niceBelow } from "./statistics";

export interface View {
    /** Plan point in the middle of the window [nm]. */
    x: number;
    y: number;
    nmPerPx: number;
    /** Window [CSS px]. */
    width: number;
    height: number;
}

export type Rectangle = readonly [x0: number, y0: number, x1: number, y1: number];

export const toScreen = (v: View, x: number, y: number): [number, number] => [
    0.5 * v.width + (x - v.x) / v.nmPerPx,
    0.5 * v.height - (y - v.y) / v.nmPerPx,
];

export const toPlan = (v: View, px: number, py: number): [number, number] => [
    v.x + (px - 0.5 * v.width) * v.nmPerPx,
    v.y - (py - 0.5 * v.height) * v.nmPerPx,
];

export function fitted(v: View, [x0, y0, x1, y1]: Rectangle, margin = 1.04): View {
    const nmPerPx = margin * Math.max((x1 - x0) / v.width, (y1 - y0) / v.height);
    return { ...v, x: 0.5 * (x0 + x1), y: 0.5 * (y0 + y1), nmPerPx };
}

export const panned = (v: View, dxPx: number, dyPx: number): View => ({
    ...v,
    x: v.x - dxPx * v.nmPerPx,
    y: v.y + dyPx * v.nmPerPx,
});

/** Magnified by `factor` while the plan point under (px, py) stays there. */
export function zoomed(v: View, factor: number, px: number, py: number): View {
    const [x, y] = toPlan(v, px, py);
    const nmPerPx = v.nmPerPx / factor;
    return { ...v, nmPerPx, x: x - (px - 0.5 * v.width) * nmPerPx, y: y + (py - 0.5 * v.height) * nmPerPx };
}

/** Zoom limits and a centre inside the window, so that the plan cannot be lost. */
export function bounded(v: View, window: Rectangle): View {
    const [x0, y0, x1, y1] = window;
    const span = Math.max(x1 - x0, y1 - y0);
    const coarsest = (4 * span) / Math.min(v.width, v.height);
    return {
        ...v,
        nmPerPx: Math.min(Math.max(v.nmPerPx, 1e-4), coarsest),
        x: Math.min(Math.max(v.x, x0), x1),
        y: Math.min(Math.max(v.y, y0), y1),
    };
}

export function visible(v: View): Rectangle {
    const halfX = 0.5 * v.width * v.nmPerPx;
    const halfY = 0.5 * v.height * v.nmPerPx;
    return [v.x - halfX, v.y - halfY, v.x + halfX, v.y + halfY];
}

/** The longest 1, 2 or 5 x 10^k nm that fits into `mostPx`. */
export function scaleBar(v: View, mostPx: number): { nm: number; px: number } {
    const nm = niceBelow(mostPx * v.nmPerPx);
    return { nm, px: nm / v.nmPerPx };
}
