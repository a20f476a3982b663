// What the panels of a sweep share: limits of the columns, the columns shown, the colour, the case in hand.

import { colourAt, mapTable, type MapName, type Rgb } from "./colormap";
import { inside, place, varies, type SweepTable } from "./sweep";

export interface SweepState {
    table: SweepTable;
    limits: (readonly [number, number] | undefined)[];
    /** Rows inside all limits, ascending. */
    rows: number[];
    /** Columns of the parallel axes and of the table. */
    shown: number[];
    colour: number;
    map: MapName;
    /** Row under the pointer or chosen in the table. */
    current?: number;
}

/** What changed: the chosen rows, the way they are drawn, or only the case in hand. */
export type Change = "rows" | "look" | "current";

export interface SharedSweep {
    state: SweepState;
    limit(column: number, range: readonly [number, number] | undefined): void;
    reset(): void;
    look(next: Partial<Pick<SweepState, "shown" | "colour" | "map">>): void;
    hold(row: number | undefined): void;
    onChange(listener: (change: Change) => void): void;
}

const firstOutputs = 6;

export function sharedSweep(table: SweepTable): SharedSweep {
    const all = table.columns.map((_, k) => k);
    const moving = all.filter((k) => varies(table.columns[k]));
    const outputs = moving.filter((k) => !table.columns[k].swept);
    const state: SweepState = {
        table, limits: all.map(() => undefined), rows: table.cases.map((_, i) => i), map: "viridis", colour: outputs[0] ?? 0,
        shown: [...all.filter((k) => table.columns[k].swept), ...outputs.slice(0, firstOutputs)],
    };
    const listeners: ((change: Change) => void)[] = [];
    const tell = (change: Change): void => listeners.forEach((f) => f(change));
    const choose = (): void => {
        state.rows = inside(table, state.limits);
        tell("rows");
    };
    return {
        state,
        limit(column, range) {
            state.limits[column] = range;
            choose();
        },
        reset() {
            state.limits.fill(undefined);
            choose();
        },
        look(next) {
            Object.assign(state, next);
            tell("look");
        },
        hold(row) {
            if (row === state.current) return;
            state.current = row;
            tell("current");
        },
        onChange: (listener) => void listeners.push(listener),
    };
}

/** The part of a map that stands out from the ground: no yellow on white, no violet on black. */
export function legibleMap(name: MapName, ground: Rgb): Uint8Array {
    const [low, high] = (ground[0] + ground[1] + ground[2]) / 3 > 128 ? [0, 0.86] : [0.2, 1];
    const whole = mapTable(name);
    const part = new Uint8Array(whole.length);
    for (let i = 0; i < 256; ++i) part.set(colourAt(whole, low + (high - low) * (i / 255)).map(Math.round), 3 * i);
    return part;
}

/** One colour per row as rgb(...) text; `missing` where the column has no value. */
export function rowColours({ table, colour }: SweepState, map: Uint8Array, missing: string): (row: number) => string {
    const c = table.columns[colour];
    const inks = Array.from({ length: 256 }, (_, i) => `rgb(${map[3 * i]} ${map[3 * i + 1]} ${map[3 * i + 2]})`);
    return (row) => (Number.isFinite(c.values[row]) ? inks[Math.round(255 * Math.min(1, Math.max(0, place(c, c.values[row]))))] : missing);
}

export const rgbOfText = (text: string): Rgb => (text.match(/[\d.]+/g) ?? ["255", "255", "255"]).slice(0, 3).map(Number) as Rgb;
