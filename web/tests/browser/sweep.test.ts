// The explorer of a sweep in a browser: limits by drag and by hand, points in their colours, table, file, ten thousand cases.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { colourAt } from "../../src/colormap";
import { legibleMap } from "../../src/sweep_state";
import { sweepInputs, sweepPage, sweepResults } from "../pages/sweep.mjs";
import { bench, colours, illegible, type Bench } from "./browser";

let b: Bench;
beforeAll(async () => { b = await bench(); }, 60000);
afterAll(async () => { await b.close(); });

const lost = new Set([3, 5]);
const rows = (n: number): { a: number; b: number; c: number; y: number; row: number }[] =>
    Array.from({ length: n }, (_, row) => {
        const [a, p, c] = sweepInputs(row);
        return { a, b: p, c, y: sweepResults([a, p, c])[0], row };
    });
const chosen = async (page: Page): Promise<number> => Number((await page.locator(".tally").textContent())?.split(" ")[0]);
const rest = async (page: Page): Promise<void> => {
    await page.waitForSelector(".parallel[data-settled=true]");
    await page.waitForSelector(".scatter[data-settled=true]");
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
};

/** Window place of the axis in `slot` at the part `t` of its height. */
async function onAxis(page: Page, slot: number, t: number): Promise<[number, number]> {
    const r = (await page.locator(".parallel-axes .axis:not([x1='0'])").evaluateAll((lines) => lines
        .map((e) => e.getBoundingClientRect()).filter((q) => q.height > 50).map((q) => ({ x: q.x, top: q.top, bottom: q.bottom }))))[slot];
    return [r.x, r.bottom - t * (r.bottom - r.top)];
}

async function drag(page: Page, from: [number, number], to: [number, number]): Promise<void> {
    await page.mouse.move(...from);
    await page.mouse.down();
    await page.mouse.move(0.5 * (from[0] + to[0]), 0.5 * (from[1] + to[1]), { steps: 3 });
    await page.mouse.move(...to, { steps: 3 });
    await page.mouse.up();
}

