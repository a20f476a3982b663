export const hole: Record<"width" | "depth" | "half" | "top" | "bottom" | "liner" | "field" | "wall" | "reach" | "lip" | "overhang", number>;
export function fillOnWall(field: number): (z: number) => number;
export function fillPage(options?: { axial?: boolean; name?: string }): string;
