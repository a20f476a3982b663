// The latent image under a resist profile in a browser: colours and values of the stored array, the switch, its bar.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { colourAt, mapTable, position } from "../../src/colormap";
import { blocked, film, mapRange, node, resistPage, storedValue } from "../pages/resist.mjs";
import { fillPage } from "../pages/topography.mjs";
import { bench, colours, illegible, type Bench } from "./browser";

let b: Bench;
beforeAll(async () => { b = await bench(); }, 60000);
afterAll(async () => { await b.close(); });

const stage = ".section-stage:not(.solid)";
const rest = async (page: Page): Promise<void> => {
    for (let i = 0; i < 2; ++i) await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
};

/** Window pixels of a place in the section, and back. */
async function place(page: Page): Promise<{ to(x: number, z: number): [number, number]; from(px: number, py: number): [number, number] }> {
    await page.locator(stage).scrollIntoViewIfNeeded();
    await rest(page);
    const s = await page.locator(stage).evaluate((e) => {
        const r = e.getBoundingClientRect();
        const { centreX, centreZ, nmPerPx } = (e as HTMLElement).dataset;
        return { x0: r.left + 58 + 0.5 * (r.width - 58), y0: r.top + 0.5 * (r.height - 38), x: Number(centreX), z: Number(centreZ), scale: Number(nmPerPx) };
    });
    return { to: (x, z) => [s.x0 + (x - s.x) / s.scale, s.y0 - (z - s.z) / s.scale],
             from: (px, py) => [s.x + (px - s.x0) * s.scale, s.z - (py - s.y0) * s.scale] };
}

const places = [[12, 9], [18, 41], [24, 70], [45, 23], [52, 55], [60, 8], [60, 66], [71, 37], [84, 14], [99, 50], [111, 71], [116, 30]];

const coloured = (value: number): number[] => {
    const [low, high] = mapRange();
    return colourAt(mapTable("viridis"), position(value, { low, high, log: false }));
};

describe("the latent image", () => {
    test("is painted in the colours of its values, over resist and developed places alike", async () => {
        const { page, errors } = await b.open(resistPage());
        const at = await place(page);
        const pixels = places.map(([x, z]) => at.to(x, z).map(Math.floor) as [number, number]);
        const seen = await colours(page, pixels);
        pixels.forEach(([px, py], i) => {
            const wanted = coloured(storedValue(...at.from(px + 0.5, py + 0.5)));
            for (const c of [0, 1, 2]) expect(Math.abs(seen[i][c] - wanted[c])).toBeLessThanOrEqual(2);
        });
        expect(errors).toEqual([]);
    });

    test("reads under the pointer what the array holds", async () => {
        const { page } = await b.open(resistPage());
        const at = await place(page);
        const value = page.locator(".map-value");
        for (const [x, z] of places) {
            const pixel = at.to(x, z).map(Math.round) as [number, number];
            await page.mouse.move(...pixel);
            await rest(page);
            expect(Number(await value.getAttribute("data-value"))).toBeCloseTo(storedValue(...at.from(...pixel)), 6);
        }
        const [i, j] = [13, 11];
        const pixel = at.to(...node(i, j)).map(Math.round) as [number, number];
        await page.mouse.move(...pixel);
        await rest(page);
        expect(Number(await value.getAttribute("data-value"))).toBeCloseTo(blocked(...at.from(...pixel)), 2);
        await page.mouse.move(...at.to(60, -20));
        await rest(page);
        expect(await value.count()).toBe(0);
        expect(await page.locator(".readout").first().textContent()).toContain("barc");
    });

    test("the switch takes map, bar and value away and shows the resist in its colour", async () => {
        const { page, errors } = await b.open(resistPage());
        const at = await place(page);
        expect(await page.locator(".cross-section .bar").isVisible()).toBe(true);
        expect(await page.locator(".cross-section .bar h3").textContent()).toBe("blocked share after bake");
        await page.getByLabel("Latent image").focus();
        await page.keyboard.press("Space");
        await rest(page);
        expect(await page.locator(stage).getAttribute("data-map")).toBe("false");
        expect(await page.locator(".cross-section .bar").isVisible()).toBe(false);
        const inLine = at.to(60, 40).map(Math.floor) as [number, number];
        expect((await colours(page, [inLine]))[0]).toEqual([0x56, 0xb4, 0xe9]);
        await page.mouse.move(...inLine);
        await rest(page);
        expect(await page.locator(".map-value").count()).toBe(0);
        expect(errors).toEqual([]);
    });

    test("the profile stands over it as a line that moves with time", async () => {
        const { page } = await b.open(resistPage());
        const at = await place(page);
        const dark = async (x: number, z: number): Promise<boolean> => Math.max(...(await colours(page, [at.to(x, z).map(Math.floor) as [number, number]]))[0]) < 60;
        expect(await dark(30, 0.5 * film.thickness)).toBe(true);
        const slider = page.getByLabel("Time", { exact: true });
        await slider.focus();
        await page.keyboard.press("Home");
        await page.keyboard.press("ArrowRight");
        await rest(page);
        expect(await dark(15, film.thickness - 5)).toBe(true);
        await page.keyboard.press("End");
        await rest(page);
        expect(await dark(30, 0.5 * film.thickness)).toBe(true);
    });

    test("there is no switch and no bar where a run has no latent image", async () => {
        for (const html of [resistPage({ map: false }), fillPage()]) {
            const { page, errors } = await b.open(html);
            expect(await page.getByLabel("Latent image").isVisible()).toBe(false);
            expect(await page.locator(".cross-section .bar").isVisible()).toBe(false);
            expect(errors).toEqual([]);
        }
    });

    test("hostile names stay text", async () => {
        const { page, errors } = await b.open(resistPage({ name: "</script><img src=x onerror=alert(1)>" }));
        expect(await page.locator(".cross-section .bar h3").textContent()).toContain("onerror=alert(1)");
        expect(await page.locator("img").count()).toBe(0);
        expect(errors).toEqual([]);
    });

    for (const colorScheme of ["light", "dark"] as const)
        test(`is legible and stays inside 390 px, ${colorScheme}`, async () => {
            const { page, errors } = await b.open(resistPage(), { colorScheme, viewport: { width: 390, height: 844 } });
            expect(await illegible(page)).toEqual({ low: [], nameless: 0 });
            expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
            expect(errors).toEqual([]);
        });
});
