// Splices a manifest and its arrays into the page as the C++ side does.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const template = new URL("../../prebuilt/report.html", import.meta.url);
const mark = "<!--DAMASCENE_PAYLOAD-->";

export function blobStore() {
    const blobs = [];
    return {
        blobs,
        add(array, dtype, shape) {
            blobs.push(gzipSync(Buffer.from(array.buffer, array.byteOffset, array.byteLength)).toString("base64"));
            return { blob: `blob-${blobs.length - 1}`, dtype, shape };
        },
    };
}

export function reportPage(manifest, blobs) {
    const page = readFileSync(template, "utf8");
    if (page.split(mark).length !== 2) throw new Error("the template must hold the payload mark exactly once");
    const json = JSON.stringify(manifest).replaceAll("<", "\\u003c");
    const scripts = [`<script type="application/json" id="damascene-manifest">${json}</script>`,
                     ...blobs.map((b, i) => `<script type="application/octet-stream" id="blob-${i}">${b}</script>`)];
    return page.replace(mark, () => scripts.join("\n"));
}
