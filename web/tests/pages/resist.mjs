// A synthetic resist profile over its latent image: lines of 60 nm at a pitch of 120 nm in 80 nm of resist, the blocked share
// in closed form at the nodes.

import { blobStore, reportPage } from "./pack.mjs";

export const film = { pitch: 120, thickness: 80, barc: 40, nx: 41, ny: 20 };

/** Blocked share: a line in the middle, less at the top, a standing wave in depth. */
export const blocked = (x, z) => 0.5 - 0.36 * Math.cos((2 * Math.PI * x) / film.pitch) - 0.05 * (z / film.thickness) + 0.06 * Math.cos(z / 9);

export const node = (i, j) => [(film.pitch * i) / (film.nx - 1), (film.thickness * (j + 0.5)) / film.ny];

const stored = () => {
    const values = Array.from({ length: film.nx * film.ny }, (_, k) => blocked(...node(k % film.nx, Math.floor(k / film.nx))));
    const [offset, top] = [Math.min(...values), Math.max(...values)];
    const scale = (top - offset) / 65535;
    return { offset, scale, range: [offset, top], numbers: Uint16Array.from(values, (v) => Math.round((v - offset) / scale)) };
};

/** What the page's numbers are: nodes as they are stored, linear in between. */
export function storedValue(x, z) {
    const { offset, scale, numbers } = stored();
    const u = Math.min(Math.max((x / film.pitch) * (film.nx - 1), 0), film.nx - 1);
    const w = Math.min(Math.max((z / film.thickness) * film.ny - 0.5, 0), film.ny - 1);
    const [i, j] = [Math.min(Math.floor(u), film.nx - 2), Math.min(Math.floor(w), film.ny - 2)];
    const at = (a, b) => offset + scale * numbers[b * film.nx + a];
    const [p, q] = [u - i, w - j];
    return (1 - q) * ((1 - p) * at(i, j) + p * at(i + 1, j)) + q * ((1 - p) * at(i, j + 1) + p * at(i + 1, j + 1));
}

export const mapRange = () => stored().range;

const block = (x0, z0, x1, z1) => [[x0, z0], [x1, z0], [x1, z1], [x0, z1]];

/** `options.name` replaces every string that a file could have supplied; `options.map: false` leaves the latent image out. */
export function resistPage(options = {}) {
    const text = (t) => options.name ?? t;
    const store = blobStore();
    const { pitch, thickness, barc, nx, ny } = film;
    const below = [[block(0, -barc - 30, pitch, -barc)], [block(0, -barc, pitch, 0)]];
    const frames = [0, 1, 2, 3, 4].map((i) => ({
        time: 15 * i, outlines: [...below, i === 0 ? [block(0, 0, pitch, thickness)] : i < 3 ? [block(0, 0, pitch, thickness - 5 * i), block(30, thickness - 5 * i, 90, thickness)]
                                                 : [[[28, 0], [92, 0], [88, thickness], [32, thickness]]]] }));
    const rings = frames.flatMap((f) => f.outlines.flat());
    const { offset, scale, numbers } = stored();
    const topography = [{
        name: text("profile"), axial: false, window_nm: [0, -barc - 30, pitch, 1.15 * thickness],
        materials: [{ name: "substrate" }, { name: text("barc") }, { name: text("resist") }],
        points: store.add(Float32Array.from(rings.flat(2)), "f32", [rings.flat().length, 2]),
        counts: store.add(Int32Array.from(rings, (r) => r.length), "i32", [rings.length]),
        frames: frames.map((f) => ({ time_s: f.time, label: "in the developer", rings: f.outlines.map((m) => m.length), voids: 0 })),
        map: options.map === false ? undefined : {
            quantity: text("blocked share after bake"), unit: "", box_nm: [0, 0, pitch, thickness],
            grid: { nx, ny, dx_nm: pitch / (nx - 1), dy_nm: thickness / ny, x0_nm: 0, y0_nm: (0.5 * thickness) / ny },
            data: store.add(numbers, "u16", [ny, nx]), scale, offset },
    }];
    const manifest = {
        schema: 1, title: text("Resist lines"), exit: 0, headline: [{ id: "cd", label: text("profile: width"), value: 60, unit: "nm", pass: null }], topography,
        provenance: { recipe: "[[step]]\n", resolved: {}, run: { version: "0.1.0" }, rerun: "damascene rerun run.json" },
        warnings: [], licences: ["damascene, Apache-2.0"],
    };
    return reportPage(manifest, store.blobs);
}
