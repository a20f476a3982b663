// Growing cross-sections in a browser: time line, materials under the pointer, voids, wall marker, solid view.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { fillPage, hole } from "../pages/topography.mjs";
import { bench, colours, type Bench, illegible } from "./browser";

let b: Bench;
beforeAll(async () => { b = await bench(); }, 60000);
afterAll(async () => { await b.close(); });

const stage = ".section-stage:not(.solid)";
const rest = async (page: Page): Promise<void> => {
    for (let i = 0; i < 2; ++i) await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
};

async function place(page: Page): Promise<(x: number, z: number) => [number, number]> {
    await page.locator(stage).scrollIntoViewIfNeeded();
    await rest(page);
    const s = await page.locator(stage).evaluate((e) => {
        const r = e.getBoundingClientRect();
        const { centreX, centreZ, nmPerPx } = (e as HTMLElement).dataset;
        return { left: r.left, top: r.top, width: r.width, height: r.height, x: Number(centreX), z: Number(centreZ), scale: Number(nmPerPx) };
    });
    const [left, bottom] = [58, 38];
    return (x, z) => [s.left + left + 0.5 * (s.width - left) + (x - s.x) / s.scale, s.top + 0.5 * (s.height - bottom) - (z - s.z) / s.scale];
}

const rgb = (hex: string): number[] => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const [si, tin, w] = ["#8f969e", "#e69f00", "#56b4e9"].map(rgb);
const pixel = async (page: Page, x: number, z: number): Promise<number[]> => {
    const at = (await place(page))(x, z).map(Math.floor) as [number, number];
    return (await colours(page, [at]))[0];
};

describe("the page", () => {
    for (const [size, colorScheme] of [[{ width: 1440, height: 1000 }, "light"], [{ width: 390, height: 800 }, "light"],
                                       [{ width: 1440, height: 1000 }, "dark"], [{ width: 1100, height: 700 }, "dark"]] as const)
        for (const axial of [false, true])
            test(`opens without network or console errors, ${size.width} px, ${colorScheme}, ${axial ? "via" : "trench"}`, async () => {
                const { page, errors, requests } = await b.open(fillPage({ axial }), { viewport: size, colorScheme });
                await rest(page);
                expect(await page.locator(stage).isVisible()).toBe(true);
                expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
                expect(requests.filter((u) => !/^(file|data|blob):/.test(u))).toEqual([]);
                expect(errors).toEqual([]);
            });

    test("paints each material in its colour where it is, both halves of a via", async () => {
        for (const axial of [false, true]) {
            const { page } = await b.open(fillPage({ axial }));
            for (const side of [1, -1]) {
                expect(await pixel(page, side * 60, -100)).toEqual(si);
                expect(await pixel(page, side * (0.5 * hole.width - 3), -60)).toEqual(tin);
                expect(await pixel(page, side * 70, 30)).toEqual(w);
            }
        }
    });

    test("dark pages show gas dark, and paper gets the light colours", async () => {
        const { page } = await b.open(fillPage(), { colorScheme: "dark" });
        expect(Math.max(...(await pixel(page, 80, 56)))).toBeLessThan(80);
        await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
        expect(Math.min(...(await pixel(page, 80, 56)))).toBeGreaterThan(220);
        await page.evaluate(() => dispatchEvent(new Event("afterprint")));
        expect(Math.max(...(await pixel(page, 80, 56)))).toBeLessThan(80);
    });

    test("hostile names stay text", async () => {
        const name = "</script><img src=x onerror=alert(1)>";
        const { page, errors } = await b.open(fillPage({ name }));
        expect(await page.locator("html").getAttribute("data-ready")).toBe("true");
        expect(await page.locator("img").count()).toBe(0);
        for (const where of [".materials .layer-name", ".coverage th span", ".facts li", ".leg", ".moment"])
            expect(await page.locator(where, { hasText: "onerror=alert(1)" }).count()).toBeGreaterThan(0);
        expect(errors).toEqual([]);
    });

    test("print clips nothing and shows no controls", async () => {
        const { page } = await b.open(fillPage());
        await page.setViewportSize({ width: 720, height: 1000 });
        await page.emulateMedia({ media: "print" });
        const clipped = await page.evaluate(() => [...document.querySelectorAll<HTMLElement>("table, ul, ol, section, .chart")]
            .filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5).map((e) => e.className || e.tagName));
        expect(clipped).toEqual([]);
        expect(await page.locator(".time-line input").isVisible()).toBe(false);
        expect(await page.locator(".moment").isVisible()).toBe(true);
    });

    for (const colorScheme of ["light", "dark"] as const)
        test(`text contrasts by 4.5 to 1 and controls have names, ${colorScheme}`, async () => {
            const { page } = await b.open(fillPage(), { colorScheme });
            expect(await illegible(page)).toEqual({ low: [], nameless: 0 });
        });
});

