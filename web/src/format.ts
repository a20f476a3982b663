// Numbers, lengths and tables as text.

export function lengthText(nm: number): string {
    const a = Math.abs(nm);
    if (a >= 1e6) return `${trim(nm / 1e6)} mm`;
    if (a >= 1e3) return `${trim(nm / 1e3)} \u00b5m`;
    return `${trim(nm)} nm`;
}

/** At most six significant digits, no trailing zeros, true minus sign. */
export const trim = (x: number): string => Number(x.toPrecision(6)).toString().replace("-", "\u2212");

export function numberText(x: number, digits = 5): string {
    if (!Number.isFinite(x)) return "\u2014";
    if (x === 0) return "0";
    const a = Math.abs(x);
    const text =
        Number.isInteger(x) && a < 1e9 ? grouped(x)
        : a >= 1e6 || a < 1e-4 ? x.toExponential(Math.max(digits - 1, 0)).replace("e+", "e")
        : a >= 1e4 ? grouped(Math.round(x * 10) / 10)
        : String(Number(x.toPrecision(digits)));
    return text.replace(/^-/, "\u2212");
}

/** Thin-space groups of three from five digits on. */
function grouped(x: number): string {
    const [whole, fraction] = String(x).split(".");
    const spaced = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, "\u202f") : whole;
    return fraction === undefined ? spaced : `${spaced}.${fraction}`;
}

/** "nm^2" as it is read: powers raised. */
export const unitText = (unit: string): string =>
    unit.replace(/\^(-?\d)/g, (_, power: string) => [...power].map((c) => raised[c]).join(""));

const raised: Record<string, string> = { "-": "\u207b", 0: "\u2070", 1: "\u00b9", 2: "\u00b2", 3: "\u00b3", 4: "\u2074",
                                         5: "\u2075", 6: "\u2076", 7: "\u2077", 8: "\u2078", 9: "\u2079" };

/** Decimals needed to tell apart multiples of `step`. */
export const decimalsOf = (step: number): number => Math.min(Math.max(0, -Math.floor(Math.log10(step) + 1e-9)), 12);

export const signed = (x: number, decimals: number): string =>
    `${x > 0 ? "+" : ""}${x.toFixed(decimals)}`.replace("-", "\u2212");

/** RFC 4180. A text cell that a spreadsheet would run as a formula gets a leading apostrophe. */
export function csv(rows: readonly (readonly unknown[])[]): string {
    return rows.map((row) => row.map(csvCell).join(",")).join("\r\n") + "\r\n";
}

function csvCell(cell: unknown): string {
    if (cell === null || cell === undefined) return "";
    if (typeof cell === "number") return String(cell);
    const text = /^[=+\-@\t\r]/.test(String(cell)) ? `'${String(cell)}` : String(cell);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
