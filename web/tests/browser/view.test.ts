// `damascene view` in a browser: the page of a folder with live progress, and a report behind the server's own policy.
// DAMASCENE names the program; without one these tests say so and are skipped.

import { spawn, type ChildProcess } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { metalPage } from "../pages/synthetic.mjs";
import { illegible } from "./browser";

const root = resolve(import.meta.dirname, "../../..");
const program = process.env.DAMASCENE ?? join(root, "build/release/apps/cli/damascene");
if (!existsSync(program)) console.warn(`no program at ${program}: the viewer is not tested in a browser`);

describe.skipIf(!existsSync(program))("the viewer", () => {
    let folder = "";
    let server: ChildProcess;
    let url = "";
    let browser: Browser;
    let page: Page;
    const errors: string[] = [];
    beforeAll(async () => {
        folder = mkdtempSync(join(tmpdir(), "view-"));
        mkdirSync(join(folder, "done"));
        writeFileSync(join(folder, "done/run.json"), '{"exit": 0, "finished": "2026-01-02T03:04:05Z"}');
        writeFileSync(join(folder, "done/recipe.toml"), 'title = "Metal clip"\n');
        writeFileSync(join(folder, "done/report.html"), metalPage());
        mkdirSync(join(folder, "now"));
        writeFileSync(join(folder, "now/log.jsonl"), '{"v":1,"t":0.1,"event":"start","step":"image","text":"aerial-image"}\n');
        server = spawn(program, ["view", folder], { stdio: ["ignore", "pipe", "ignore"] });
        url = await new Promise((done) => server.stdout?.once("data", (text: Buffer) => done(text.toString().trim())));
        browser = await chromium.launch({
            executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
            args: ["--headless=new", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
        });
        page = await (await browser.newContext()).newPage();
        page.on("console", (m) => (m.type() === "error" || m.type() === "warning") && errors.push(m.text()));
        page.on("pageerror", (e) => errors.push(e.message));
    }, 60000);
    afterAll(async () => {
        await browser.close();
        server.kill("SIGINT");
        rmSync(folder, { recursive: true, force: true });
    });

    test("follows the log of a run and shows its end", async () => {
        await page.goto(url);
        const cell = page.locator("[data-events]");
        await expect.poll(() => cell.textContent()).toContain("image: aerial-image");
        appendFileSync(join(folder, "now/log.jsonl"), '{"v":1,"t":61.2,"event":"start","step":"fill","text":"deposit"}\n');
        await expect.poll(() => cell.textContent()).toContain("running, 61 s: fill: deposit");
        writeFileSync(join(folder, "now/run.json"), '{"exit": 1}');
        await expect.poll(() => page.locator("table").first().textContent(), { timeout: 5000 }).toContain("limit not met");
        expect(await illegible(page)).toEqual({ low: [], nameless: 0 });
    });

    test("many unfinished runs leave the reports within reach", async () => {
        for (let k = 0; k < 8; ++k) {
            mkdirSync(join(folder, `open${k}`));
            writeFileSync(join(folder, `open${k}/log.jsonl`), '{"v":1,"t":7.1,"event":"start","step":"image","text":"aerial-image"}\n');
        }
        await page.goto(url);
        await expect.poll(() => page.locator("[data-events]", { hasText: "running, 7 s" }).count()).toBe(3);
        expect(await page.locator("[data-events]", { hasText: "not finished" }).count()).toBe(5);
        await page.getByRole("link", { name: "Metal clip" }).click({ timeout: 5000 });
        await page.waitForSelector("html[data-ready]", { timeout: 10000 });
    });

    test("opens a report from the list, drawn and without errors", async () => {
        await page.goto(url);
        await page.getByRole("link", { name: "Metal clip" }).click();
        await page.waitForSelector("html[data-ready]");
        expect(await page.locator("html").getAttribute("data-ready")).toBe("true");
        expect(await page.locator(".stage").getAttribute("data-renderer")).toBe("WebGL2");
        expect(errors.filter((e) => !e.includes("favicon"))).toEqual([]);
    });
});
