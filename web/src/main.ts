// The report page: reads the manifest and the blobs of this very file, fetches nothing.

import "./style.css";
import { convergencePanel } from "./curves";
import { cutPanel } from "./cut_panel";
import { h, section } from "./dom";
import { gaugeMarks, gaugePanel, type GaugePanel } from "./gauges";
import { readLayers, type PlanLayer } from "./layers";
import { parseManifest, type Manifest, type Parity } from "./manifest";
import { header, headlineCards } from "./overview";
import { parityPanel } from "./parity";
import { planView, windowText } from "./plan";
import { processWindowPanel } from "./process_window";
import { provenancePanel, textList } from "./provenance";
import { sectionPanel, sectionTitle } from "./section_panel";
import { readSweep } from "./sweep";
import { caseTable, effectsPanel } from "./sweep_cases";
import { sweepPanel, sweepTitle } from "./sweep_panel";
import { readTopography, type Step } from "./topography";

const filled = <T>(list: T[] | null | undefined): list is T[] => Array.isArray(list) && list.length > 0;

function page(manifest: Manifest, layers: PlanLayer[], steps: Step[]): Node[] {
    const parts: HTMLElement[] = [];
    let retheme = (): void => undefined;
    let goTo: ((x: number, y: number, label: string) => void) | undefined;

    if (filled(manifest.headline)) parts.push(headlineCards(manifest.headline));
    const grown = steps.filter((s) => s.frames.length > 0);
    if (grown.length > 0) {
        const panel = sectionPanel(grown);
        parts.push(section("cross-section", sectionTitle(grown), panel.element));
        retheme = panel.redraw;
    }
    if (manifest.sweep) {
        const table = readSweep(manifest.sweep);
        const panel = sweepPanel(table);
        parts.push(section("sweep", sweepTitle(table), panel.element));
        if (table.effects.length > 0) parts.push(section("effects", "Main effects", effectsPanel(table.effects)));
        parts.push(section("cases", "Cases", caseTable(panel.shared)));
        const earlier = retheme;
        retheme = () => {
            earlier();
            panel.redraw();
        };
    }
    if (manifest.plan && filled(manifest.plan.layers)) {
        const { window_nm: window, threshold } = manifest.plan;
        const cuts = manifest.cuts ?? [];
        const plan = planView(layers, window, gaugeMarks(manifest.gauges), {
            onCut: (cut) => panel.show(cut),
            onField: () => panel.refresh(),
        });
        const panel = cutPanel({ cuts, threshold, field: plan.activeField, moved: plan.showCut });
        if (cuts.length > 0) {
            const first = { from: cuts[0].from_nm, to: cuts[0].to_nm };
            panel.show(first, cuts[0].name);
            plan.showCut(first);
        }
        const earlier = retheme;
        retheme = () => {
            earlier();
            plan.redraw();
        };
        const planSection = section("plan", `Plan, ${windowText(window)}`, plan.element);
        goTo = (x, y, label) => {
            plan.goTo(x, y, label);
            planSection.scrollIntoView({ block: "nearest" });
        };
        parts.push(planSection);
        if (plan.activeField()) parts.push(section("cut-line", "Cut line", panel.element));
    }
    parts.push(...calibrated(manifest, (x, y, label) => goTo?.(x, y, label)));
    if (filled(manifest.convergence)) parts.push(section("convergence", "Convergence", convergencePanel(manifest.convergence)));
    if (manifest.process_window)
        parts.push(section("process-window", "Process window", processWindowPanel(manifest.process_window)));
    if (manifest.provenance) parts.push(section("provenance", "Provenance", provenancePanel(manifest.provenance)));
    if (filled(manifest.licences)) parts.push(section("licences", "Licences", textList(manifest.licences, "licences")));
    const warnings = filled(manifest.warnings)
        ? [section("warnings", `Warnings (${manifest.warnings.length})`, textList(manifest.warnings, "warnings"))]
        : [];
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => retheme());
    const body = [...warnings, ...parts];
    const cards = body.findIndex((e) => e.classList.contains("cards"));
    if (cards > 0) body.unshift(...body.splice(cards, 1));
    return [header(manifest, () => retheme()), navigation(body), h("main", {}, ...body)];
}

/** Plots of calibrations, then the gauges; the plot of the step that made the gauges and its rows lead to one another. */
function calibrated(manifest: Manifest, goTo: (x: number, y: number, label: string) => void): HTMLElement[] {
    const gauges = manifest.gauges && filled(manifest.gauges.rows) ? manifest.gauges : undefined;
    const all = manifest.parity ?? [];
    const own = all.find((p) => gauges && p.step === gauges.step && p.name.length === gauges.rows.length);
    let table: GaugePanel | undefined;
    const plots = all.map((p) => parityPanel(p, p === own ? (gauge) => table?.select(gauge) : undefined));
    table = gauges && gaugePanel(gauges, goTo, own && ((gauge) => plots[all.indexOf(own)].hold(gauge)));
    const title = (p: Parity): string => `Calibration${all.length > 1 ? `, ${p.step}` : ""}`;
    return [...all.map((p, i) => section(i === 0 ? "calibration" : `calibration-${i + 1}`, title(p), plots[i].element)),
            ...(table ? [section("gauges", "Gauges", table.element)] : [])];
}

function navigation(parts: HTMLElement[]): HTMLElement {
    const links = parts.filter((p) => p.id).map((p) => {
        const name = p.querySelector("h2")?.textContent?.split(",")[0] ?? p.id;
        const link = h("a", { href: `#${p.id}` }, name);
        return link;
    });
    return h("nav", { "aria-label": "Sections" }, ...links);
}

async function start(): Promise<void> {
    const data = document.getElementById("damascene-manifest");
    if (!data) throw new Error("this page holds no run: it is the empty template");
    const manifest = parseManifest(data.textContent ?? "");
    document.title = `${manifest.title} \u2013 damascene`;
    const layers = await readLayers(document, manifest);
    document.getElementById("page")?.replaceChildren(...page(manifest, layers, await readTopography(document, manifest)));
    document.documentElement.dataset.ready = "true";
}

start().catch((error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    document.getElementById("page")?.replaceChildren(h("p", { class: "notice", role: "alert" }, `The report cannot be shown: ${text}`));
    document.documentElement.dataset.ready = "failed";
});
