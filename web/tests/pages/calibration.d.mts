export const rms: { fitted: number; heldOut: number };
export const gauges: { name: string; pattern: string; pitch: number; focus: number; dose: number; measured: number; role: "fitted" | "anchor" | "held out"; model: number | null }[];
export function calibrationPage(options?: { name?: string; table?: boolean }): string;
