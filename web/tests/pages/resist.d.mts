export const film: Record<"pitch" | "thickness" | "barc" | "nx" | "ny", number>;
export function blocked(x: number, z: number): number;
export function node(i: number, j: number): [number, number];
export function storedValue(x: number, z: number): number;
export function mapRange(): [number, number];
export function resistPage(options?: { name?: string; map?: boolean }): string;
