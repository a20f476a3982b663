// The process window in a browser: numbers, shapes, feature choice, read-out, narrow screens.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { metalPage } from "../pages/synthetic.mjs";
import { bench, illegible, type Bench } from "./browser";

let b: Bench;
beforeAll(async () => { b = await bench(); }, 60000);
afterAll(async () => { await b.close(); });

describe("process window", () => {
    test("shows curves, regions, the windows inside and their numbers", async () => {
        const { page, errors } = await b.open(metalPage());
        const part = page.locator("#process-window");
        await part.scrollIntoViewIfNeeded();
        expect(await part.locator("figure svg").count()).toBe(4);
        const facts = await part.locator(".window-facts").textContent();
        for (const text of ["104 nm", "112 nm", "6 nm", "102.5 %"]) expect(facts).toContain(text);
        const limits = part.locator("figure", { has: page.locator("svg[aria-label^='Dose limits']") });
        expect(await limits.locator(".area").count()).toBe(3);
        expect(await limits.locator("rect.fitted, ellipse.fitted, path.fitted").count()).toBe(3);
        const box = await limits.locator("rect.fitted").boundingBox();
        const round = await limits.locator("ellipse.fitted").boundingBox();
        expect((round?.width ?? 0) / (box?.width ?? 1)).toBeCloseTo(112 / 104, 1);
        expect(errors).toEqual([]);
    });

    test("the pointer reads the limits, the buttons change the feature", async () => {
        const { page } = await b.open(metalPage());
        const part = page.locator("#process-window");
        await part.scrollIntoViewIfNeeded();
        const chart = part.locator("svg[aria-label^='Dose limits']");
        const box = await chart.boundingBox();
        await page.mouse.move((box?.x ?? 0) + 0.5 * (box?.width ?? 0), (box?.y ?? 0) + 0.5 * (box?.height ?? 0));
        expect(await chart.locator(".read-out").textContent()).toMatch(/wire 1 low 93\.\d+ +high 106\.\d+/);
        expect(await part.locator("svg[aria-label^='Bossung']").getAttribute("aria-label")).toContain("wire 1");
        await part.getByRole("button", { name: "gap W3 to W5" }).focus();
        await page.keyboard.press("Enter");
        expect(await part.locator("svg[aria-label^='Bossung']").getAttribute("aria-label")).toContain("gap W3 to W5");
    });

    for (const colorScheme of ["light", "dark"] as const)
        test(`is legible and stays inside 390 px, ${colorScheme}`, async () => {
            const { page } = await b.open(metalPage(), { colorScheme, viewport: { width: 390, height: 844 } });
            expect(await illegible(page)).toEqual({ low: [], nameless: 0 });
            const wide = await page.locator("#process-window *").evaluateAll((all) =>
                all.filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5).map((e) => e.tagName));
            expect(wide).toEqual([]);
        });
});