describe("time line", () => {
    test("the slider, by keyboard, changes drawing, text and history", async () => {
        const { page, errors } = await b.open(fillPage());
        expect(await pixel(page, 70, 30)).toEqual(w);
        const slider = page.getByLabel("Time", { exact: true });
        await slider.focus();
        await page.keyboard.press("Home");
        expect(await page.locator(".moment").textContent()).toContain("TiN liner \u00b7 0 s");
        expect(await slider.getAttribute("aria-valuetext")).toContain("TiN liner");
        expect(await pixel(page, 70, 30)).not.toEqual(w);
        expect(await pixel(page, 0.5 * hole.width - 3, -60)).not.toEqual(tin);
        for (let i = 0; i < 5; ++i) await page.keyboard.press("ArrowRight");
        expect(await page.locator(".moment").textContent()).toContain("W fill \u00b7 0 s");
        expect(await pixel(page, 0.5 * hole.width - 3, -60)).toEqual(tin);
        for (let i = 0; i < 9; ++i) await page.keyboard.press("ArrowRight");
        await rest(page);
        const read = await page.locator(".history .read-out").first().textContent();
        const frame = Number((await page.locator(stage).getAttribute("data-frame"))?.split("/")[1]);
        expect(Number(read?.split("   ")[0])).toBeCloseTo(frame, 2);
        expect(errors).toEqual([]);
    });

    test("play runs through all frames and stops at the last", async () => {
        const { page } = await b.open(fillPage());
        await page.getByRole("button", { name: "Play" }).click();
        await expect.poll(async () => page.getByLabel("Time", { exact: true }).inputValue(), { timeout: 3000 }).not.toBe("24");
        expect(await page.getByRole("button", { name: "Pause" }).count()).toBe(1);
        await expect.poll(async () => page.getByLabel("Time", { exact: true }).inputValue(), { timeout: 15000 }).toBe("24");
        await expect.poll(async () => page.getByRole("button", { name: "Play" }).count()).toBe(1);
    });

    test("the closing time stands under the slider between the frames it lies between", async () => {
        const { page } = await b.open(fillPage());
        const mark = page.locator(".closures span");
        expect(await mark.getAttribute("title")).toMatch(/^closed after 69/);
        const share = parseFloat(await mark.evaluate((e) => (e as HTMLElement).style.left)) / 100;
        expect(24 * share).toBeCloseTo(5 + 11, 2);
    });

    test("a step's name leads to its end, a click on the history to that time", async () => {
        const { page } = await b.open(fillPage());
        await page.locator(".leg", { hasText: "TiN liner" }).click();
        expect(await page.getByLabel("Time", { exact: true }).inputValue()).toBe("4");
        expect(await page.locator(".facts").textContent()).toContain("Conformal");
        await page.locator(".leg", { hasText: "W fill" }).click();
        const chart = page.locator(".history svg").first();
        await chart.scrollIntoViewIfNeeded();
        const r = (await chart.boundingBox()) as { x: number; y: number; width: number; height: number };
        await page.mouse.click(r.x + 0.5 * r.width, r.y + 0.5 * r.height);
        const index = Number(await page.getByLabel("Time", { exact: true }).inputValue());
        expect(index).toBeGreaterThan(8);
        expect(index).toBeLessThan(20);
    });
});

