// The report manifest, schema 1: JSON in <script id="damascene-manifest">, arrays in <script id="blob-N"> as base64 of
// gzip of raw little-endian numbers. Lengths in nm, y up. Sections other than `title` may be missing.

export interface BlobRef {
    blob: string;
    dtype: "i32" | "f32" | "f64" | "u16" | "u8";
    shape: number[];
}

interface LayerBase {
    id: string;
    name: string;
    color?: string;
    visible?: boolean;
    opacity?: number;
}

export interface ShapeLayer extends LayerBase {
    kind: "polygons" | "contours" | "band";
    /** n x 2 coordinates in units of `unit_nm`. */
    points: BlobRef;
    /** Vertices of each polygon, in order. */
    counts: BlobRef;
    unit_nm?: number;
    /** Contours only: do not join the last point to the first. */
    open?: boolean;
}

export interface SpectrumLayer extends LayerBase {
    kind: "spectrum";
    band: [number, number];
    period_nm: [number, number];
    origin_nm: [number, number];
    /** [2 by + 1, 2 bx + 1, 2], row fy = -by..by. */
    coefficients: BlobRef;
    unit?: string;
    level?: number;
}

export interface SamplesLayer extends LayerBase {
    kind: "samples";
    grid: { nx: number; ny: number; dx_nm: number; dy_nm: number; x0_nm: number; y0_nm: number };
    data: BlobRef;
    /** value = offset + scale * stored */
    scale: number;
    offset: number;
    unit?: string;
    level?: number;
}

export type Layer = ShapeLayer | SpectrumLayer | SamplesLayer;

export interface Headline {
    id: string;
    label: string;
    value: number | string;
    unit?: string;
    pass?: boolean | null;
}

export interface NamedCut {
    name: string;
    from_nm: [number, number];
    to_nm: [number, number];
    cd_nm?: number | null;
    nils?: number | null;
}

export interface Gauges {
    /** That made them. */
    step?: string;
    columns: { name: string; unit?: string }[];
    rows: (number | string | boolean | null)[][];
    x_column?: number;
    y_column?: number;
    epe_column?: number;
}

export type Role = "fitted" | "anchor" | "held out";

/** A calibration against its measurements, one value per gauge; model null where nothing prints. */
export interface Parity {
    step: string;
    name: string[];
    pattern: string[];
    role: Role[];
    measured_nm: (number | null)[];
    model_nm: (number | null)[];
    /** Of model - measured, weighted. */
    rms_nm: number | null;
    hold_out_rms_nm: number | null;
}

export interface Convergence {
    name: string;
    x: number[];
    series: Record<string, (number | null)[]>;
}

/** Limits of the dose at rising foci, straight in between; null where no dose prints the size. */
export interface DoseBand {
    focus_nm: number[];
    low: (number | null)[];
    high: (number | null)[];
}

/** Sides of a rectangle, axes of an ellipse: lowest and highest focus [nm], lowest and highest dose. */
export type FocusDose = [number, number, number, number];

export interface WindowFeature {
    name: string;
    target_nm?: number;
    tolerance_nm?: number;
    /** Row = dose, column = focus; null where the feature does not print. */
    cd_nm: (number | null)[][];
    fit_nm?: (number | null)[][];
    band?: DoseBand;
    rectangle?: FocusDose | null;
    isofocal?: { dose: number; cd_nm: number | null } | null;
}

/** Doses are relative to nominal. */
export interface ProcessWindow {
    focus_nm: number[];
    dose: number[];
    features: WindowFeature[];
    /** Where all features print; only with several. */
    common?: DoseBand;
    /** Exposure latitude at which the windows are the deepest. */
    latitude?: number;
    rectangle?: FocusDose | null;
    ellipse?: FocusDose | null;
    curve?: { latitude: number[]; rectangle_nm: number[]; ellipse_nm: number[] };
    pitches?: { pitch_nm: number[]; depth_nm: number[]; common_nm: number[] };
}

