// The plot of a calibration in a browser: points at the pixels of their sizes, the value in hand, rows and points linked.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { calibrationPage, gauges, rms } from "../pages/calibration.mjs";
import { bench, colours, illegible, type Bench } from "./browser";

let b: Bench;
beforeAll(async () => { b = await bench(); }, 60000);
afterAll(async () => { await b.close(); });

const readout = ".gauge-readout";

/** Window pixel of a place in a plot, from its tick labels: two of each axis fix it. */
async function place(page: Page, label: string): Promise<(x: number, y: number) => [number, number]> {
    const chart = page.locator(`svg[aria-label^='${label}']`);
    await chart.scrollIntoViewIfNeeded();
    const ticks = await chart.evaluate((root) => {
        const matrix = (root as SVGSVGElement).getScreenCTM() as DOMMatrix;
        const read = (name: string): [number, number][] => [...root.querySelectorAll(`.tick.${name}`)].map((t) => {
            const at = new DOMPoint(Number(t.getAttribute("x")), Number(t.getAttribute("y")) - (name === "y" ? 3.5 : 0)).matrixTransform(matrix);
            return [Number(t.textContent?.replace("\u2212", "-")), name === "x" ? at.x : at.y];
        });
        return { x: read("x"), y: read("y") };
    });
    const line = (list: [number, number][]): ((v: number) => number) => {
        const [[v0, p0], [v1, p1]] = [list[0], list.at(-1) as [number, number]];
        return (v) => p0 + ((v - v0) / (v1 - v0)) * (p1 - p0);
    };
    const [px, py] = [line(ticks.x), line(ticks.y)];
    return (x, y) => [px(x), py(y)];
}

const printed = gauges.flatMap((g, i) => (g.model === null ? [] : [{ ...g, gauge: i, model: g.model }]));
const apart = (i: number, value: (g: (typeof printed)[0]) => number, scale: number): boolean =>
    printed.every((g, k) => k === i || Math.hypot((g.measured - printed[i].measured) * 8, (value(g) - value(printed[i])) * scale) > 16);

describe("the plot of a calibration", () => {
    test("every gauge that prints is one mark, at the pixel of its sizes", async () => {
        const { page, errors } = await b.open(calibrationPage());
        for (const label of ["Model size", "Model minus"]) {
            await place(page, label);
            expect(await page.locator(`svg[aria-label^='${label}'] .gauge-mark`).count()).toBe(printed.length);
        }
        const at = await place(page, "Model size");
        const fitted = printed.filter((g, i) => g.role === "fitted" && apart(i, (q) => q.model, 8));
        expect(fitted.length).toBeGreaterThan(4);
        for (const c of await colours(page, fitted.map((g) => at(g.measured, g.model).map(Math.floor) as [number, number])))
            expect(c).toEqual([0, 103, 163]);
        expect(errors).toEqual([]);
    });

    for (const [label, value] of [["Model size", (g: (typeof printed)[0]) => g.model], ["Model minus", (g: (typeof printed)[0]) => g.model - g.measured]] as const)
        test(`the value under the pointer is that of the array, ${label.toLowerCase()}`, async () => {
            const { page } = await b.open(calibrationPage());
            const at = await place(page, label);
            let seen = 0;
            for (const [i, g] of printed.entries()) {
                if (!apart(i, value, label === "Model size" ? 8 : 200)) continue;
                await page.mouse.move(...at(g.measured, value(g)));
                await expect.poll(() => page.locator(readout).getAttribute("data-gauge")).toBe(String(g.gauge));
                expect(Number(await page.locator(readout).getAttribute("data-measured"))).toBe(g.measured);
                expect(Number(await page.locator(readout).getAttribute("data-model"))).toBe(g.model);
                expect(await page.locator(readout).textContent()).toContain(g.name);
                ++seen;
            }
            expect(seen).toBeGreaterThan(8);
        });

    test("states the rms that the calibration reports, fitted and held out", async () => {
        const { page } = await b.open(calibrationPage());
        const row = await page.locator(".parity-numbers tr", { hasText: "rms" }).locator("td").allTextContents();
        expect(row).toEqual([rms.fitted.toFixed(3), rms.heldOut.toFixed(3)]);
        expect(await page.locator(".parity-legend").textContent()).toContain("not printed by the model: 1");
    });

    test("a click marks the row of the gauge, a row marks its point, arrows walk by size", async () => {
        const { page, errors } = await b.open(calibrationPage());
        const at = await place(page, "Model minus");
        const g = printed[17];
        await page.mouse.click(...at(g.measured, g.model - g.measured));
        const current = page.locator(".gauge-table tr[aria-current]");
        expect(await current.count()).toBe(1);
        expect(await current.locator("td").first().textContent()).toBe(g.name);
        await page.locator(".gauge-table tr", { hasText: printed[3].name }).click();
        expect(await page.locator(readout).getAttribute("data-gauge")).toBe(String(printed[3].gauge));
        expect(await page.locator(".parity .held").first().getAttribute("visibility")).toBe("visible");
        await page.locator(".parity-plots").focus();
        const sizes = [...printed].sort((a, c) => a.measured - c.measured || a.gauge - c.gauge);
        const from = sizes.findIndex((q) => q.gauge === printed[3].gauge);
        await page.keyboard.press("ArrowRight");
        expect(await page.locator(readout).getAttribute("data-gauge")).toBe(String(sizes[from + 1].gauge));
        await page.keyboard.press("Enter");
        expect(await current.locator("td").first().textContent()).toBe(sizes[from + 1].name);
        expect(errors).toEqual([]);
    });

    test("without a gauge table it still reads", async () => {
        const { page, errors } = await b.open(calibrationPage({ table: false }));
        const at = await place(page, "Model size");
        await page.mouse.click(...at(printed[0].measured, printed[0].model));
        expect(await page.locator(readout).textContent()).toContain("nm");
        expect(errors).toEqual([]);
    });

    test("hostile names stay text", async () => {
        const { page, errors } = await b.open(calibrationPage({ name: "</script><img src=x onerror=alert(1)>" }));
        await page.locator(".parity-plots").focus();
        await page.keyboard.press("ArrowRight");
        expect(await page.locator(readout).textContent()).toContain("onerror=alert(1)");
        expect(await page.locator("img").count()).toBe(0);
        expect(errors).toEqual([]);
    });

    for (const colorScheme of ["light", "dark"] as const)
        test(`is legible and stays inside 390 px, ${colorScheme}`, async () => {
            const { page, errors } = await b.open(calibrationPage(), { colorScheme, viewport: { width: 390, height: 844 } });
            expect(await illegible(page)).toEqual({ low: [], nameless: 0 });
            expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
            expect(errors).toEqual([]);
        });

    test("print clips nothing and keeps marks and numbers", async () => {
        const { page } = await b.open(calibrationPage());
        await page.setViewportSize({ width: 720, height: 1000 });
        await page.emulateMedia({ media: "print" });
        const clipped = await page.evaluate(() => [...document.querySelectorAll<HTMLElement>("table, ul, section, .chart")]
            .filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5).map((e) => e.className || e.tagName));
        expect(clipped).toEqual([]);
        for (const part of [".parity-legend", ".parity-numbers", ".gauge-mark"]) expect(await page.locator(part).first().isVisible()).toBe(true);
    });
});