describe("under the pointer", () => {
    for (const axial of [false, true])
        test(`place and material are those of the section, ${axial ? "via" : "trench"}`, async () => {
            const { page } = await b.open(fillPage({ axial }));
            const at = await place(page);
            const value = page.locator(".section-main .readout .value");
            const expected: [number, number, string][] = [
                [60, -100, "Si"], [-60, -150, "Si"], [27, -60, "TiN"], [-27, -60, "TiN"], [70, 3, "TiN"], [70, 30, "W"],
                [-15, -100, "W"], [0, -130, "gas, in a void"], [80, 55, "gas"], [0, -177, "TiN"],
            ];
            for (const [x, z, name] of expected) {
                await page.mouse.move(...at(x, z));
                await expect.poll(async () => value.getAttribute("data-material")).toBe(name);
                expect(Number(await value.getAttribute("data-x"))).toBeCloseTo(x, 1);
                expect(Number(await value.getAttribute("data-z"))).toBeCloseTo(z, 1);
            }
        });

    test("pan and zoom keep the place under the pointer; 0 shows everything", async () => {
        const { page } = await b.open(fillPage());
        const at = await place(page);
        const [px, py] = at(30, -50);
        await page.mouse.move(px, py);
        await page.mouse.wheel(0, -400);
        await rest(page);
        const value = page.locator(".section-main .readout .value");
        expect(Number(await value.getAttribute("data-x"))).toBeCloseTo(30, 0);
        await page.mouse.down();
        await page.mouse.move(px + 50, py - 20, { steps: 4 });
        await page.mouse.up();
        await rest(page);
        expect(Number(await value.getAttribute("data-x"))).toBeCloseTo(30, 0);
        expect(Number(await value.getAttribute("data-z"))).toBeCloseTo(-50, 0);
        await page.locator(stage).focus();
        await page.keyboard.press("0");
        const home = await place(page);
        home(30, -50).forEach((v, i) => expect(v).toBeCloseTo(at(30, -50)[i], 3));
    });
});

describe("voids", () => {
    test("are hatched and outlined, listed by area and place, and can be left unmarked", async () => {
        const { page } = await b.open(fillPage());
        const size = Number(await page.locator(".voids li").getAttribute("data-size"));
        expect(size).toBeGreaterThan(500);
        expect(await page.locator(".voids li").textContent()).toContain("at x 0, z ");
        const at = await place(page);
        const across: [number, number][] = Array.from({ length: 60 }, (_, i) => at(-15 + 0.5 * i, -145).map(Math.floor) as [number, number]);
        const alarmed = async (): Promise<number> => (await colours(page, across)).filter(([r, g, c]) => r - g > 50 && r - c > 50).length;
        expect(await alarmed()).toBeGreaterThan(8);
        await page.getByLabel("Mark voids").uncheck();
        await rest(page);
        expect(await alarmed()).toBe(0);
    });

    test("of a via have the volume of their revolution", async () => {
        const [flat, round] = await Promise.all([false, true].map(async (axial) => {
            const { page } = await b.open(fillPage({ axial }));
            expect(await page.locator(".voids li").textContent()).toContain(axial ? "nm\u00b3" : "nm\u00b2");
            return Number(await page.locator(".voids li").getAttribute("data-size"));
        }));
        // A wedge of half-width a and height h: area a h, cone of volume pi a^2 h / 3; blunter ones up to pi a^2 h.
        const widest = 8.6;
        expect(round / flat).toBeGreaterThan((Math.PI / 3) * widest * 0.9);
        expect(round / flat).toBeLessThan(Math.PI * widest);
    });

    test("are none before they are shut", async () => {
        const { page } = await b.open(fillPage());
        await page.getByLabel("Time", { exact: true }).fill("6");
        expect(await page.locator(".voids").textContent()).toContain("none");
    });
});

