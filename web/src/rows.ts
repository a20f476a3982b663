// Sortable tables: order of rows, decimals of a column, cells.

import { h } from "./dom";
import { numberText, signed } from "./format";

export type Cell = number | string | boolean | null;
export type Row = Cell[];

export interface Order {
    column: number;
    down: boolean;
    /** By magnitude: the worst signed error first. */
    magnitude: boolean;
}

/** Numbers before text before missing values, whatever the direction. */
export function sortedRows(rows: readonly Row[], { column, down, magnitude }: Order): Row[] {
    const key = (r: Row): number | string | null => {
        const v = r[column];
        return typeof v === "number" ? (magnitude ? Math.abs(v) : v) : v === null || v === undefined ? null : String(v);
    };
    const rank = (v: number | string | null): number => (typeof v === "number" && !Number.isNaN(v) ? 0 : typeof v === "string" ? 1 : 2);
    const sign = down ? -1 : 1;
    return [...rows].sort((a, b) => {
        const [p, q] = [key(a), key(b)];
        if (rank(p) !== rank(q)) return rank(p) - rank(q);
        if (typeof p === "number" && typeof q === "number") return sign * (p - q) || 0;
        return sign * String(p).localeCompare(String(q), "en", { numeric: true });
    });
}

export function cell(v: Cell, numeric: boolean, decimals: number, sign: boolean): HTMLElement {
    if (typeof v === "number") return h("td", { class: "number" }, sign ? signed(v, Math.max(decimals, 2)) : fixed(v, decimals));
    if (typeof v === "boolean") return h("td", {}, v ? "yes" : "no");
    return h("td", { class: numeric && "number" || undefined }, v === null || v === undefined ? "\u2014" : v);
}

const fixed = (v: number, decimals: number): string =>
    Math.abs(v) < 1e6 ? v.toFixed(decimals).replace("-", "\u2212") : numberText(v);

/** Decimals that show every value of a column to four significant digits of its largest, at most three. */
export function columnDecimals(values: readonly number[]): number {
    if (values.every(Number.isInteger)) return 0;
    const largest = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    return Math.min(3, Math.max(1, 4 - Math.ceil(Math.log10(largest + 1e-30))));
}

/** Arrow keys walk the rows of a table, Enter chooses one. */
export function walkable(tr: HTMLElement, choose: () => void): void {
    tr.addEventListener("click", choose);
    tr.addEventListener("keydown", (event) => {
        if (event.target !== tr) return;
        const next = { ArrowDown: tr.nextElementSibling, ArrowUp: tr.previousElementSibling }[event.key];
        if (event.key === "Enter") choose();
        else if (next instanceof HTMLElement) next.focus();
        else return;
        event.preventDefault();
    });
}
