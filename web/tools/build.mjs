// Builds the report page: one script and one style sheet, inlined and named by hash in the content-security policy.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
export const payloadMark = "<!--DAMASCENE_PAYLOAD-->";
export const prebuilt = `${root}prebuilt/report.html`;

async function bundle() {
    const result = await build({
        root,
        configFile: false,
        logLevel: "warn",
        build: {
            write: false,
            target: "es2022",
            cssTarget: ["chrome123", "firefox120", "safari17.5"],
            cssMinify: true,
            lib: { entry: `${root}src/main.ts`, formats: ["iife"], name: "report", cssFileName: "style" },
        },
    });
    const files = (Array.isArray(result) ? result : [result]).flatMap((r) => r.output);
    const script = files.find((f) => f.type === "chunk").code.trim();
    const style = String(files.find((f) => f.fileName.endsWith(".css")).source).trim();
    return { script: script.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--"), style };
}

const hash = (text) => createHash("sha256").update(text).digest("base64");

export async function reportTemplate() {
    const { script, style } = await bundle();
    if (script.includes(payloadMark) || style.includes("</style")) throw new Error("page: text that would break the file");
    const parts = { SCRIPT: script, STYLESHEET: style, PAYLOAD: payloadMark };
    return readFileSync(`${root}src/report.html`, "utf8")
        .replace("sha256-SCRIPT", () => `sha256-${hash(script)}`)
        .replace("sha256-STYLE", () => `sha256-${hash(style)}`)
        .replace("<style>STYLESHEET", () => `<style>${parts.STYLESHEET}`)
        .replace("\nPAYLOAD\n", () => `\n${parts.PAYLOAD}\n`)
        .replace("<script>SCRIPT", () => `<script>${parts.SCRIPT}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const page = await reportTemplate();
    writeFileSync(prebuilt, page);
    console.log(`prebuilt/report.html: ${page.length} bytes, ${gzipSync(page).length} gzipped`);
}
