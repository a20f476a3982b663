// The cases of a sweep: sortable table of those inside the limits, download, main effects per output.

import { breakable, button, download, h, svg } from "./dom";
import { csv, numberText } from "./format";
import type { SweepCase } from "./manifest";
import { verdictBadge } from "./overview";
import { sortedRows, walkable, type Order, type Row } from "./rows";
import { safeLink, sweepRows, titleOf, valueText, type Column, type Effect } from "./sweep";
import type { SharedSweep } from "./sweep_state";

const page = 200;

export function caseTable(shared: SharedSweep): HTMLElement {
    const { state } = shared;
    const { cases } = state.table;
    const explained = cases.some((c) => c.code || c.message || safeLink(c.link) !== undefined);
    const judged = cases.some((c) => c.met !== null);
    let order: Order = { column: 0, down: false, magnitude: false };
    let limit = page;
    const head = h("tr");
    const body = h("tbody");
    const more = button("", () => { limit += 5 * page; fill(); });

    /** Sort keys of a row: case, status, limits met, then the shown columns. */
    const keys = (row: number): Row => [cases[row].index, cases[row].status, ...(judged ? [metText(cases[row])] : []),
        ...state.shown.map((k) => sortKey(state.table.columns[k], row)), row];

    function heads(): void {
        const names = ["case", "status", ...(judged ? ["limits"] : []), ...state.shown.map((k) => titleOf(state.table.columns[k]))];
        order.column = Math.min(order.column, names.length - 1);
        const numeric = (c: number): boolean => c === 0 || c >= names.length - state.shown.length;
        head.replaceChildren(...names.map((name, c) => {
            const sort = order.column !== c ? "none" : order.down ? "descending" : "ascending";
            const choose = (): void => {
                order = { column: c, down: order.column === c ? !order.down : false, magnitude: false };
                heads();
                fill();
                head.querySelectorAll("button")[c]?.focus();
            };
            return h("th", { scope: "col", "aria-sort": sort, class: numeric(c) ? "number" : undefined },
                     button(breakable(name), choose));
        }), ...(explained ? [h("th", { scope: "col" }, h("span", {}, "details"))] : []));
    }

    function rowElement(row: number, i: number): HTMLElement {
        const c = cases[row];
        const link = safeLink(c.link);
        const tr = h("tr", { class: "place", tabindex: i === 0 ? 0 : -1, "data-row": row, "aria-current": row === state.current && "true" },
            h("td", { class: "number" }, String(c.index)), h("td", {}, statusBadge(c)), judged && h("td", {}, metBadge(c)),
            ...state.shown.map((k) => h("td", { class: "number" }, valueText(state.table.columns[k], state.table.columns[k].values[row]))),
            explained && h("td", { class: "why" }, link !== undefined && h("a", { href: link }, "report"), c.code && h("b", {}, c.code),
              c.message && h("span", {}, c.message)));
        walkable(tr, () => shared.hold(row));
        tr.addEventListener("focus", () => shared.hold(row));
        return tr;
    }

    function fill(): void {
        const rows = sortedRows(state.rows.map(keys), order).map((r) => r.at(-1) as number);
        const shown = rows.slice(0, limit);
        body.replaceChildren(...shown.map(rowElement));
        more.hidden = shown.length === rows.length;
        more.textContent = `Show more (${shown.length} of ${rows.length} shown)`;
    }

    let waiting: ReturnType<typeof setTimeout> | undefined;
    const later = (): void => {
        clearTimeout(waiting);
        waiting = setTimeout(() => { limit = page; fill(); }, 200);
    };
    heads();
    fill();
    shared.onChange((change) => {
        if (change === "rows") later();
        else if (change === "look") { heads(); fill(); }
        else for (const tr of body.children) {
            if (Number((tr as HTMLElement).dataset.row) === state.current) tr.setAttribute("aria-current", "true");
            else tr.removeAttribute("aria-current");
        }
    });
    const save = button("Download CSV", () =>
        download("sweep.csv", csv(sweepRows(state.table, state.rows)), "text/csv"), { class: "save" });
    return h("div", { class: "cases" },
        h("div", { class: "scroll", tabindex: -1 }, h("table", { class: "rows" }, h("thead", {}, head), body)),
        h("div", { class: "below" }, save, more, h("span", { class: "hint" }, "The table and the file hold the cases inside the limits.")));
}

const sortKey = ({ values, words }: Column, row: number): Row[number] => words[values[row]] ?? (Number.isFinite(values[row]) ? values[row] : null);
const metText = (c: SweepCase): string | null => (c.met === null ? null : c.met ? "met" : "not met");

const statusBadge = (c: SweepCase): HTMLElement => (c.status === "done" ? h("span", {}, "done") : verdictBadge("fail", c.status));

const metBadge = (c: SweepCase): HTMLElement | string =>
    (c.met === null ? "\u2014" : verdictBadge(c.met ? "pass" : "fail", c.met ? "met" : "not met"));

/** Bars of every axis' share of an output's variance; what they leave is joint action and scatter. */
export function effectsPanel(effects: readonly Effect[]): HTMLElement {
    return h("div", {}, h("div", { class: "effects" }, ...effects.map(effectTable)),
        h("p", { class: "hint" }, "Share of an output's variance that one parameter explains by itself. What is missing from 100 % belongs to combinations and to ",
          "what the fit does not catch. R\u00b2: the part that the parameters explain one by one in new cases."));
}

function effectTable(e: Effect): HTMLElement {
    const shares = [...e.shares].sort((a, b) => (b.main ?? -1) - (a.main ?? -1));
    return h("table", { class: "effect" },
        h("caption", {}, e.output, h("span", {}, e.r2 === null ? "" : `R\u00b2 ${numberText(e.r2, 3)}`)),
        h("tbody", {}, ...shares.map(({ axis, main }) => h("tr", {}, h("th", { scope: "row" }, axis), h("td", { class: "bar-cell" }, bar(main)),
            h("td", { class: "number" }, main === null ? "\u2014" : `${numberText(100 * main, 3)} %`)))));
}

function bar(main: number | null): SVGElement {
    const width = 100 * Math.min(1, Math.max(0, main ?? 0));
    return svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
        svg("rect", { class: "trough", width: 100, height: 10 }), svg("rect", { class: "share", width, height: 10 }));
}
