export interface Cosine {
    period: number;
    mean: number;
    amplitude: number;
    threshold: number;
    skew: number;
}
export const cosine: Cosine;
export function cosineValue(x: number, y: number, c?: Cosine): number;
export function cosinePage(options?: { name?: string; target?: boolean; cosine?: Partial<Cosine>; rectangles?: number[][] }): string;
export function metalPage(title?: string): string;
