// Where every number comes from: recipe, resolved values, run record, the command that repeats it; warnings; licences.

import { button, h } from "./dom";
import type { Manifest } from "./manifest";

export function provenancePanel(p: NonNullable<Manifest["provenance"]>): HTMLElement {
    return h("div", { class: "provenance" },
        p.rerun !== undefined && rerunLine(p.rerun),
        h("div", { class: "columns" },
          p.recipe !== undefined && h("div", {}, h("div", {}, h("h3", {}, "Recipe"), h("pre", { tabindex: 0 }, p.recipe))),
          h("div", {},
            p.run !== undefined && h("div", {}, h("h3", {}, "Run"), flatTable(p.run)),
            p.resolved !== undefined && h("div", {}, h("h3", {}, "Resolved values"), flatTable(p.resolved)))));
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

/** Nested objects as dotted keys, one leaf a row. A leaf object {value, origin, citation} is one row of three cells. */
export function leaves(value: unknown, path = ""): [string, string][] {
    if (value === null || typeof value !== "object") return [[path, String(value)]];
    if (Array.isArray(value) && value.every((v) => v === null || typeof v !== "object"))
        return [[path, value.map(String).join(", ")]];
    return Object.entries(value).flatMap(([k, v]) => leaves(v, path === "" ? k : `${path}.${k}`));
}

function flatTable(value: unknown): HTMLElement {
    return h("div", { class: "scroll" }, h("table", { class: "leaves" }, h("tbody", {}, ...leaves(value).map(([k, v]) =>
        h("tr", {}, h("th", { scope: "row" }, k), h("td", {}, v))))));
}

export const textList = (items: string[], name: string): HTMLElement =>
    h("ul", { class: name }, ...items.map((w) => h("li", {}, w)));