describe("limits", () => {
    test("a drag on an axis keeps the cases inside; a move carries them, a click drops them", async () => {
        const { page, errors } = await b.open(sweepPage());
        await page.locator(".parallel").scrollIntoViewIfNeeded();
        expect(await chosen(page)).toBe(240);
        const all = rows(240).map((r) => r.b).sort((p, q) => p - q);
        const value = (t: number): number => all[0] * (all[239] / all[0]) ** t;
        const between = (t0: number, t1: number, slack: number): number =>
            all.filter((v) => v >= value(t0 - slack) && v <= value(t1 + slack)).length;
        await drag(page, await onAxis(page, 1, 0.3), await onAxis(page, 1, 0.6));
        const first = await chosen(page);
        expect(first).toBeGreaterThanOrEqual(between(0.3, 0.6, -0.01));
        expect(first).toBeLessThanOrEqual(between(0.3, 0.6, 0.01));
        await drag(page, await onAxis(page, 1, 0.45), await onAxis(page, 1, 0.75));
        const second = await chosen(page);
        expect(second).toBeGreaterThanOrEqual(between(0.6, 0.9, -0.015));
        expect(second).toBeLessThanOrEqual(between(0.6, 0.9, 0.015));
        await page.mouse.click(...(await onAxis(page, 1, 0.75)));
        expect(await chosen(page)).toBe(240);
        expect(errors).toEqual([]);
    });

    test("typed limits are exact, combine, and go with one button", async () => {
        const { page } = await b.open(sweepPage());
        await page.getByLabel("fill: sticking probability from").fill("0.8");
        await page.getByLabel("trench: width [nm] to").fill("25");
        await page.keyboard.press("Tab");
        expect(await chosen(page)).toBe(rows(240).filter((r) => r.a >= 0.8 && r.c <= 25).length);
        await page.getByLabel("fill: thickness at closure [nm] to").fill("55");
        await page.keyboard.press("Tab");
        expect(await chosen(page)).toBe(rows(240).filter((r) => r.a >= 0.8 && r.c <= 25 && r.y <= 55 && !lost.has(r.row)).length);
        await page.getByRole("button", { name: "Reset limits" }).focus();
        await page.keyboard.press("Enter");
        expect(await chosen(page)).toBe(240);
        expect(await page.getByLabel("fill: sticking probability from").inputValue()).toBe("");
    });

    test("a limit typed on one side is a band up to the end of its axis, and is carried as one", async () => {
        const { page, errors } = await b.open(sweepPage());
        await page.locator(".parallel").scrollIntoViewIfNeeded();
        const all = rows(240).map((r) => r.a).sort((p, q) => p - q);
        const value = (t: number): number => all[0] + t * (all[239] - all[0]);
        const between = (t0: number, t1: number): number => all.filter((v) => v >= value(t0) && v <= value(t1)).length;
        const [from, to] = ["from", "to"].map((end) => page.getByLabel(`fill: sticking probability ${end}`));
        await from.fill(String(value(0.4)));
        await page.keyboard.press("Tab");
        expect(await chosen(page)).toBe(between(0.4, 1));
        await drag(page, await onAxis(page, 0, 0.7), await onAxis(page, 0, 0.5));
        expect(await chosen(page)).toBeGreaterThanOrEqual(between(0.21, 0.79));
        expect(await chosen(page)).toBeLessThanOrEqual(between(0.19, 0.81));
        expect(Number(await to.inputValue())).toBeCloseTo(value(0.8), 1);
        await drag(page, await onAxis(page, 0, 0.5), await onAxis(page, 0, 0.9));
        expect([await to.inputValue(), await chosen(page) > 0]).toEqual(["", true]);
        await from.fill("");
        await page.keyboard.press("Tab");
        expect(await chosen(page)).toBe(240);
        await page.getByLabel("fill: pressure [mTorr] from").fill("0");
        await page.keyboard.press("Tab");
        await drag(page, await onAxis(page, 1, 0.5), await onAxis(page, 1, 0.4));
        expect(await chosen(page)).toBe(240);
        expect(errors).toEqual([]);
    });

    test("a drag to the end of an axis keeps the case there", async () => {
        const ends = (t: number, low: number, inside: number, high: number): number => (t === 0 ? low : t === 1 ? high : inside);
        const inputs = (i: number): [number, number, number] => {
            const t = i / 239;
            return [ends(t, 0.2, 0.2 + 0.7 * t, 0.9), ends(t, 0.01, 0.01 * 47 ** t, 0.47), 10];
        };
        const { page } = await b.open(sweepPage({ inputs }));
        await page.locator(".parallel").scrollIntoViewIfNeeded();
        const held = (): Promise<boolean[]> => Promise.all([239, 0].map(async (row) =>
            await page.locator(`#cases tr[data-row="${row}"]`).count() === 1));
        for (const slot of [0, 1]) {
            await drag(page, await onAxis(page, slot, 0.5), await onAxis(page, slot, 1.02));
            await expect.poll(held).toEqual([true, false]);
            await drag(page, await onAxis(page, slot, 0.75), await onAxis(page, slot, 0.2));
            await expect.poll(held).toEqual([false, true]);
            await drag(page, await onAxis(page, slot, 0.25), await onAxis(page, slot, 0.9));
            await expect.poll(held).toEqual([true, false]);
            await page.getByRole("button", { name: "Reset limits" }).click();
        }
    });

    test("a box in the scatter limits both its columns", async () => {
        const { page } = await b.open(sweepPage());
        await page.locator(".scatter").scrollIntoViewIfNeeded();
        const r = (await page.locator(".scatter").boundingBox()) as { x: number; y: number; width: number; height: number };
        await drag(page, [r.x + 200, r.y + 60], [r.x + 420, r.y + 240]);
        const [low, high] = [await page.getByLabel("fill: sticking probability from").inputValue(), await page.getByLabel("fill: sticking probability to").inputValue()].map(Number);
        const [least, most] = [await page.getByLabel("thickness at closure [nm] from").inputValue(), await page.getByLabel("thickness at closure [nm] to").inputValue()].map(Number);
        expect(await chosen(page)).toBe(rows(240).filter((q) => q.a >= low && q.a <= high && q.y >= least && q.y <= most && !lost.has(q.row)).length);
        expect(await chosen(page)).toBeGreaterThan(5);
    });
});

