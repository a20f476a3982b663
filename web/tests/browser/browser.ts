// Debian's Chromium without a GPU, without a network, reading pages from file://.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";

export interface Opened {
    page: Page;
    errors: string[];
    requests: string[];
}

export interface Bench {
    open(html: string, options?: BrowserContextOptions & { before?: string }): Promise<Opened>;
    close(): Promise<void>;
}

export async function bench(): Promise<Bench> {
    const folder = mkdtempSync(join(tmpdir(), "report-"));
    const browser: Browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
        args: ["--headless=new", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
               "--disable-background-networking", "--disable-component-update", "--no-first-run"],
    });
    let count = 0;
    return {
        async open(html, { before, ...options } = {}) {
            const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce", ...options });
            await context.setOffline(true);
            const page = await context.newPage();
            const errors: string[] = [];
            const requests: string[] = [];
            page.on("console", (m) => (m.type() === "error" || m.type() === "warning") && errors.push(m.text()));
            page.on("pageerror", (e) => errors.push(e.message));
            page.on("dialog", (d) => { errors.push(`dialog ${d.message()}`); void d.dismiss(); });
            page.on("request", (r) => requests.push(r.url()));
            if (before) await page.addInitScript(before);
            const file = join(folder, `${++count}.html`);
            writeFileSync(file, html);
            await page.goto(`file://${file}`);
            await page.waitForSelector("html[data-ready]");
            if ((await page.locator(".stage").count()) > 0) await settled(page);
            return { page, errors, requests };
        },
        async close() {
            await browser.close();
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

/** The plan has drawn its last samples, and the compositor has shown them. */
export async function settled(page: Page): Promise<void> {
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await page.waitForSelector(".stage[data-settled=true]");
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

export interface Stage {
    left: number;
    top: number;
    width: number;
    height: number;
    x: number;
    y: number;
    nmPerPx: number;
}

/** Where the plan lies in the window and what it shows. */
export async function stageOf(page: Page): Promise<Stage> {
    return page.locator(".stage").evaluate((e) => {
        const r = e.getBoundingClientRect();
        const { centreX, centreY, nmPerPx } = (e as HTMLElement).dataset;
        return { left: r.left + e.clientLeft, top: r.top + e.clientTop, width: e.clientWidth, height: e.clientHeight,
                 x: Number(centreX), y: Number(centreY), nmPerPx: Number(nmPerPx) };
    });
}

export const planOf = (s: Stage, px: number, py: number): [number, number] => [
    s.x + (px - s.left - 0.5 * s.width) * s.nmPerPx,
    s.y - (py - s.top - 0.5 * s.height) * s.nmPerPx,
];

export const screenOf = (s: Stage, x: number, y: number): [number, number] => [
    s.left + 0.5 * s.width + (x - s.x) / s.nmPerPx,
    s.top + 0.5 * s.height - (y - s.y) / s.nmPerPx,
];

/** Colours of the compositor's picture at window pixels, decoded by the browser itself. */
export async function colours(page: Page, at: [number, number][]): Promise<number[][]> {
    const picture = (await page.screenshot()).toString("base64");
    const reader = await page.context().newPage();
    try {
        return await reader.evaluate(async ([data, points]) => {
            const image = new Image();
            image.src = `data:image/png;base64,${data}`;
            await image.decode();
            const canvas = new OffscreenCanvas(image.width, image.height);
            const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
            context.drawImage(image, 0, 0);
            return points.map(([x, y]) => [...context.getImageData(x, y, 1, 1).data.slice(0, 3)]);
        }, [picture, at] as const);
    } finally {
        await reader.close();
    }
}

/** Texts that contrast with their ground by less than 4.5 to 1, and the number of controls without a name. */
export async function illegible(page: Page): Promise<{ low: string[]; nameless: number }> {
    return await page.evaluate(() => {
        const channels = (text: string): number[] => (text.match(/[\d.]+/g) ?? []).map(Number);
        const luminance = (c: number[]): number => c.slice(0, 3).map((v) => v / 255)
            .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
            .reduce((a, v, i) => a + v * [0.2126, 0.7152, 0.0722][i], 0);
        const background = (e: Element | null): number[] => {
            for (; e; e = e.parentElement) {
                const c = channels(getComputedStyle(e).backgroundColor);
                if (c.length === 3 || c[3] > 0) return c;
            }
            return [255, 255, 255];
        };
        const low: string[] = [];
        for (const e of document.querySelectorAll<HTMLElement>("#page *")) {
            const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent?.trim());
            if (!own || e.tagName === "OPTION" || !e.getClientRects().length) continue;
            const style = getComputedStyle(e);
            const ink = luminance(channels(e instanceof SVGElement ? style.fill : style.color));
            const paper = luminance(background(e));
            const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
            if (ratio < 4.5) low.push(`${e.tagName}.${e.getAttribute("class") ?? ""} ${ratio.toFixed(2)}`);
        }
        const nameless = [...document.querySelectorAll<HTMLInputElement>("button, input, select")].filter((e) =>
            !(e.textContent?.trim() || e.getAttribute("aria-label") || e.labels?.[0]?.textContent?.trim()));
        return { low: [...new Set(low)], nameless: nameless.length };
    });
}
