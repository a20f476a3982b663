// Fails when the committed page is not what the sources build, or when it outgrows its budget.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { prebuilt, reportTemplate } from "./build.mjs";

const fresh = await reportTemplate();
const committed = readFileSync(prebuilt, "utf8");
const gzipped = gzipSync(fresh).length;
if (fresh !== committed) {
    console.error("prebuilt/report.html differs from a fresh build: run `npm run build` and commit it");
    process.exit(1);
}
if (gzipped > 250e3) {
    console.error(`prebuilt/report.html is ${gzipped} bytes gzipped, over 250 kB`);
    process.exit(1);
}
console.log(`prebuilt/report.html is fresh, ${gzipped} bytes gzipped`);
