// Where every number comes from: recipe, resolved values, run record, the command that repeats it; warnings; licences.

import { breakable, button, h } from "./dom";
import type { Manifest } from "./manifest";

export function provenancePanel(p: NonNullable<Manifest["provenance"]>): HTMLElement {
    return h("div", { class: "provenance" },
        p.rerun !== undefined && rerunLine(p.rerun),
        h("div", { class: "columns" },
          p.recipe !== undefined && h("div", {}, h("div", {}, h("h3", {}, "Recipe"), h("pre", { tabindex: 0 }, p.recipe))),
          h("div", {},
            p.run !== undefined && h("div", {}, h("h3", {}, "Run"), runTables(p.run)),
            p.resolved !== undefined && h("div", {}, h("h3", {}, "Resolved values"), resolvedTable(p.resolved)))));
}

function rerunLine(command: string): HTMLElement {
    const code = h("code", {}, command);
    const copy = button("Copy", () => {
        void copied(command, code).then((ok) => {
            copy.textContent = ok ? "Copied" : "Selected";
            setTimeout(() => (copy.textContent = "Copy"), 1500);
        });
    }, { "aria-label": "Copy the rerun command" });
    return h("div", { class: "rerun" }, h("span", {}, "Run again"), code, copy);
}

/** To the clipboard; where the browser refuses, the command is selected for copying by hand. */
async function copied(text: string, shown: HTMLElement): Promise<boolean> {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        getSelection()?.selectAllChildren(shown);
        return false;
    }
}

/** Nested objects as dotted keys, one leaf a row. */
export function leaves(value: unknown, path = ""): [string, string][] {
    if (value === null || typeof value !== "object") return [[path, String(value)]];
    if (Array.isArray(value) && value.every((v) => v === null || typeof v !== "object"))
        return [[path, value.map(String).join(", ")]];
    return Object.entries(value).flatMap(([k, v]) => leaves(v, path === "" ? k : `${path}.${k}`));
}

type Fields = Record<string, unknown>;
const isFields = (v: unknown): v is Fields => v !== null && typeof v === "object" && !Array.isArray(v);
const isList = (v: unknown): v is Fields[] => Array.isArray(v) && v.length > 0 && v.every(isFields);

/** A resolved parameter is one row: key, value, where the value comes from. */
export function resolvedRows(resolved: unknown): [string, string, string][] {
    if (!isFields(resolved)) return [];
    return Object.entries(resolved).flatMap(([key, v]): [string, string, string][] =>
        (isFields(v) && "value" in v ? [[key, plain(v.value), originOf(v)]] : leaves(v, key).map(([k, text]) => [k, text, ""])));
}

/** Without the folders of a recipe's path. */
const placeText = (origin: string): string => origin.replace(/\S*\/(?=[^/\s]+:\d+)/, "");

const plain = (v: unknown): string => (v !== null && typeof v === "object" ? JSON.stringify(v) : String(v));

/** "default (recall) [Mack2007]": the label says how sure a value is, unless the user gave it. */
function originOf({ origin, label, citation }: Fields): string {
    const sure = label === undefined || label === "" || label === "user" ? "" : ` (${String(label)})`;
    return `${origin === undefined ? "" : String(origin)}${sure}${citation ? ` [${String(citation)}]` : ""}`.trim();
}

function resolvedTable(resolved: unknown): HTMLElement {
    const rows = resolvedRows(resolved);
    return h("div", { class: "scroll" }, h("table", { class: "leaves" },
        h("thead", {}, h("tr", {}, ...["parameter", "value", "origin"].map((t) => h("th", { scope: "col" }, t)))),
        h("tbody", {}, ...rows.map(([k, v, o]) => h("tr", {}, h("th", { scope: "row" }, ...breakable(k)), h("td", {}, v),
                                         h("td", { class: "origin", title: o }, placeText(o)))))));
}

/** The plain facts of the run first; every list of records (steps, artefacts, ...) as a table that opens. */
function runTables(run: unknown): HTMLElement {
    if (!isFields(run)) return flatTable(run);
    const lists = Object.entries(run).filter(([, v]) => isList(v)) as [string, Fields[]][];
    const facts = Object.fromEntries(Object.entries(run).filter(([, v]) => !isList(v)));
    return h("div", {}, flatTable(facts), ...lists.map(([name, list]) =>
        h("details", {}, h("summary", {}, `${name} (${list.length})`), recordTable(list))));
}

/** One row per record; what is nested in it stands elsewhere (parameters: among the resolved values). */
function recordTable(list: Fields[]): HTMLElement {
    const names = [...new Set(list.flatMap((r) => Object.keys(r).filter((k) => r[k] === null || typeof r[k] !== "object")))];
    const order = ["name", "id", "path", "model", "status", "value", "unit"];
    const rank = (k: string): number => (order.includes(k) ? order.indexOf(k) : order.length);
    names.sort((a, b) => rank(a) - rank(b));
    return h("div", { class: "scroll" }, h("table", { class: "leaves records" },
        h("thead", {}, h("tr", {}, ...names.map((n) => h("th", { scope: "col" }, n)))),
        h("tbody", {}, ...list.map((r) => h("tr", {}, ...names.map((n) => h("td", {}, r[n] === undefined || r[n] === null ? "" : String(r[n]))))))));
}

function flatTable(value: unknown): HTMLElement {
    return h("div", { class: "scroll" }, h("table", { class: "leaves" }, h("tbody", {}, ...leaves(value).map(([k, v]) =>
        h("tr", {}, h("th", { scope: "row" }, ...breakable(k)), h("td", {}, v))))));
}

export const textList = (items: string[], name: string): HTMLElement =>
    h("ul", { class: name }, ...items.map((w) => h("li", {}, w)));