describe("scatter", () => {
    test("a point stands at its values in the colour of its value; the nearest is read out", async () => {
        const { page } = await b.open(sweepPage({ limits: false }), { colorScheme: "light", viewport: { width: 1400, height: 900 } });
        await page.getByLabel("Colour", { exact: true }).selectOption({ label: "fill: pressure [mTorr]" });
        await page.locator(".scatter").scrollIntoViewIfNeeded();
        await rest(page);
        const r = (await page.locator(".scatter").boundingBox()) as { x: number; y: number; width: number; height: number };
        const ok = rows(240).filter((q) => !lost.has(q.row));
        const ends = (v: number[]): [number, number] => [Math.min(...v), Math.max(...v)];
        const [[a0, a1], [y0, y1], [b0, b1]] = [ends(rows(240).map((q) => q.a)), ends(ok.map((q) => q.y)), ends(rows(240).map((q) => q.b))];
        const spot = (q: { a: number; y: number }): [number, number] => [
            r.x + 62 + (r.width - 74) * (0.03 + (0.94 * (q.a - a0)) / (a1 - a0)),
            r.y + r.height - 42 - (r.height - 54) * (0.03 + (0.94 * (q.y - y0)) / (y1 - y0))];
        const apart = ok.filter((q) => ok.every((o) => o === q || Math.hypot(spot(o)[0] - spot(q)[0], spot(o)[1] - spot(q)[1]) > 9));
        expect(apart.length).toBeGreaterThanOrEqual(20);
        const map = legibleMap("viridis", [255, 255, 255]);
        const seen = await colours(page, apart.slice(0, 20).map((q) => spot(q).map(Math.floor) as [number, number]));
        apart.slice(0, 20).forEach((q, i) => {
            const expected = colourAt(map, Math.log(q.b / b0) / Math.log(b1 / b0)).map((v) => 0.9 * v + 0.1 * 255);
            expected.forEach((v, channel) => expect(Math.abs(seen[i][channel] - v)).toBeLessThanOrEqual(6));
        });
        await page.mouse.move(...spot(apart[7]));
        expect(await page.locator(".case-facts caption").textContent()).toContain(`Case ${apart[7].row}:`);
    });
});

describe("cases", () => {
    test("sort by any column, walk by keys, link to the reports below the file only", async () => {
        const { page } = await b.open(sweepPage());
        expect(await page.locator("#cases tbody tr").count()).toBe(200);
        await page.locator("#cases th button", { hasText: "closure" }).click();
        const best = rows(240).filter((q) => !lost.has(q.row)).reduce((p, q) => (q.y < p.y ? q : p));
        const first = page.locator("#cases tbody tr").first();
        expect(await first.locator("td").first().textContent()).toBe(String(best.row));
        await first.focus();
        await page.keyboard.press("ArrowDown");
        expect(await page.locator("#cases tr[aria-current]").count()).toBe(1);
        expect(await page.locator("#cases a").first().getAttribute("href")).toMatch(/^cases\/\d{4}\/report\.html$/);
        expect(await page.locator("#cases tr", { hasText: "refused" }).count()).toBeLessThanOrEqual(1);
    });

    test("the file holds the chosen cases with every column", async () => {
        const { page } = await b.open(sweepPage());
        await page.getByLabel("trench: width [nm] from").fill("30");
        await page.keyboard.press("Tab");
        const [file] = await Promise.all([page.waitForEvent("download"), page.locator("#cases .save").click()]);
        const lines = readFileSync(await file.path(), "utf8").trim().split("\r\n");
        expect(lines[0]).toBe("case,status,met,fill.sticking,fill.pressure [mTorr],trench.width [nm],fill.closure.thickness [nm],fill.void.area [nm\u00b2],fill.coverage,code,message,key");
        expect(lines.length - 1).toBe(80);
        expect(lines[1].split(",").slice(0, 2)).toEqual(["2", "done"]);
        expect(Number(lines[1].split(",")[6])).toBe(sweepResults(sweepInputs(2))[0]);
    });
});

