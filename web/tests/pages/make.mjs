// node tests/pages/make.mjs FOLDER: writes the synthetic reports for looking at.

import { mkdirSync, writeFileSync } from "node:fs";
import { cosinePage, metalPage } from "./synthetic.mjs";

const folder = process.argv[2] ?? "results";
mkdirSync(folder, { recursive: true });
for (const [name, page] of [["cosine", cosinePage()], ["metal", metalPage()]]) writeFileSync(`${folder}/${name}.html`, page);
console.log(`${folder}/cosine.html, ${folder}/metal.html`);
