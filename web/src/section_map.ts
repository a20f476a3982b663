// A quantity under a cross-section, as the latent image under the profile of a resist: values, range, picture.

import { readBlob } from "./blobs";
import { colourAt, mapTable, position, type Scale } from "./colormap";
import { bilinear, type Tile } from "./field";
import type { SectionMap } from "./manifest";
import type { Rectangle } from "./view";

export interface LatentMap {
    name: string;
    unit: string;
    box: Rectangle;
    tile: Tile;
    scale: Scale;
    table: Uint8Array;
}

/** Samples of the picture per cell and at most in all [px]; between them it is drawn smoothly. */
const finer = 4;
const most = { width: 1024, height: 512 };

export async function readSectionMap(page: Document, m: SectionMap): Promise<LatentMap> {
    const stored = await readBlob(page, m.data);
    const { nx, ny, dx_nm: dx, dy_nm: dy, x0_nm: x0, y0_nm: y0 } = m.grid;
    if (stored.length !== nx * ny) throw new Error("section map: grid and data disagree");
    const values = Float32Array.from(stored, (v) => m.offset + m.scale * v);
    return { name: m.quantity, unit: m.unit, box: m.box_nm, tile: { nx, ny, dx, dy, x0, y0, values }, scale: wholeRange(values),
             table: mapTable("viridis") };
}

/** All colours for what there is: zero is no landmark inside a resist. */
function wholeRange(values: Float32Array): Scale {
    const [low, high] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
    return { low, high: high > low ? high : low + 1, log: false };
}

/** The value at a place, undefined outside. */
export function valueAt({ box: [x0, z0, x1, z1], tile }: LatentMap, x: number, z: number): number | undefined {
    return x >= x0 && x <= x1 && z >= z0 && z <= z1 ? bilinear(tile, tile.values, x, z).value : undefined;
}

const sheets = new WeakMap<LatentMap, HTMLCanvasElement>();

/** The whole map in its colours, top row first. */
export function sheetOf(map: LatentMap): HTMLCanvasElement {
    const known = sheets.get(map);
    if (known) return known;
    const [x0, z0, x1, z1] = map.box;
    const sheet = document.createElement("canvas");
    sheet.width = Math.min(finer * map.tile.nx, most.width);
    sheet.height = Math.min(finer * map.tile.ny, most.height);
    const image = new ImageData(sheet.width, sheet.height);
    for (let j = 0, k = 0; j < sheet.height; ++j)
        for (let i = 0; i < sheet.width; ++i, k += 4) {
            const [x, z] = [x0 + ((i + 0.5) / sheet.width) * (x1 - x0), z1 - ((j + 0.5) / sheet.height) * (z1 - z0)];
            image.data.set(colourAt(map.table, position(bilinear(map.tile, map.tile.values, x, z).value, map.scale)), k);
            image.data[k + 3] = 255;
        }
    sheet.getContext("2d")?.putImageData(image, 0, 0);
    sheets.set(map, sheet);
    return sheet;
}
