// Head of the page: title, exit state, headline numbers with pass and fail as icon, word and colour.

import { button, h, svg } from "./dom";
import { numberText, unitText } from "./format";
import type { Headline, Manifest } from "./manifest";

export type Verdict = "pass" | "fail" | "none";

const icons: Record<Verdict, string> = { pass: "M3 8.5l3.2 3.2L13 4.8", fail: "M4 4l8 8M12 4l-8 8", none: "M4 8h8" };

function icon(verdict: Verdict): SVGElement {
    return svg("svg", { class: "icon", viewBox: "0 0 16 16", width: 12, height: 12, "aria-hidden": "true" },
               svg("path", { d: icons[verdict], fill: "none", stroke: "currentColor", "stroke-width": 2.4,
                             "stroke-linecap": "round", "stroke-linejoin": "round" }));
}

/** Icon, word and colour. */
export const verdictBadge = (verdict: Verdict, text: string): HTMLElement => h("span", { class: `badge ${verdict}` }, icon(verdict), text);

const exitText: Record<number, string> = {
    0: "run complete", 1: "limit not met", 2: "bad input", 3: "resource limit", 4: "internal error",
};

export function header(manifest: Manifest, retheme: () => void): HTMLElement {
    const exit = manifest.exit;
    return h("header", { class: "top" },
        h("div", { class: "brand" }, h("span", { class: "mark", "aria-hidden": "true" }), "damascene"),
        h("h1", {}, manifest.title),
        exit !== undefined && verdictBadge(exit === 0 ? "pass" : "fail", exitText[exit] ?? `exit ${exit}`),
        h("div", { class: "actions" },
          button("Light / dark", () => {
              toggleTheme();
              retheme();
          }, { class: "theme" }),
          button("Print", () => print())));
}

function toggleTheme(): void {
    const root = document.documentElement;
    const dark = root.dataset.theme === "dark" || (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
    root.dataset.theme = dark ? "light" : "dark";
}

export function headlineCards(entries: Headline[]): HTMLElement {
    return h("div", { class: "cards" }, ...entries.map(card));
}

function card(e: Headline): HTMLElement {
    const verdict = e.pass === true ? "pass" : e.pass === false ? "fail" : "none";
    const value = typeof e.value === "number" ? numberText(e.value) : e.value;
    return h("div", { class: `card ${verdict}`, "data-id": e.id },
        h("div", { class: "card-label" }, e.label),
        h("div", { class: "card-value" }, value, !!e.unit && h("span", { class: "card-unit" }, unitText(e.unit))),
        verdict === "none" ? undefined : verdictBadge(verdict, verdict));
}
