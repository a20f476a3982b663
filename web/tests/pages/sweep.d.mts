export interface SweepOptions { cases?: number; name?: string; limits?: boolean; inputs?: (i: number) => [number, number, number] }
export function sweepInputs(i: number): [number, number, number];
export function sweepResults(inputs: [number, number, number]): [number, number, number];
export function sweepPage(options?: SweepOptions): string;
