// Multiples of 1, 2 or 5 x 10^k inside an interval.

import { niceStep } from "./statistics";

export function chartTicks(low: number, high: number, about: number): number[] {
    const step = niceStep((high - low || 1) / about);
    const first = Math.ceil(low / step - 1e-9);
    const last = Math.floor(high / step + 1e-9);
    return Array.from({ length: Math.max(last - first + 1, 0) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
