// node tests/pages/make.mjs FOLDER: writes the synthetic reports for looking at.

import { mkdirSync, writeFileSync } from "node:fs";
import { cosinePage, metalPage } from "./synthetic.mjs";
import { calibrationPage } from "./calibration.mjs";
import { resistPage } from "./resist.mjs";
import { sweepPage } from "./sweep.mjs";
import { fillPage } from "./topography.mjs";

const folder = process.argv[2] ?? "results";
mkdirSync(folder, { recursive: true });
const pages = { cosine: cosinePage(), metal: metalPage(), trench: fillPage(), via: fillPage({ axial: true }), sweep: sweepPage(),
                calibration: calibrationPage(), resist: resistPage() };
for (const [name, page] of Object.entries(pages)) writeFileSync(`${folder}/${name}.html`, page);
console.log(Object.keys(pages).map((name) => `${folder}/${name}.html`).join(", "));