describe("wall", () => {
    test("a place on the chart is marked on the section", async () => {
        const { page } = await b.open(fillPage());
        const chart = page.locator(".wall svg").first();
        await chart.scrollIntoViewIfNeeded();
        const r = (await chart.boundingBox()) as { x: number; y: number; width: number; height: number };
        await page.mouse.move(r.x + 0.5 * r.width, r.y + 0.4 * r.height);
        await expect.poll(async () => page.locator(stage).getAttribute("data-marker")).not.toBe("");
        const index = Number(await page.locator(stage).getAttribute("data-marker"));
        await page.mouse.move(r.x + 0.7 * r.width, r.y + 0.4 * r.height);
        await expect.poll(async () => Number(await page.locator(stage).getAttribute("data-marker"))).toBeGreaterThan(index);
        expect((await page.locator(".wall .read-out").nth(1).textContent())?.length).toBeGreaterThan(3);
        await page.mouse.move(2, 2);
        await expect.poll(async () => page.locator(stage).getAttribute("data-marker")).toBe("");
    });

    for (const axial of [false, true])
        test(`a place on the section is marked on the charts, ${axial ? "via" : "trench"}`, async () => {
            const { page } = await b.open(fillPage({ axial }));
            const at = await place(page);
            const read = async (): Promise<number> => {
                await rest(page);
                return Number((await page.locator(".wall .read-out").first().textContent())?.split("   ")[1]);
            };
            await page.mouse.move(...at(0.5 * hole.width - hole.liner + 1, -120));
            const deep = await read();
            await page.mouse.move(...at(80, hole.liner + 1));
            const field = await read();
            expect(field).toBeCloseTo(hole.field, 1);
            expect(deep).toBeGreaterThan(0.3 * field);
            expect(deep).toBeLessThan(0.6 * field);
            expect(await page.locator(stage).getAttribute("data-marker")).not.toBe("");
        });
});

describe("solid view", () => {
    test("the slider changes the mesh, a drag turns it, and WebGL2 draws it", async () => {
        for (const axial of [false, true]) {
            const { page, errors } = await b.open(fillPage({ axial }));
            await page.locator('[data-value="solid"]').click();
            const solid = page.locator(".section-stage.solid");
            await rest(page);
            const first = await solid.getAttribute("data-mesh");
            const r = (await solid.boundingBox()) as { x: number; y: number; width: number; height: number };
            const grid = Array.from({ length: 100 }, (_, i): [number, number] =>
                [Math.round(r.x + r.width * (0.05 + 0.1 * (i % 10))), Math.round(r.y + r.height * (0.05 + 0.1 * Math.floor(i / 10)))]);
            const before = await colours(page, grid);
            expect(new Set(before.map(String)).size).toBeGreaterThan(4);
            await page.mouse.move(r.x + 100, r.y + 100);
            await page.mouse.down();
            await page.mouse.move(r.x + 260, r.y + 130, { steps: 4 });
            await page.mouse.up();
            await rest(page);
            expect((await colours(page, grid)).filter((c, i) => String(c) !== String(before[i])).length).toBeGreaterThan(10);
            await page.getByLabel("Time", { exact: true }).fill("9");
            await rest(page);
            expect(await solid.getAttribute("data-mesh")).not.toBe(first);
            await solid.focus();
            await page.keyboard.press("0");
            await rest(page);
            expect(await solid.getAttribute("data-turn")).toBe("-0.6000");
            expect(errors).toEqual([]);
        }
    });

    test("without WebGL2 the section stays and the page says so", async () => {
        const before = `const get = HTMLCanvasElement.prototype.getContext;
            HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
                return kind === "webgl2" ? null : get.call(this, kind, ...rest);
            };`;
        const { page } = await b.open(fillPage(), { before });
        await page.locator('[data-value="solid"]').click();
        expect(await page.locator(".cross-section .notice").isVisible()).toBe(true);
        expect(await page.locator(stage).isVisible()).toBe(true);
    });
});

test("the animated PNG of a run plays in the browser", async () => {
    const { page } = await b.open(fillPage());
    const data = readFileSync(new URL("../pages/growing.png", import.meta.url)).toString("base64");
    const played = await page.evaluate(async (text) => {
        const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
        const decoder = new ImageDecoder({ data: bytes, type: "image/png" });
        await decoder.tracks.ready;
        await decoder.completed;
        const track = decoder.tracks.selectedTrack as ImageTrack;
        const last = [];
        for (let i = 0; i < track.frameCount; ++i) {
            const { image } = await decoder.decode({ frameIndex: i });
            const canvas = new OffscreenCanvas(image.displayWidth, image.displayHeight);
            const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
            context.drawImage(image, 0, 0);
            last.push([...context.getImageData(0.4 * canvas.width, 0.72 * canvas.height, 1, 1).data], image.duration);
        }
        return { animated: track.animated, count: track.frameCount, first: last[0], film: last.at(-2), rest: last.at(-1) };
    }, data);
    expect(played).toEqual({ animated: true, count: 25, first: [247, 249, 251, 255], film: [230, 159, 0, 255], rest: 1500000 });
});