describe("every reader", () => {
    test("hostile names stay text and their links are dropped", async () => {
        const name = "</script><img src=x onerror=alert(1)>";
        const { page, errors } = await b.open(sweepPage({ name, cases: 20 }));
        expect(await page.locator("html").getAttribute("data-ready")).toBe("true");
        expect(await page.locator("img, script[src]").count()).toBe(0);
        expect(await page.locator("#cases a").count()).toBe(0);
        expect(await page.locator(".head", { hasText: "onerror=alert(1)" }).count()).toBeGreaterThan(0);
        expect(errors).toEqual([]);
    });

    for (const colorScheme of ["light", "dark"] as const)
        test(`is legible, named, and stays inside 390 px, ${colorScheme}`, async () => {
            const { page } = await b.open(sweepPage(), { colorScheme, viewport: { width: 390, height: 844 } });
            await page.getByLabel("fill: sticking probability from").fill("0.8");
            await page.keyboard.press("Tab");
            expect(await illegible(page)).toEqual({ low: [], nameless: 0 });
            expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
        });

    test("prints every column of the plots and the table", async () => {
        const { page } = await b.open(sweepPage());
        await page.setViewportSize({ width: 720, height: 1000 });
        await page.emulateMedia({ media: "print" });
        await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
        await rest(page);
        const clipped = await page.evaluate(() => [...document.querySelectorAll<HTMLElement>(".scroll, pre, table, ul, section, .parallel-inner, .scatter")]
            .filter((e) => e.getClientRects().length > 0 && (getComputedStyle(e).overflow !== "visible" || e.getBoundingClientRect().right > innerWidth + 0.5 ||
                e.scrollHeight > e.clientHeight + 1 && e.matches(".scroll, pre")))
            .map((e) => `${e.className || e.tagName} ${e.getBoundingClientRect().right}`));
        expect(clipped).toEqual([]);
    });
});

describe("ten thousand cases", () => {
    // Times are printed; asserted is only their order, which no load of the machine turns: a drag does not wait for the lines.
    test("open, and a drag answers before all lines are drawn", async () => {
        const html = sweepPage({ cases: 10000 });
        const start = performance.now();
        const { page, errors } = await b.open(html);
        const shown = performance.now() - start;
        await rest(page);
        const drawn = performance.now() - start;
        await page.locator(".parallel").scrollIntoViewIfNeeded();
        const [[x, y0], [, y1]] = [await onAxis(page, 0, 0.2), await onAxis(page, 0, 0.7)];
        const times = await page.locator(".parallel-axes").evaluate(async (surface, [px, from, to]) => {
            const event = (type: string, y: number): PointerEvent =>
                new PointerEvent(type, { clientX: px, clientY: y, pointerId: 1, button: 0, bubbles: true });
            surface.setPointerCapture = () => undefined;
            surface.dispatchEvent(event("pointerdown", from));
            const list: number[] = [];
            for (let i = 1; i <= 20; ++i) {
                const before = performance.now();
                surface.dispatchEvent(event("pointermove", from + ((to - from) * i) / 20));
                await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
                list.push(performance.now() - before);
            }
            surface.dispatchEvent(event("pointerup", to));
            return list.sort((p, q) => p - q);
        }, [x, y0, y1] as const);
        const after = performance.now();
        await rest(page);
        const redrawn = performance.now() - after;
        console.log(`10^4 cases: shown after ${shown.toFixed(0)} ms, drawn after ${drawn.toFixed(0)} ms; a step of a drag ` +
            `${times[10].toFixed(0)} ms (median), ${times[19].toFixed(0)} ms (longest), drawn ${redrawn.toFixed(0)} ms after it`);
        expect(await chosen(page)).toBeGreaterThan(4500);
        expect(await chosen(page)).toBeLessThan(5500);
        expect(times[10]).toBeLessThan(0.5 * redrawn);
        expect(errors).toEqual([]);
    }, 60000);
});
