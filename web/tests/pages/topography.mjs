// Synthetic filling of a trench or a via in two steps, liner and fill, with a neck that shuts a void in. Film thickness on
// the wall: t (a + (1 - a) exp(z / l)) + overhang t exp(-((z + d) / d)^2), so all places are known in closed form.

import { blobStore, reportPage } from "./pack.mjs";

export const hole = { width: 60, depth: 180, half: 90, top: 60, bottom: -220, liner: 6, field: 40, wall: 0.45, reach: 70, lip: 14, overhang: 0.28 };

const liner = (t) => () => t;
/** Thickness of the fill on the wall at depth z when the field has t. */
export const fillOnWall = (t) => (z) => t * (hole.wall + (1 - hole.wall) * Math.exp(z / hole.reach) + hole.overhang * Math.exp(-(((z + hole.lip) / hole.lip) ** 2)) - 0.12);

/** Right half of a surface, from the bottom's middle to the field: wall thickness s(z) on a hole of half-width w. */
function halfSurface(s, field, bottom, w) {
    const points = [];
    const floor = -hole.depth + bottom;
    for (let i = 0; i <= 120; ++i) {
        const z = floor * (1 - i / 120);
        points.push([Math.max(w - s(z), 0), z]);
    }
    for (let i = 1; i <= 16 && field > 0; ++i) {
        const a = Math.PI * (1 - i / 32);
        const r = s(0) + (field - s(0)) * (i / 16);
        points.push([Math.max(w + r * Math.cos(a), 0), r * Math.sin(a)]);
    }
    return points;
}

/** Open part and shut-in part of a half surface: above and below its highest pinched point. */
function parted(surface) {
    const pinch = surface.findLastIndex(([x]) => x === 0);
    if (pinch < 0) return { open: [[0, surface[0][1]], ...surface], shut: [] };
    const below = surface.slice(0, pinch + 1);
    const from = below.findIndex(([x]) => x > 0);
    const to = below.findLastIndex(([x]) => x > 0);
    const shut = from < 0 ? [] : [[0, below[from][1]], ...below.slice(from, to + 1), [0, below[Math.min(to + 1, pinch)][1]]];
    return { open: surface.slice(pinch), shut };
}

const mirrored = (half) => [...half.map(([x, z]) => [-x, z]).reverse(), ...half];

function ringsOf(lower, upper, axial) {
    const { open, shut } = parted(upper);
    const under = [[0, lower[0][1]], ...lower, [hole.half, lower.at(-1)[1]]];
    const over = [...open, [hole.half, open.at(-1)[1]]];
    if (axial) return { solid: [...over, ...under.toReversed()], hole: shut };
    return { solid: [...mirrored(over), ...mirrored(under).toReversed()], hole: shut.length ? mirrored(shut).slice(0, -1) : [] };
}

function substrateRing(axial) {
    const w = 0.5 * hole.width;
    const half = [[0, -hole.depth], [w, -hole.depth], [w, 0], [hole.half, 0]];
    const box = axial ? [[hole.half, hole.bottom], [0, hole.bottom]] : [[hole.half, hole.bottom], [-hole.half, hole.bottom]];
    return [...(axial ? half : mirrored(half)), ...box];
}

function stepOf(store, { name, axial, materials, frames, wall, ...rest }) {
    const rings = frames.flatMap((f) => [...f.outlines.flat(), ...f.voids]);
    return {
        name, axial, materials, window_nm: [axial ? 0 : -hole.half, hole.bottom, hole.half, hole.top],
        points: store.add(Float32Array.from(rings.flat(2)), "f32", [rings.flat().length, 2]),
        counts: store.add(Int32Array.from(rings, (r) => r.length), "i32", [rings.length]),
        frames: frames.map((f) => ({ time_s: f.time, label: f.label, rings: f.outlines.map((m) => m.length), voids: f.voids.length })),
        wall: wall && { species: wall.species, values: store.add(Float32Array.from(wall.rows.flat()), "f32", [wall.rows.length, wall.rows[0].length]) },
        ...rest,
    };
}

function wallRows(axial, s, field, arrivals) {
    const w = 0.5 * hole.width - hole.liner;
    const rows = [];
    let arc = 0;
    const half = [];
    for (let i = 0; i <= 8; ++i) half.push([(w * i) / 8, -hole.depth + hole.liner, 0.5 * field]);
    for (let i = 1; i <= 60; ++i) {
        const z = (-hole.depth + hole.liner) * (1 - i / 60);
        half.push([w, z, s(z)]);
    }
    for (let i = 1; i <= 10; ++i) half.push([w + ((hole.half - w) * i) / 10, hole.liner, field]);
    const all = axial ? half : [...half.slice(1).map(([x, z, t]) => [-x, z, t]).reverse(), ...half];
    all.forEach(([x, z, t], i) => {
        if (i > 0) arc += Math.hypot(x - all[i - 1][0], z - all[i - 1][1]);
        rows.push([arc, x, z, t, ...arrivals.map((a) => a(x, z, t / field))]);
    });
    return rows;
}

