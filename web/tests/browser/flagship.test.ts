// The report of a real run: layout to filled trenches (examples/05_print_etch_fill), as the program writes it.
// DAMASCENE names the program; without one these tests say so and are skipped.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bench, planOf, settled, stageOf, type Bench, type Opened } from "./browser";

const root = resolve(import.meta.dirname, "../../..");
const program = process.env.DAMASCENE ?? join(root, "build/release/apps/cli/damascene");
if (!existsSync(program)) console.warn(`no program at ${program}: the flagship's report is not tested`);

/** float64 samples of a periodic field on a square grid, row = y. */
function readSamples(file: string): { n: number; values: Float64Array } {
    const bytes = readFileSync(file);
    const start = 10 + bytes.readUInt16LE(8);
    expect(bytes.subarray(10, start).toString()).toMatch(/'<f8', 'fortran_order': False, 'shape': \((\d+), \1\)/);
    const values = new Float64Array(bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length));
    return { n: Math.sqrt(values.length), values };
}

/** Between samples a field of `band` cycles per period is their sum with Dirichlet's kernel, exactly. */
function interpolated({ n, values }: { n: number; values: Float64Array }, band: number, u: number, v: number): number {
    const kernel = (t: number): number => {
        const s = Math.sin(Math.PI * t);
        return (Math.abs(s) < 1e-14 ? 2 * band + 1 : Math.sin((2 * band + 1) * Math.PI * t) / s) / n;
    };
    const across = Array.from({ length: n }, (_, i) => kernel(u - i / n));
    let sum = 0;
    for (let j = 0; j < n; ++j) {
        let row = 0;
        for (let i = 0; i < n; ++i) row += across[i] * values[j * n + i];
        sum += row * kernel(v - j / n);
    }
    return sum;
}

describe.skipIf(!existsSync(program))("the flagship", () => {
    let b: Bench;
    let folder = "";
    let opened: Opened;
    let out = "";
    const scalars: Record<string, number> = {};
    beforeAll(async () => {
        folder = mkdtempSync(join(tmpdir(), "flagship-"));
        out = join(folder, "out");
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

    test("weighs at most 10 MB; its time to open is printed, the goal is 2 s", async () => {
        const size = statSync(join(out, "report.html")).size;
        expect(size).toBeLessThan(10e6);
        const start = performance.now();
        const again = await b.open(readFileSync(join(out, "report.html"), "utf8"));
        console.log(`flagship: ${(size * 1e-6).toFixed(2)} MB, drawn after ${(performance.now() - start).toFixed(0)} ms`);
        await again.page.close();
    });

    test("R2 reads under the pointer what the run stored, to 1e-6 of it", async () => {
        const samples = readSamples(join(out, "image/intensity.npy"));
        const { band, period_nm: period, origin_nm: origin } = JSON.parse(
            await opened.page.locator("#damascene-manifest").evaluate((e) => e.textContent ?? "")).plan.layers[0];
        expect([period[0], band[0]]).toEqual([period[1], band[1]]);
        await opened.page.locator(".stage").scrollIntoViewIfNeeded();
        await settled(opened.page);
        const s = await stageOf(opened.page);
        for (const [dx, dy] of [[-190, 40], [-51, -77], [3, 9], [88, -120], [144, 101], [12, 160]]) {
            const at: [number, number] = [Math.round(s.left + s.width / 2 + dx), Math.round(s.top + s.height / 2 + dy)];
            await opened.page.mouse.move(...at);
            const [x, y] = planOf(s, ...at);
            const value = opened.page.locator('.readout .value[data-layer="image.intensity"]');
            await expect.poll(async () => Number(await value.getAttribute("data-x"))).toBeCloseTo(x, 6);
            const stored = interpolated(samples, band[0], (x - origin[0]) / period[0], (y - origin[1]) / period[1]);
            expect(Math.abs(Number(await value.getAttribute("data-value")) / stored - 1)).toBeLessThan(1e-6);
        }
    });

    test("R3 measures on the named cut the size and slope that the command line reports", async () => {
        const cell = (name: string): Promise<number> => opened.page.locator(`.numbers td[data-name="${name}"]`)
            .getAttribute("data-value").then(Number);
        expect(Math.abs((await cell("CD at threshold")) - scalars["resist.cd"])).toBeLessThan(0.01);
        const nils = 0.5 * ((await cell("NILS left")) + (await cell("NILS right")));
        expect(Math.abs(nils / scalars["resist.nils"] - 1)).toBeLessThan(1e-3);
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
