// The report in a browser. A missing WebGL2 context fails, it does not skip.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { colourAt, mapTable, position, type MapName } from "../../src/colormap";
import { cosine, cosinePage, cosineValue, metalPage } from "../pages/synthetic.mjs";
import { bench, colours, illegible, planOf, screenOf, settled, stageOf, type Bench, type Stage } from "./browser";

let b: Bench;
beforeAll(async () => { b = await bench(); }, 60000);
afterAll(async () => { await b.close(); });

const edge = Math.acos((cosine.threshold - cosine.mean) / cosine.amplitude) * (cosine.period / (2 * Math.PI));
const number = async (page: Page, name: string): Promise<number> =>
    Number(await page.locator(`.numbers td[data-name="${name}"]`).getAttribute("data-value"));

async function hideMarks(page: Page): Promise<void> {
    await page.locator(".layer", { hasText: "Gauges" }).locator("input").first().uncheck();
}

describe("R1 one file", () => {
    test("opens from file:// without network, requests or console errors, on WebGL2", async () => {
        const { page, errors, requests } = await b.open(metalPage());
        expect(await page.locator("html").getAttribute("data-ready")).toBe("true");
        expect(await page.locator(".stage").getAttribute("data-renderer")).toBe("WebGL2");
        expect(requests.filter((u) => !/^(file|data|blob):/.test(u))).toEqual([]);
        expect(errors).toEqual([]);
        expect(await page.title()).toContain("Metal clip");
    });

    test("holds no external address and the payload mark once", () => {
        const file = readFileSync(new URL("../../prebuilt/report.html", import.meta.url), "utf8");
        expect(file.match(/https?:|\bwss?:|["'(]\/\/\w/g)).toBeNull();
        expect(file.split("<!--DAMASCENE_PAYLOAD-->")).toHaveLength(2);
    });

    test("the policy stops fetches and foreign scripts", async () => {
        const { page } = await b.open(cosinePage());
        const outcome = await page.evaluate(async () => {
            const fetched = await fetch("data:text/plain,x").then(() => "fetched", () => "refused");
            const script = document.createElement("script");
            let assigned = "assigned";
            try { script.textContent = "window.foreign = 1"; } catch { assigned = "refused"; }
            document.body.append(script);
            return [fetched, assigned, String((window as { foreign?: number }).foreign)];
        });
        expect(outcome[0]).toBe("refused");
        expect(outcome[2]).toBe("undefined");
    });

    test("the empty template says that it holds no run", async () => {
        const { page } = await b.open(readFileSync(new URL("../../prebuilt/report.html", import.meta.url), "utf8"));
        expect(await page.locator("html").getAttribute("data-ready")).toBe("failed");
        expect(await page.getByRole("alert").textContent()).toContain("no run");
    });
});

describe("R2 value under the pointer", () => {
    test("a spectrum is read to 1e-6 of its closed form, at rest and zoomed in", async () => {
        const { page } = await b.open(cosinePage());
        await page.locator(".stage").scrollIntoViewIfNeeded();
        for (const zoom of [0, 3]) {
            await page.locator(".stage").focus();
            for (let i = 0; i < zoom; ++i) await page.keyboard.press("+");
            await settled(page);
            const s = await stageOf(page);
            for (const [dx, dy] of [[-130, 40], [-51, -77], [3, 9], [88, -20], [144, 101]]) {
                const [px, py] = [Math.round(s.left + s.width / 2 + dx), Math.round(s.top + s.height / 2 + dy)];
                await page.mouse.move(px, py);
                const [x, y] = planOf(s, px, py);
                const value = page.locator('.readout .value[data-layer="aerial"]');
                await expect.poll(async () => Number(await value.getAttribute("data-x"))).toBeCloseTo(x, 6);
                const read = Number(await value.getAttribute("data-value"));
                expect(Math.abs(read - cosineValue(x, y))).toBeLessThan(1e-6 * Math.abs(cosineValue(x, y)));
                expect(Number((await value.locator("b").textContent()))).toBeCloseTo(read, 6);
            }
        }
    });

    test("stored samples are read back from their integers", async () => {
        const { page } = await b.open(cosinePage());
        await page.locator('.layer[data-id="map"] input[type=checkbox]').check();
        await page.locator(".stage").scrollIntoViewIfNeeded();
        await settled(page);
        const s = await stageOf(page);
        for (const [i, j] of [[1, 0], [2, 1], [3, 1]]) {
            const [px, py] = screenOf(s, 200 * i + 13, 400 * j + 29).map(Math.round);
            await page.mouse.move(px, py);
            const [x, y] = planOf(s, px, py);
            const node = (a: number, c: number): number => 0.5 * (5 * c + a) ** 2 - 3;
            const [p, q] = [x / 200 - i, y / 400 - j];
            const expected = (1 - q) * ((1 - p) * node(i, j) + p * node(i + 1, j)) + q * ((1 - p) * node(i, j + 1) + p * node(i + 1, j + 1));
            const value = page.locator('.readout .value[data-layer="map"]');
            await expect.poll(async () => Number(await value.getAttribute("data-x"))).toBeCloseTo(x, 6);
            expect(Number(await value.getAttribute("data-value"))).toBeCloseTo(expected, 6);
        }
    });
});

describe("R3 cut line", () => {
    test("the named cut measures the dark space of the cosine", async () => {
        const { page } = await b.open(cosinePage({ cosine: { skew: 0 } }));
        expect(Math.abs((await number(page, "CD at threshold")) - (cosine.period - 2 * edge))).toBeLessThan(1e-6);
        const k = (2 * Math.PI) / cosine.period;
        const nils = ((cosine.period - 2 * edge) * cosine.amplitude * k * Math.sin(k * edge)) / cosine.threshold;
        expect(Math.abs((await number(page, "NILS left")) - nils)).toBeLessThan(1e-6);
    });

    test("a cut drawn with shift and drag, and one with the tool, measure it to 0.01 nm", async () => {
        const { page } = await b.open(cosinePage({ cosine: { skew: 0 } }));
        await page.locator(".stage").scrollIntoViewIfNeeded();
        const draw = async (from: number[], to: number[]): Promise<void> => {
            await page.mouse.move(from[0], from[1]);
            await page.mouse.down();
            await page.mouse.move(0.5 * (from[0] + to[0]), from[1] + 1, { steps: 4 });
            await page.mouse.move(to[0], to[1] + 1, { steps: 4 });
            await page.mouse.up();
        };
        const s = await stageOf(page);
        await page.keyboard.down("Shift");
        await draw(screenOf(s, 60, 222), screenOf(s, 740, 222));
        await page.keyboard.up("Shift");
        expect(Math.abs((await number(page, "CD at threshold")) - (cosine.period - 2 * edge))).toBeLessThan(0.01);
        expect(await number(page, "length")).not.toBe(800);
        await page.locator(".plan-tools button", { hasText: "Cut" }).click();
        await draw(screenOf(s, 40, 600), screenOf(s, 700, 600));
        expect(Math.abs((await number(page, "CD at threshold")) - (cosine.period - 2 * edge))).toBeLessThan(0.01);
        expect((await stageOf(page)).x).toBe(s.x);
    });

    test("a tilted cut typed in coordinates is longer by the cosine of its angle", async () => {
        const { page } = await b.open(cosinePage({ cosine: { skew: 0 } }));
        for (const [name, v] of [["A x", -400], ["A y", 100], ["B x", 400], ["B y", 700]] as const)
            await page.getByLabel(`${name} [nm]`).fill(String(v));
        await page.getByRole("button", { name: "Measure" }).click();
        expect(Math.abs((await number(page, "CD at threshold")) - 2 * edge * Math.hypot(1, 0.75))).toBeLessThan(1e-6);
    });
});

describe("R4 colours of the compositor", () => {
    async function compare(page: Page, map: MapName, log: boolean, c = cosine): Promise<void> {
        await settled(page);
        await page.mouse.move(2, 2);
        const s: Stage = await stageOf(page);
        const bar = page.locator(".bar");
        const scale = { low: Number(await bar.getAttribute("data-low")), high: Number(await bar.getAttribute("data-high")), log };
        const points: [number, number][] = [];
        for (let i = 0; i < 6; ++i)
            for (let j = 0; j < 5; ++j) {
                const [px, py] = screenOf(s, s.x + (i - 2.5) * 45 * s.nmPerPx, s.y + (j - 2.2) * 62 * s.nmPerPx);
                const [x, y] = planOf(s, Math.floor(px) + 0.5, Math.floor(py) + 0.5);
                const marked = Math.abs(y - 400) < 30 * s.nmPerPx;
                if (!marked && x > 2 && y > 2 && x < c.period - 2 && y < c.period - 2) points.push([Math.floor(px), Math.floor(py)]);
            }
        expect(points.length).toBeGreaterThanOrEqual(20);
        const seen = await colours(page, points);
        points.forEach(([px, py], n) => {
            const [x, y] = planOf(s, px + 0.5, py + 0.5);
            const expected = colourAt(mapTable(map), position(cosineValue(x, y, c), scale));
            expected.forEach((v, channel) => expect(Math.abs(seen[n][channel] - v)).toBeLessThanOrEqual(2));
        });
    }

    test("are the colour map of the value, in every map, linear and logarithmic, zoomed and panned", async () => {
        const { page, errors } = await b.open(cosinePage());
        await hideMarks(page);
        await page.locator(".stage").scrollIntoViewIfNeeded();
        await compare(page, "viridis", false);
        await page.getByLabel("Colour map").selectOption("cividis");
        await compare(page, "cividis", false);
        await page.locator(".plan-tools button", { hasText: "Log" }).click();
        await compare(page, "cividis", true);
        await page.getByLabel("Colour map").selectOption("viridis");
        await page.locator(".stage").focus();
        for (const key of ["+", "+", "+", "+", "ArrowRight", "ArrowUp"]) await page.keyboard.press(key);
        await compare(page, "viridis", true);
        expect(errors).toEqual([]);
    });

    test("hold on a screen of two device pixels per pixel", async () => {
        const { page } = await b.open(cosinePage(), { deviceScaleFactor: 2 });
        await hideMarks(page);
        await page.locator(".stage").scrollIntoViewIfNeeded();
        await settled(page);
        const s = await stageOf(page);
        const scale = { low: 0, high: Number(await page.locator(".bar").getAttribute("data-high")), log: false };
        const [px, py] = screenOf(s, 517, 619).map((v) => Math.floor(2 * v));
        const [x, y] = planOf(s, (px + 0.5) / 2, (py + 0.5) / 2);
        const [seen] = await colours(page, [[px, py]]);
        colourAt(mapTable("viridis"), position(cosineValue(x, y), scale))
            .forEach((v, channel) => expect(Math.abs(seen[channel] - v)).toBeLessThanOrEqual(2));
    });

    test("polygons fill even-odd: inside painted, hole and outside not", async () => {
        const { page } = await b.open(cosinePage({ target: true }));
        await hideMarks(page);
        await page.locator(".stage").scrollIntoViewIfNeeded();
        await settled(page);
        const s = await stageOf(page);
        const at = (x: number, y: number): [number, number] => screenOf(s, x, y).map(Math.floor) as [number, number];
        const [inside, hole, second, outside] = await colours(page, [at(125, 200), at(200, 360), at(600, 250), at(400, 250)]);
        expect(inside).toEqual([0xd5, 0x5e, 0x00]);
        expect(second).toEqual([0xd5, 0x5e, 0x00]);
        expect(hole).not.toEqual([0xd5, 0x5e, 0x00]);
        expect(outside).not.toEqual([0xd5, 0x5e, 0x00]);
        await page.locator('.layer[data-id="aerial"] input[type=checkbox]').uncheck();
        await page.locator('.layer[data-id="target"] input[type=range]').fill("50");
        await settled(page);
        const [half, paper] = await colours(page, [at(125, 200), at(400, 250)]);
        half.forEach((v, i) => expect(Math.abs(v - 0.5 * (paper[i] + [0xd5, 0x5e, 0x00][i]))).toBeLessThanOrEqual(2));
    });

    test("without WebGL2 the plan is drawn on the CPU in the same colours, and the page says so", async () => {
        const before = `const get = HTMLCanvasElement.prototype.getContext;
            HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
                return kind === "webgl2" ? null : get.call(this, kind, ...rest);
            };`;
        const { page } = await b.open(cosinePage({ target: false }), { before });
        expect(await page.locator(".stage").getAttribute("data-renderer")).toBe("Canvas 2D");
        expect(await page.locator(".plan .notice").isVisible()).toBe(true);
        await hideMarks(page);
        await page.locator(".stage").scrollIntoViewIfNeeded();
        await compare(page, "viridis", false);
    });
});

describe("R5 keyboard", () => {
    test("arrows pan, plus and minus zoom, 0 shows everything, with a visible focus", async () => {
        const { page } = await b.open(cosinePage());
        await page.locator(".plan-tools button, .plan-tools select").last().focus();
        await page.keyboard.press("Tab");
        const focused = await page.evaluate(() => {
            const style = getComputedStyle(document.activeElement as Element);
            return [document.activeElement?.className, style.outlineStyle, parseFloat(style.outlineWidth) >= 2];
        });
        expect(focused).toEqual(["stage", "solid", true]);
        const home = await stageOf(page);
        const after = async (key: string): Promise<Stage> => {
            await page.keyboard.press(key);
            await settled(page);
            return stageOf(page);
        };
        expect((await after("ArrowRight")).x).toBeGreaterThan(home.x);
        expect((await after("ArrowLeft")).x).toBeCloseTo(home.x, 9);
        expect((await after("ArrowUp")).y).toBeGreaterThan(home.y);
        expect((await after("ArrowDown")).y).toBeCloseTo(home.y, 9);
        expect((await after("+")).nmPerPx).toBeCloseTo(home.nmPerPx / 1.5, 9);
        expect((await after("-")).nmPerPx).toBeCloseTo(home.nmPerPx, 9);
        await after("+");
        await after("ArrowUp");
        expect(await after("0")).toEqual(home);
    });

    test("the wheel zooms about the pointer and a drag moves the plan with it", async () => {
        const { page } = await b.open(cosinePage());
        await page.locator(".stage").scrollIntoViewIfNeeded();
        const s = await stageOf(page);
        const [px, py] = screenOf(s, 500, 300).map(Math.round);
        const under = planOf(s, px, py);
        await page.mouse.move(px, py);
        await page.mouse.wheel(0, -300);
        await expect.poll(async () => (await stageOf(page)).nmPerPx).toBeLessThan(s.nmPerPx);
        await settled(page);
        const z = await stageOf(page);
        planOf(z, px, py).forEach((v, i) => expect(v).toBeCloseTo(under[i], 6));
        await page.mouse.down();
        await page.mouse.move(px + 60, py - 25, { steps: 5 });
        await page.mouse.up();
        await settled(page);
        planOf(await stageOf(page), px + 60, py - 25).forEach((v, i) => expect(v).toBeCloseTo(under[i], 6));
    });
});

describe("R7 large layouts", () => {
    // The figures are printed, not asserted: goals are 5 s to load and 200 ms to answer a pan.
    test("a million vertices load, pan and settle without an error", async () => {
        const rectangles = Array.from({ length: 250000 }, (_, i) => {
            const [x, y] = [(i % 500) * 1.6, Math.floor(i / 500) * 1.6];
            return [x, y, x + 0.8, y + 1.1];
        });
        const html = cosinePage({ target: true, rectangles });
        const start = performance.now();
        const { page, errors } = await b.open(html);
        const loaded = performance.now() - start;
        const pans = await page.locator(".stage").evaluate(async (stage) => {
            const times: number[] = [];
            for (let i = 0; i < 5; ++i) {
                const before = performance.now();
                stage.dispatchEvent(new KeyboardEvent("keydown", { key: i % 2 ? "ArrowLeft" : "ArrowRight" }));
                await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
                times.push(performance.now() - before);
            }
            return times.sort((p, q) => p - q);
        });
        const moved = performance.now();
        await page.waitForSelector(".stage[data-settled=true]");
        const drawn = performance.now() - moved;
        console.log(`10^6 vertices: shown after ${loaded.toFixed(0)} ms, median pan ${pans[2].toFixed(0)} ms, redrawn ${drawn.toFixed(0)} ms later`);
        expect(await page.locator(".stage canvas").first().evaluate((c) => (c as HTMLElement).style.transform)).toBe("");
        expect(errors).toEqual([]);
    }, 60000);
});

describe("R8 hostile names", () => {
    test("stay text wherever a file could put them", async () => {
        const name = "</script><img src=x onerror=alert(1)>";
        const { page, errors } = await b.open(cosinePage({ name, target: true }));
        expect(await page.locator("html").getAttribute("data-ready")).toBe("true");
        expect(await page.locator("img, script[src]").count()).toBe(0);
        expect(await page.locator("h1").textContent()).toBe(name);
        for (const place of [".card-label", ".layer-name", ".rows td", ".warnings li", ".leaves td", "pre", ".rerun code", ".small h3"])
            expect(await page.locator(place, { hasText: "onerror=alert(1)" }).count()).toBeGreaterThan(0);
        await page.locator(".rows tbody tr").first().click();
        await settled(page);
        expect(errors).toEqual([]);
    });
});

describe("gauges", () => {
    test("a click on a row centres the plan on its place, as Enter does", async () => {
        const { page } = await b.open(cosinePage());
        await page.locator(".rows tbody tr", { hasText: "right" }).click();
        await settled(page);
        const s = await stageOf(page);
        expect([s.x, s.y]).toEqual([650, 520]);
        expect(s.nmPerPx * s.height).toBeLessThan(400);
        await expect(page.locator(".rows tr[aria-current]").textContent()).resolves.toContain("right");
        await page.locator(".rows tbody tr").first().focus();
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Enter");
        await settled(page);
        expect((await stageOf(page)).x).toBe(100);
    });

    test("the worst error comes first, a column head reorders, the file downloads", async () => {
        const { page } = await b.open(cosinePage());
        const first = page.locator(".rows tbody tr").first();
        expect(await first.textContent()).toContain("+2.50");
        await page.locator(".rows th button", { hasText: "x [nm]" }).click();
        await page.locator(".rows th button", { hasText: "x [nm]" }).click();
        expect(await first.textContent()).toContain("left");
        expect(await page.locator(".rows th").nth(1).getAttribute("aria-sort")).toBe("ascending");
        const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download CSV" }).click()]);
        expect(readFileSync(await file.path(), "utf8").split("\r\n").slice(0, 2)).toEqual(["site,x [nm],y [nm],epe [nm]", "left,100,300,-1.25"]);
    });
});

describe("R10 print", () => {
    test("clips no table, recipe or list", async () => {
        const { page } = await b.open(metalPage());
        await page.setViewportSize({ width: 720, height: 1000 });
        await page.emulateMedia({ media: "print" });
        const clipped = await page.evaluate(() => [...document.querySelectorAll<HTMLElement>(".scroll, pre, table, ul, section")]
            .filter((e) => getComputedStyle(e).overflow !== "visible" || e.getBoundingClientRect().right > innerWidth + 0.5 ||
                           e.scrollWidth > e.clientWidth + 1 || (e.scrollHeight > e.clientHeight + 1 && e.matches(".scroll, pre")))
            .map((e) => e.className || e.tagName));
        expect(clipped).toEqual([]);
    });
});

describe("R11 reading for everyone", () => {
    test("Tab walks the page in the order it is read, always with a visible focus", async () => {
        const { page } = await b.open(metalPage());
        const visited = await (async () => {
            const places: number[] = [];
            for (let i = 0; i < 60; ++i) {
                await page.keyboard.press("Tab");
                const place = await page.evaluate(() => {
                    const e = document.activeElement as HTMLElement;
                    const style = getComputedStyle(e);
                    const seen = e.matches(":focus-visible") && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
                    return [[...document.querySelectorAll("*")].indexOf(e), seen ? 1 : 0, e === document.body ? 1 : 0];
                });
                if (place[2]) break;
                expect(place[1]).toBe(1);
                places.push(place[0]);
            }
            return places;
        })();
        expect(visited.length).toBeGreaterThan(30);
        expect(visited).toEqual([...visited].sort((p, q) => p - q));
        expect(await page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count()).toBe(0);
    });

    test("a verdict stands beside its number or below it, never on it", async () => {
        const { page } = await b.open(cosinePage({ name: "0.00050550 of a long unit" }), { viewport: { width: 390, height: 844 } });
        const covered = await page.locator(".card:has(.badge)").evaluateAll((cards) => cards.filter((card) => {
            const value = document.createRange();
            value.selectNodeContents(card.querySelector(".card-value") as Element);
            const [v, m] = [value.getBoundingClientRect(), (card.querySelector(".badge") as Element).getBoundingClientRect()];
            return v.right > m.left && m.right > v.left && v.bottom > m.top && m.bottom > v.top;
        }).length);
        expect(covered).toBe(0);
        expect(await page.locator(".card:has(.badge)").count()).toBe(2);
    });

    test("no verdict and no curve speaks by colour alone", async () => {
        const { page } = await b.open(metalPage());
        const mute = await page.locator(".badge").evaluateAll((all) => all.filter((e) => !e.querySelector("svg") || !e.textContent?.trim()).length);
        expect(mute).toBe(0);
        const curves = await page.locator("#process-window figure, #convergence figure").evaluateAll((figures) => figures.flatMap((f) => {
            const dashes = [...f.querySelectorAll(".curve:not(.fit)")].map((e) => getComputedStyle(e).strokeDasharray);
            const named = f.querySelectorAll(".series-label").length;
            return dashes.length > 1 && new Set(dashes).size < dashes.length && named < dashes.length && !f.querySelector(".area") ? [f.textContent] : [];
        }));
        expect(curves).toEqual([]);
    });

    for (const colorScheme of ["light", "dark"] as const)
        test(`text contrasts by 4.5 to 1 and controls have names, ${colorScheme}`, async () => {
            const { page } = await b.open(metalPage(), { colorScheme });
            expect(await illegible(page)).toEqual({ low: [], nameless: 0 });
        });

    test("the theme button changes page and plan", async () => {
        const { page } = await b.open(metalPage(), { colorScheme: "light" });
        const s = await stageOf(page);
        const corner: [number, number][] = [[3, 3], [Math.round(s.left) + 6, Math.round(s.top) + 6]];
        const light = await colours(page, corner);
        await page.getByRole("button", { name: "Light / dark" }).click();
        await settled(page);
        const dark = await colours(page, corner);
        light.forEach((c, i) => expect(c[0] - dark[i][0]).toBeGreaterThan(150));
    });
});