/** `options.name` replaces every string that a file could have supplied. */
export function fillPage(options = {}) {
    const axial = options.axial ?? false;
    const text = (t) => options.name ?? t;
    const store = blobStore();
    const w = 0.5 * hole.width;
    const silicon = substrateRing(axial);
    const bare = halfSurface(liner(0), 0, 0, w);
    const layered = (t) => halfSurface(liner(t), t, t, w);
    const first = [0, 1, 2, 3, 4].map((i) => {
        const t = (hole.liner * i) / 4;
        return { time: 10 * t, label: i === 4 ? text("end") : "", outlines: [[silicon], i === 0 ? [] : [ringsOf(bare, layered(t), axial).solid]], voids: [] };
    });
    const base = layered(hole.liner);
    const coated = ringsOf(bare, base, axial).solid;
    const frames = Array.from({ length: 20 }, (_, i) => {
        const t = (hole.field * i) / 19;
        const thick = fillOnWall(t);
        const upper = i === 0 ? undefined : halfSurface((z) => hole.liner + thick(z), hole.liner + t, hole.liner + 0.5 * t, w);
        const rings = upper && ringsOf(base, upper, axial);
        const hollow = rings && rings.hole.length > 2 ? [rings.hole] : [];
        const outlines = [[silicon], [coated], rings ? [rings.solid, ...hollow] : []];
        return { time: 3 * t, label: i === 19 ? text("end") : "", outlines, voids: hollow, gap: upper ? 2 * Math.min(...upper.map(([x]) => x)) : 2 * (w - hole.liner) };
    });
    const time = frames.map((f) => f.time);
    const closed = frames.find((f) => f.gap === 0);
    const topography = [
        stepOf(store, { name: text("TiN liner"), axial, frames: first, materials: [{ name: "Si" }, { name: text("TiN") }],
                        coverage: [{ name: "bottom", value: "1.00", meaning: text("bottom over field thickness") }], notes: [text("Conformal: no void.")] }),
        stepOf(store, {
            name: text("W fill"), axial, frames, materials: [{ name: "Si" }, { name: text("TiN") }, { name: text("W") }],
            wall: { species: [text("WF6"), text("H2")], rows: wallRows(axial, fillOnWall(hole.field), hole.field,
                    [(x, z, r) => Math.min(r, 1), (x, z) => (z > 0 ? 1 : 0.25 + 0.75 * Math.exp(z / 40))]) },
            coverage: [
                { name: "Bottom", value: "0.50", meaning: text("bottom / field; thin film in the starting hole 0.53") },
                { name: "Side, least", value: "0.41", meaning: text("thinnest on the wall / field") },
                { name: "Side, middle", value: "0.49", meaning: text("at half depth / field") },
                { name: "Overhang", value: "1.28", meaning: text("thickest near the lip / field") },
                { name: "Slit transmission", value: "0.247", meaning: "W = 1/(1 + L/2w), long slit, diffuse walls" },
            ],
            notes: [text("Seam from z = \u2212118 nm to \u221212 nm, vertical."), text("Keyhole below the lip: 2.1 nm of film above its top.")],
            closure: closed ? { time_s: closed.time, z_nm: -12 } : null,
            history: { time_s: time, series: { "gap [nm]": frames.map((f) => f.gap), "field thickness [nm]": time.map((t) => t / 3),
                                               "mass error": time.map((t) => 1e-4 * (1 + 0.5 * Math.sin(t / 9))) } },
        }),
    ];
    const manifest = {
        schema: 1, title: text(axial ? "Via fill, W on TiN" : "Trench fill, W on TiN"), exit: 0,
        headline: [{ id: "v", label: text("fill: void area"), value: 1421.6, unit: "nm\u00b2", pass: null },
                   { id: "c", label: text("fill: step coverage, bottom"), value: 0.503, unit: "", pass: true },
                   { id: "t", label: text("fill: closure"), value: closed?.time ?? 0, unit: "s", pass: null },
                   { id: "m", label: text("fill: mass balance error"), value: 1.5e-4, unit: "", pass: true }],
        topography,
        provenance: { recipe: '[[step]]\nuse = "fill"\n', resolved: {}, run: { version: "0.1.0" }, rerun: "damascene rerun run.json" },
        warnings: [], licences: ["damascene, Apache-2.0"],
    };
    return reportPage(manifest, store.blobs);
}