/** One frame of a growing cross-section. Its rings follow each other in `Topography.points`: all rings of material 0, of
 *  material 1 and so on, then the voids; `Topography.counts` holds the vertices of each. */
export interface TopographyFrame {
    time_s: number;
    label: string;
    /** Rings of each material. */
    rings: number[];
    voids: number;
}

/** A quantity over the last material of a cross-section, removed or not: value = offset + scale * stored, row-major from
 *  (x0, z0), bilinear between nodes, level beyond the outer ones. */
export interface SectionMap {
    quantity: string;
    unit: string;
    /** x0, z0, x1, z1 of what it covers. */
    box_nm: [number, number, number, number];
    grid: { nx: number; ny: number; dx_nm: number; dy_nm: number; x0_nm: number; y0_nm: number };
    data: BlobRef;
    scale: number;
    offset: number;
}

/** The cross-section of one deposition or etch step over time; x, z in nm, z up, x = r >= 0 when axial. */
export interface Topography {
    name: string;
    axial: boolean;
    /** x0, z0, x1, z1 of the section itself: one half when axial. */
    window_nm: [number, number, number, number];
    /** From the bottom up. */
    materials: { name: string; color?: string }[];
    points: BlobRef;
    counts: BlobRef;
    frames: TopographyFrame[];
    /** Rows along the wall of the starting surface: arc, x, z, thickness, then one arrival per species. */
    wall?: { species: string[]; values: BlobRef };
    coverage?: { name: string; value: string; meaning: string }[];
    /** Where two fronts met: x, z [nm] and the time they met [s]. */
    seams?: [number, number, number][][];
    notes?: string[];
    closure?: { time_s: number; z_nm: number } | null;
    history?: { time_s: number[]; series: Record<string, (number | null)[]> };
    /** Of the last frame, nm; `material` per triangle. */
    mesh?: { points: BlobRef; triangles: BlobRef; material?: BlobRef };
    map?: SectionMap | null;
}

export interface SweepAxis {
    key: string;
    label: string;
    unit: string;
    scale: "lin" | "log";
    /** One value per case. */
    values: number[];
    /** Of a choice: the values count these. */
    words?: string[];
}

export interface SweepOutput {
    id: string;
    label: string;
    unit: string;
    /** One value per case, null where the case gave none. */
    values: (number | null)[];
}

export interface SweepCase {
    index: number;
    status: "done" | "failed" | "refused";
    code: string;
    message: string;
    key: string;
    /** Whether the case met every limit; null without limits. */
    met: boolean | null;
    /** The report of the case, relative to this file. */
    link: string;
}

/** Many runs of one recipe. */
export interface Sweep {
    method: "grid" | "list" | "lhs" | "sobol" | "monte-carlo";
    axes: SweepAxis[];
    outputs: SweepOutput[];
    cases: SweepCase[];
    /** Share of an output's variance that each axis explains by itself; null where it could not be estimated. */
    effects: { output: string; r2: number | null; shares: { axis: string; main: number | null }[] }[];
}

export interface Manifest {
    schema: number;
    title: string;
    exit?: number;
    headline?: Headline[];
    plan?: { window_nm: [number, number, number, number]; threshold?: number; layers: Layer[] };
    cuts?: NamedCut[];
    gauges?: Gauges | null;
    parity?: Parity[];
    convergence?: Convergence[];
    topography?: Topography[];
    process_window?: ProcessWindow | null;
    sweep?: Sweep | null;
    provenance?: { recipe?: string; resolved?: unknown; run?: unknown; rerun?: string };
    warnings?: string[];
    licences?: string[];
}

export function parseManifest(text: string): Manifest {
    const manifest = JSON.parse(text) as Manifest;
    if (manifest.schema !== 1) throw new Error(`manifest schema ${String(manifest.schema)}, this page reads 1`);
    return manifest;
}
