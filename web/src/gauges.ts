// Gauges: histogram of the edge placement error and the sortable table. A row leads to its place in the plan.

import { chartTicks } from "./chart_ticks";
import { button, download, h, onWidth, svg } from "./dom";
import { csv, decimalsOf, signed } from "./format";
import type { Gauges } from "./manifest";
import type { GaugeMark } from "./overlay";
import { cell, columnDecimals, sortedRows, walkable, type Order, type Row } from "./rows";
import { histogram, summary, type Summary } from "./statistics";

const firstRows = 500;

const columnNumbers = (g: Gauges, column: number | undefined): number[] =>
    column === undefined ? [] : g.rows.map((r) => r[column]).filter((v): v is number => typeof v === "number");

export function gaugeMarks(g: Gauges | null | undefined): GaugeMark[] {
    if (!g) return [];
    return g.rows.flatMap((row, i) => {
        const [x, y] = [row[g.x_column ?? -1], row[g.y_column ?? -1]];
        const epe = g.epe_column === undefined ? undefined : row[g.epe_column];
        if (typeof x !== "number" || typeof y !== "number") return [];
        return [{ x, y, label: rowLabel(g, row, i), epe: typeof epe === "number" ? epe : undefined }];
    });
}

/** The row's first text cell, else its number. */
const rowLabel = (g: Gauges, row: Row, i: number): string =>
    String(row.find((v, c) => typeof v === "string" && c !== g.epe_column) ?? `gauge ${i + 1}`);

/** A negative column number means that there is none. */
function named(g: Gauges): Gauges {
    const known = (c: number | undefined): number | undefined => (c !== undefined && c >= 0 ? c : undefined);
    return { ...g, x_column: known(g.x_column), y_column: known(g.y_column), epe_column: known(g.epe_column) };
}

export interface GaugePanel {
    element: HTMLElement;
    /** Marks the row of a gauge and brings it into sight. */
    select(gauge: number): void;
}

/** `hold`: a row was chosen whose gauge stands in another picture too. */
export function gaugePanel(
    given: Gauges, goTo: (x: number, y: number, label: string) => void, hold?: (gauge: number) => void,
): GaugePanel {
    const g = named(given);
    const epe = columnNumbers(g, g.epe_column);
    const column = g.epe_column === undefined ? undefined : g.columns[g.epe_column];
    const unit = column?.unit ?? "";
    const what: Quantity = column?.name === "residual" ? { name: "residual", label: `residual [${unit}], model \u2212 measured` }
        : { name: "edge placement error", label: `edge placement error [${unit}], + = printed outside` };
    const table = gaugeTable(g, goTo, hold);
    const element = h("div", { class: epe.length > 0 ? "gauges" : "gauges alone" },
        epe.length > 0 && h("div", { class: "gauge-figure" }, histogramFigure(epe, unit, what), summaryLine(summary(epe), unit)),
        table.element);
    return { element, select: table.select };
}

function summaryLine(s: Summary, unit: string): HTMLElement {
    const entry = (label: string, value: string): HTMLElement => h("div", {}, h("dt", {}, label), h("dd", {}, value));
    const nm = (v: number): string => `${signed(v, 2)} ${unit}`;
    return h("dl", { class: "summary" },
        entry("sites", String(s.count)), entry("mean", nm(s.mean)), entry("3\u03c3", `${(3 * s.sigma).toFixed(2)} ${unit}`),
        entry("rms", `${s.rms.toFixed(2)} ${unit}`), entry("min", nm(s.minimum)), entry("max", nm(s.maximum)));
}

interface Quantity {
    name: string;
    label: string;
}

function histogramFigure(values: number[], unit: string, what: Quantity): HTMLElement {
    const host = h("figure", { class: "chart" });
    onWidth(host, (width) => host.replaceChildren(bars(values, unit, what, Math.max(width, 200), 240)));
    return host;
}

