// The report of a real run: layout to filled trenches (examples/05_print_etch_fill), as the program writes it.
// DAMASCENE names the program; without one these tests say so and are skipped.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bench, type Bench, type Opened } from "./browser";

const root = resolve(import.meta.dirname, "../../..");
const program = process.env.DAMASCENE ?? join(root, "build/release/apps/cli/damascene");
if (!existsSync(program)) console.warn(`no program at ${program}: the flagship's report is not tested`);

describe.skipIf(!existsSync(program))("the flagship", () => {
    let b: Bench;
    let folder = "";
    let opened: Opened;
    let scalars: Record<string, number> = {};
    beforeAll(async () => {
        folder = mkdtempSync(join(tmpdir(), "flagship-"));
        const out = join(folder, "out");
        execFileSync(program, ["run", join(root, "examples/05_print_etch_fill/recipe.toml"), "-o", out, "--progress", "none"],
                     { stdio: "pipe" });
        for (const s of JSON.parse(readFileSync(join(out, "run.json"), "utf8")).scalars) scalars[s.id] = s.value;
        b = await bench();
        opened = await b.open(readFileSync(join(out, "report.html"), "utf8"));
    }, 600000);
    afterAll(async () => {
        await b.close();
        rmSync(folder, { recursive: true, force: true });
    });

    test("opens without network or console errors", () => {
        expect(opened.errors).toEqual([]);
        expect(opened.requests.filter((u) => !/^(file|data|blob):/.test(u))).toEqual([]);
    });

    test("shows plan and cross-section with every material", async () => {
        expect(await opened.page.locator(".stage").isVisible()).toBe(true);
        expect(await opened.page.locator(".section-stage:not(.solid)").isVisible()).toBe(true);
        const names = await opened.page.locator(".materials .layer-name").allTextContents();
        expect(names.map((n) => n.trim()).sort()).toEqual(["Si", "SiN-liner", "SiO2", "SiO2-TEOS"]);
    });

    test("lists three voids at the end of the fill, of the area the run reports", async () => {
        const slider = opened.page.getByLabel("Time", { exact: true });
        const last = Number(await slider.getAttribute("max"));
        await slider.evaluate((e, v) => {
            (e as HTMLInputElement).value = String(v);
            e.dispatchEvent(new Event("input", { bubbles: true }));
        }, last - 2);
        expect(await opened.page.locator(".moment").textContent()).toContain("fill");
        const areas = await opened.page.locator(".voids li").evaluateAll((items) => items.map((e) => Number(e.getAttribute("data-size"))));
        expect(areas.length).toBe(3);
        expect(Math.abs(areas.reduce((a, v) => a + v, 0) / scalars["fill.void.area"] - 1)).toBeLessThan(0.01);
    });
});
