// A sweep as columns of numbers, one row per case: swept axes first, then outputs. NaN where a case gave no value.

import { linearAxis, logAxis } from "./chart";
import { numberText, unitText } from "./format";
import type { Sweep, SweepCase } from "./manifest";

export interface Column {
    key: string;
    label: string;
    unit: string;
    swept: boolean;
    values: Float64Array;
    log: boolean;
    /** Ends of the drawn axis. */
    low: number;
    high: number;
    ticks: number[];
    /** Of a choice: the values count these. */
    words: readonly string[];
}

export interface SweepTable {
    method: Sweep["method"];
    cases: SweepCase[];
    columns: Column[];
    effects: Effect[];
}

/** Main effects on one output: the share of its variance that each axis explains by itself. */
export type Effect = Sweep["effects"][number];

/** Limits of a column, or none. */
export type Limits = readonly (readonly [number, number] | undefined)[];

export function readSweep(sweep: Sweep): SweepTable {
    const n = sweep.cases.length;
    const columns = [
        ...sweep.axes.map((a) => column(a.key, a, true, numbers(a.values, n, `axis ${a.key}`), a.scale === "log", a.words)),
        ...sweep.outputs.map((o) => column(o.id, o, false, numbers(o.values, n, `output ${o.id}`), false)),
    ];
    const label = (key: string): string => columns.find((c) => c.key === key)?.label ?? key;
    const effects = sweep.effects.map((e) => ({
        output: label(e.output), r2: e.r2, shares: e.shares.map((s) => ({ axis: label(s.axis), main: s.main })),
    }));
    return { method: sweep.method, cases: sweep.cases, columns, effects };
}

function numbers(values: readonly (number | null)[], n: number, what: string): Float64Array {
    if (values.length !== n) throw new Error(`sweep: ${what} has ${values.length} values for ${n} cases`);
    return Float64Array.from(values, (v) => v ?? NaN);
}

function column(key: string, { label, unit }: { label: string; unit: string }, swept: boolean, values: Float64Array, wanted: boolean,
                words: readonly string[] = []): Column {
    const known = values.filter(Number.isFinite);
    const [least, most] = known.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
    const log = wanted && least > 0;
    const few = distinct(known, mostLevels);
    const levels = swept && few.length > 1 && few.length <= mostLevels;
    if (words.length > 0) {
        const all = words.map((_, i) => i);
        return { key, label: label || key, unit, swept, values, log: false, low: 0, high: Math.max(1, words.length - 1), ticks: all, words };
    }
    const { low, high, ticks } = known.length === 0 ? { low: 0, high: 1, ticks: [] } : span(least, most, log);
    return { key, label: label || key, unit, swept, values, log, low: levels ? least : low, high: levels ? most : high,
             ticks: levels ? few : ticks, words };
}

/** A swept axis of so few values is drawn with these as its ticks. */
const mostLevels = 7;

/** Ascending, at most one more than `most`. */
function distinct(values: Float64Array, most: number): number[] {
    const seen = new Set<number>();
    for (const v of values) if (seen.add(v).size > most) break;
    return [...seen].sort((a, b) => a - b);
}

function span(least: number, most: number, log: boolean): { low: number; high: number; ticks: number[] } {
    if (most > least) return log ? logSpan(least, most) : linearAxis(least, most, 5, false);
    const half = 0.5 * Math.abs(least) || 1;
    return { low: least - half, high: least + half, ticks: [least] };
}

/** Decades and their halves inside, ends at the data. */
function logSpan(low: number, high: number): { low: number; high: number; ticks: number[] } {
    return { low, high, ticks: logAxis(low, high).ticks.filter((t) => t >= low * (1 - 1e-9) && t <= high * (1 + 1e-9)) };
}

/** Position on the axis, 0..1 between its ends. */
export function place({ low, high, log }: Column, v: number): number {
    return log ? Math.log(v / low) / Math.log(high / low) : (v - low) / (high - low);
}

/** The ends are met to the last digit: a limit there keeps the cases at them. */
export function valueAt({ low, high, log }: Column, t: number): number {
    return t === 0 ? low : t === 1 ? high : log ? low * (high / low) ** t : low + t * (high - low);
}

/** A value as it is read: the word of a choice, else the number. */
export const valueText = (c: Column, v: number, digits = 5): string => c.words[v] ?? numberText(v, digits);

export const titleOf = (c: Column): string => c.label + (c.unit ? ` [${unitText(c.unit)}]` : "");

export const varies = (c: Column): boolean => c.values.some((v) => Number.isFinite(v) && v !== c.values.find(Number.isFinite));

/** Rows inside every limit; a missing value is outside. */
export function inside(table: SweepTable, limits: Limits): number[] {
    const bound = table.columns.flatMap((c, k) => (limits[k] ? [{ values: c.values, range: limits[k] }] : []));
    return table.cases.flatMap((_, i) => (bound.every(({ values, range }) => values[i] >= range[0] && values[i] <= range[1]) ? [i] : []));
}

/** A relative address below this file; anything with a scheme, a host or a way up is none. */
export const safeLink = (link: string): string | undefined =>
    /^[\w.-]+(\/[\w.-]+)*$/.test(link) && !link.split("/").includes("..") ? link : undefined;

export interface Tally { done: number; failed: number; refused: number; met: number; judged: number }

export function tally(cases: readonly SweepCase[]): Tally {
    const count = (test: (c: SweepCase) => boolean): number => cases.filter(test).length;
    return { done: count((c) => c.status === "done"), failed: count((c) => c.status === "failed"),
             refused: count((c) => c.status === "refused"), met: count((c) => c.met === true), judged: count((c) => c.met !== null) };
}

/** The chosen rows with every column, for a spreadsheet. */
export function sweepRows(table: SweepTable, rows: readonly number[]): unknown[][] {
    const head = ["case", "status", "met", ...table.columns.map((c) => c.key + (c.unit ? ` [${c.unit}]` : "")), "code", "message", "key"];
    const met = (c: SweepCase): string => (c.met === null ? "" : c.met ? "yes" : "no");
    return [head, ...rows.map((i) => {
        const c = table.cases[i];
        const values = table.columns.map(({ values: v, words }) => (Number.isFinite(v[i]) ? (words[v[i]] ?? v[i]) : null));
        return [c.index, c.status, met(c), ...values, c.code, c.message, c.key];
    })];
}

/** 0..n-1 in an order whose every beginning is spread over all of it. */
export function scattered(n: number): (k: number) => number {
    const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
    let stride = Math.max(1, Math.round(0.618 * n));
    while (divisor(stride, n) > 1) ++stride;
    return (k) => (k * stride) % n;
}