function bars(values: number[], unit: string, what: Quantity, width: number, height: number): SVGSVGElement {
    const { low, width: step, counts } = histogram(values);
    const box = { left: 46, top: 12, right: width - 10, bottom: height - 36 };
    const high = low + step * counts.length;
    const most = counts.reduce((a, b) => Math.max(a, b), 0);
    const px = (v: number): number => box.left + ((v - low) / (high - low)) * (box.right - box.left);
    const yTicks = chartTicks(0, most, 4).filter(Number.isInteger);
    const top = Math.max(yTicks.at(-1) ?? most, most);
    const py = (v: number): number => box.bottom - (v / top) * (box.bottom - box.top);
    const root = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Histogram of ${what.name}` });
    for (const t of yTicks)
        root.append(svg("line", { class: "grid", x1: box.left, x2: box.right, y1: py(t), y2: py(t) }),
                    svg("text", { class: "tick y", x: box.left - 6, y: py(t) + 3.5 }, String(t)));
    const d = decimalsOf(step);
    counts.forEach((n, i) => {
        const a = low + i * step;
        const bar = svg("rect", { class: "bin", x: px(a) + 0.5, y: py(n), width: Math.max(px(a + step) - px(a) - 1, 0.5),
                                  height: box.bottom - py(n) });
        bar.append(svg("title", {}, `${signed(a, d)} to ${signed(a + step, d)} ${unit}: ${n}`));
        root.append(bar);
    });
    const ticks = chartTicks(low, high, Math.max(2, width / 80));
    const td = decimalsOf(ticks.length > 1 ? ticks[1] - ticks[0] : 1);
    for (const t of ticks) root.append(svg("text", { class: "tick x", x: px(t), y: box.bottom + 16 }, signed(t, td)));
    if (low < 0 && high > 0) root.append(svg("line", { class: "level", x1: px(0), x2: px(0), y1: box.top, y2: box.bottom }));
    root.append(svg("line", { class: "axis", x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom }),
                svg("text", { class: "axis-label", x: 0.5 * (box.left + box.right), y: box.bottom + 32 },
                    what.label));
    return root;
}

function gaugeTable(g: Gauges, goTo: (x: number, y: number, label: string) => void, hold?: (gauge: number) => void): GaugePanel {
    let order: Order = { column: g.epe_column ?? 0, down: g.epe_column !== undefined, magnitude: g.epe_column !== undefined };
    let limit = firstRows;
    const numeric = g.columns.map((_, c) => g.rows.some((r) => typeof r[c] === "number"));
    const decimals = g.columns.map((_, c) => columnDecimals(columnNumbers(g, c)));
    const body = h("tbody");
    const heads = g.columns.map((column, c) => {
        const b = button(column.name + (column.unit ? ` [${column.unit}]` : ""), () => {
            order = { column: c, down: order.column === c ? !order.down : numeric[c], magnitude: c === g.epe_column };
            fill();
        });
        return h("th", { scope: "col", class: numeric[c] && "number" || undefined }, b);
    });
    const more = button("", () => {
        limit = Infinity;
        fill();
    });

    function fill(): void {
        heads.forEach((th, c) => th.setAttribute("aria-sort", order.column !== c ? "none" : order.down ? "descending" : "ascending"));
        const shown = sortedRows(g.rows, order).slice(0, limit);
        body.replaceChildren(...shown.map((row, i) => rowElement(row, i)));
        more.hidden = shown.length === g.rows.length;
        more.textContent = `Show all ${g.rows.length} rows (${shown.length} shown)`;
    }

    function rowElement(row: Row, i: number): HTMLElement {
        const [x, y] = [row[g.x_column ?? -1], row[g.y_column ?? -1]];
        const tr = h("tr", { tabindex: i === 0 ? 0 : -1 }, ...row.map((v, c) => cell(v, numeric[c], decimals[c], c === g.epe_column)));
        const gauge = g.rows.indexOf(row);
        tr.dataset.gauge = String(gauge);
        const placed = typeof x === "number" && typeof y === "number";
        if (!placed && !hold) return tr;
        tr.classList.add("place");
        walkable(tr, () => {
            mark(tr);
            hold?.(gauge);
            if (placed) goTo(x, y, rowLabel(g, row, gauge));
        });
        return tr;
    }

    function mark(tr: HTMLElement): void {
        for (const other of body.querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
        tr.setAttribute("aria-current", "true");
    }

    function select(gauge: number): void {
        const find = (): HTMLElement | null => body.querySelector(`tr[data-gauge="${gauge}"]`);
        if (!find()) {
            limit = Infinity;
            fill();
        }
        const tr = find();
        if (!tr) return;
        mark(tr);
        tr.focus({ preventScroll: true });
        tr.scrollIntoView({ block: "nearest" });
    }

    fill();
    const save = button("Download CSV", () => download("gauges.csv", csv([
        g.columns.map((c) => c.name + (c.unit ? ` [${c.unit}]` : "")), ...g.rows]), "text/csv"), { class: "save" });
    const element = h("div", { class: "gauge-table" },
        h("div", { class: "scroll", tabindex: -1 },
          h("table", { class: "rows" }, h("thead", {}, h("tr", {}, ...heads)), body)),
        h("div", { class: "below" }, save, more,
          g.x_column !== undefined ? h("span", { class: "hint" }, "Click a row to see the place in the plan.")
          : hold && h("span", { class: "hint" }, "Click a row to mark its point above.")));
    return { element, select };
}
