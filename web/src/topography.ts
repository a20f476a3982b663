// Cross-sections as the page holds them: frames of closed rings per material, voids, wall profile, one colour per name.

import { readBlob } from "./blobs";
import type { Manifest, Topography } from "./manifest";
import { areaOf, centroidOf, extentOf, revolvedVolume, type Ring } from "./rings";
import { readSectionMap, type LatentMap } from "./section_map";
import type { Rectangle } from "./view";

export interface Material {
    name: string;
    colour: string;
}

export interface Void {
    ring: Ring;
    /** nm^2; revolved: nm^3. */
    size: number;
    centre: readonly [number, number];
    box: Rectangle;
}

export interface Frame {
    time: number;
    label: string;
    /** [material][ring] */
    outlines: Ring[][];
    voids: Void[];
}

export interface Wall {
    species: string[];
    arc: Float32Array;
    x: Float32Array;
    z: Float32Array;
    thickness: Float32Array;
    arrival: Float32Array[];
}

export interface Mesh {
    points: Float32Array;
    triangles: Int32Array;
    material?: Int32Array;
}

export interface Step {
    name: string;
    axial: boolean;
    /** As drawn: both halves when axial. */
    window: Rectangle;
    materials: Material[];
    frames: Frame[];
    wall?: Wall;
    mesh?: Mesh;
    /** Under the last material. */
    map?: LatentMap;
    about: Topography;
}

/** Grey for what was there first, then the eight of Okabe and Ito (2008) with neighbours far apart in lightness. */
const substrate = "#8f969e";
const films = ["#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7"];

export async function readTopography(page: Document, manifest: Manifest): Promise<Step[]> {
    const all = manifest.topography ?? [];
    const colour = colourOfNames(all);
    return Promise.all(all.map((t) => readStep(page, t, colour)));
}

/** A name keeps its colour through all steps. */
function colourOfNames(all: Topography[]): (name: string) => string {
    const given = new Map<string, string>();
    const names = [...new Set(all.flatMap((t) => t.materials.map((m) => m.name)))];
    for (const m of all.flatMap((t) => t.materials))
        if (/^#[0-9a-f]{6}$/i.test(m.color ?? "")) given.set(m.name, (m.color as string).toLowerCase());
    const free = films.filter((c) => ![...given.values()].includes(c));
    let next = 0;
    names.forEach((name, i) => {
        if (!given.has(name)) given.set(name, i === 0 ? substrate : (free.length ? free : films)[next++ % (free.length || films.length)]);
    });
    return (name) => given.get(name) ?? substrate;
}

async function readStep(page: Document, t: Topography, colour: (name: string) => string): Promise<Step> {
    const points = (await readBlob(page, t.points)) as Float32Array;
    const counts = (await readBlob(page, t.counts)) as Int32Array;
    const [x0, z0, x1, z1] = t.window_nm;
    return {
        name: t.name,
        axial: t.axial,
        window: t.axial ? [-x1, z0, x1, z1] : [x0, z0, x1, z1],
        materials: t.materials.map((m) => ({ name: m.name, colour: colour(m.name) })),
        frames: framesOf(t, points, counts),
        wall: t.wall && wallOf(t.wall.species, (await readBlob(page, t.wall.values)) as Float32Array),
        mesh: t.mesh && {
            points: (await readBlob(page, t.mesh.points)) as Float32Array,
            triangles: (await readBlob(page, t.mesh.triangles)) as Int32Array,
            material: t.mesh.material && ((await readBlob(page, t.mesh.material)) as Int32Array),
        },
        map: t.map ? await readSectionMap(page, t.map) : undefined,
        about: t,
    };
}

export function framesOf(t: Pick<Topography, "axial" | "frames">, points: Float32Array, counts: Int32Array): Frame[] {
    let ring = 0;
    let point = 0;
    const take = (n: number): Ring[] => Array.from({ length: n }, () => {
        const size = 2 * counts[ring++];
        return points.subarray(point, (point += size));
    });
    const frames = t.frames.map((f) => ({
        time: f.time_s, label: f.label,
        outlines: f.rings.map(take),
        voids: take(f.voids).map((r) => voidOf(r, t.axial)),
    }));
    if (ring !== counts.length || point !== points.length) throw new Error("topography: points left over");
    return frames;
}

const voidOf = (ring: Ring, axial: boolean): Void => ({
    ring, size: axial ? revolvedVolume(ring) : Math.abs(areaOf(ring)), centre: centroidOf(ring), box: extentOf(ring),
});

function wallOf(species: string[], v: Float32Array): Wall {
    const width = 4 + species.length;
    const column = (k: number): Float32Array => Float32Array.from({ length: v.length / width }, (_, i) => v[i * width + k]);
    return { species, arc: column(0), x: column(1), z: column(2), thickness: column(3), arrival: species.map((_, k) => column(4 + k)) };
}

/** Index of the material at a place, -1 for gas. Lower ones count first, as they are drawn last. */
export function materialAt(frame: Frame, x: number, z: number, inside: (rings: Ring[], x: number, z: number) => boolean): number {
    return frame.outlines.findIndex((rings) => inside(rings, x, z));
}
