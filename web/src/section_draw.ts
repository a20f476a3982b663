// Paints one frame of a cross-section: materials with their outlines, voids with labels, axes in nm, scale bar, marker.

import { chartTicks } from "./chart_ticks";
import { decimalsOf, lengthText, numberText } from "./format";
import type { Ring } from "./rings";
import { sheetOf, type LatentMap } from "./section_map";
import type { Frame, Step, Void } from "./topography";
import { scaleBar, toScreen, visible, type View } from "./view";

export interface Theme {
    /** Gas, and what lies outside the section. */
    paper: string;
    surround: string;
    panel: string;
    text: string;
    soft: string;
    line: string;
    alarm: string;
    accent: string;
}

export interface SectionPicture {
    view: View;
    step: Step;
    frame: Frame;
    theme: Theme;
    hidden: ReadonlySet<string>;
    voids: boolean;
    /** Of the step, where it is to be seen. */
    map?: LatentMap;
    /** Index into the step's wall. */
    marker?: number;
}

/** Room for axis numbers left of and below the drawing [CSS px]. */
export const gutter = { left: 58, bottom: 38 };
const font = "-apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif";
const outlineInk = "rgb(20 22 26 / 0.72)";
const mostLabels = 6;

export function drawSection(canvas: HTMLCanvasElement, p: SectionPicture, pixelRatio: number): void {
    const { view: v, theme } = p;
    const [width, height] = [v.width + gutter.left, v.height + gutter.bottom];
    canvas.width = Math.round(width * pixelRatio);
    canvas.height = Math.round(height * pixelRatio);
    const c = canvas.getContext("2d") as CanvasRenderingContext2D;
    c.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    c.fillStyle = theme.panel;
    c.fillRect(0, 0, width, height);
    c.save();
    c.translate(gutter.left, 0);
    c.beginPath();
    c.rect(0, 0, v.width, v.height);
    c.clip();
    c.fillStyle = theme.surround;
    c.fillRect(0, 0, v.width, v.height);
    const [x0, z0, x1, z1] = p.step.window;
    const [left, top] = toScreen(v, x0, z1);
    c.fillStyle = theme.paper;
    c.fillRect(left, top, (x1 - x0) / v.nmPerPx, (z1 - z0) / v.nmPerPx);
    if (p.map) drawMap(c, p, p.map);
    drawMaterials(c, p);
    drawSeams(c, p);
    if (p.step.axial) drawAxisOfRevolution(c, p);
    if (p.marker !== undefined) drawMarker(c, p, p.marker);
    if (p.voids) drawVoids(c, p);
    drawScale(c, p);
    c.restore();
    drawAxes(c, p);
}

const sides = (step: Step): readonly number[] => (step.axial ? [1, -1] : [1]);

/** All rings as one path, both halves when axial. */
export function ringPath(v: View, rings: readonly Ring[], step: Step): Path2D {
    const path = new Path2D();
    for (const r of rings)
        for (const side of sides(step)) {
            for (let i = 0; i < r.length; i += 2) {
                const [x, y] = toScreen(v, side * r[i], r[i + 1]);
                if (i === 0) path.moveTo(x, y);
                else path.lineTo(x, y);
            }
            path.closePath();
        }
    return path;
}

/** Outlines without the border of the window and the axis, which are no surfaces. */
function edgePath(v: View, rings: readonly Ring[], step: Step): Path2D {
    const path = new Path2D();
    const [x0, z0, x1, z1] = step.about.window_nm;
    const near = 1e-3 * Math.max(x1 - x0, z1 - z0);
    const border = (a: number, b: number, at: number): boolean => Math.abs(a - at) < near && Math.abs(b - at) < near;
    for (const r of rings)
        for (let i = 0, j = r.length - 2; i < r.length; j = i, i += 2) {
            const [ax, az, bx, bz] = [r[j], r[j + 1], r[i], r[i + 1]];
            if (border(ax, bx, x0) || border(ax, bx, x1) || border(az, bz, z0) || border(az, bz, z1)) continue;
            for (const side of sides(step)) {
                path.moveTo(...toScreen(v, side * ax, az));
                path.lineTo(...toScreen(v, side * bx, bz));
            }
        }
    return path;
}

/** The lowest material is drawn last, so that outlines may also be those of everything up to a material. */
function drawMaterials(c: CanvasRenderingContext2D, p: SectionPicture): void {
    c.lineJoin = "round";
    for (let m = p.frame.outlines.length - 1; m >= 0; --m) {
        const { name, colour } = p.step.materials[m];
        if (p.hidden.has(name) || p.frame.outlines[m].length === 0) continue;
        if (p.map && m === p.frame.outlines.length - 1) continue;
        c.fillStyle = colour;
        c.fill(ringPath(p.view, p.frame.outlines[m], p.step), "evenodd");
        c.lineWidth = 1;
        c.strokeStyle = outlineInk;
        c.stroke(edgePath(p.view, p.frame.outlines[m], p.step));
    }
    if (p.map) drawProfile(c, p);
}

function drawMap(c: CanvasRenderingContext2D, { view, step }: SectionPicture, map: LatentMap): void {
    const [x0, z0, x1, z1] = map.box;
    const [axis, top] = toScreen(view, 0, z1);
    for (const side of sides(step)) {
        c.save();
        c.translate(axis, top);
        c.scale(side, 1);
        c.drawImage(sheetOf(map), x0 / view.nmPerPx, 0, (x1 - x0) / view.nmPerPx, (z1 - z0) / view.nmPerPx);
        c.restore();
    }
}

/** The last material as a line alone, light and dark, to be seen on any colour. */
function drawProfile(c: CanvasRenderingContext2D, p: SectionPicture): void {
    if (p.hidden.has(p.step.materials[p.frame.outlines.length - 1].name)) return;
    const path = edgePath(p.view, p.frame.outlines[p.frame.outlines.length - 1], p.step);
    c.lineWidth = 4.4;
    c.strokeStyle = "rgb(255 255 255 / 0.85)";
    c.stroke(path);
    c.lineWidth = 1.8;
    c.strokeStyle = "rgb(20 22 26)";
    c.stroke(path);
}

/** Seams as far as the fronts have met at this time: dashes on a light ground. */
function drawSeams(c: CanvasRenderingContext2D, p: SectionPicture): void {
    const path = new Path2D();
    for (const seam of p.step.about.seams ?? [])
        for (const side of sides(p.step)) {
            let drawing = false;
            for (const [x, z, time] of seam) {
                const met = time <= p.frame.time * (1 + 1e-9);
                const at = toScreen(p.view, side * x, z);
                if (met && drawing) path.lineTo(...at);
                else if (met) path.moveTo(...at);
                drawing = met;
            }
        }
    c.lineWidth = 3;
    c.strokeStyle = "rgb(255 255 255 / 0.75)";
    c.stroke(path);
    c.setLineDash([5, 4]);
    c.lineWidth = 1.4;
    c.strokeStyle = "rgb(20 22 26)";
    c.stroke(path);
    c.setLineDash([]);
}

function drawAxisOfRevolution(c: CanvasRenderingContext2D, { view, theme }: SectionPicture): void {
    const [x] = toScreen(view, 0, 0);
    c.beginPath();
    c.moveTo(x, 0);
    c.lineTo(x, view.height);
    c.setLineDash([12, 4, 2, 4]);
    c.lineWidth = 1;
    c.strokeStyle = theme.soft;
    c.stroke();
    c.setLineDash([]);
}

export const voidText = (v: Void, axial: boolean): string => `${numberText(v.size, 4)} ${axial ? "nm\u00b3" : "nm\u00b2"}`;

/** As many decimals as a hundredth of the void's size. */
function coarse(v: Void): (n: number) => string {
    const decimals = Math.min(decimalsOf(0.01 * Math.max(v.box[2] - v.box[0], v.box[3] - v.box[1], 0.1)), 3);
    return (n) => n.toFixed(decimals).replace("-", "\u2212").replace(/^\u2212(0(?:\.0*)?)$/, "$1");
}

export function placeText(v: Void, axial: boolean): string {
    const [x, z] = onAxis(v, axial) ? [0, v.centre[1]] : v.centre;
    return `${axial ? "r" : "x"} ${coarse(v)(x)}, z ${coarse(v)(z)} nm`;
}

export function reachText(v: Void, axial: boolean): string {
    const width = onAxis(v, axial) ? 2 * v.box[2] : v.box[2] - v.box[0];
    return `from z ${coarse(v)(v.box[1])} to ${coarse(v)(v.box[3])} nm, ${coarse(v)(width)} nm wide`;
}

const onAxis = (v: Void, axial: boolean): boolean => axial && v.box[0] <= 0.02 * v.box[2];

function drawVoids(c: CanvasRenderingContext2D, p: SectionPicture): void {
    const order = [...p.frame.voids].sort((a, b) => b.size - a.size);
    for (const v of order) hatch(c, p, v);
    order.slice(0, mostLabels).forEach((v, i) => labelVoid(c, p, v, i));
}

function hatch(c: CanvasRenderingContext2D, p: SectionPicture, v: Void): void {
    const path = ringPath(p.view, [v.ring], p.step);
    c.save();
    c.fillStyle = p.theme.paper;
    c.fill(path);
    c.clip(path);
    c.beginPath();
    const [left, bottom] = toScreen(p.view, p.step.axial ? -v.box[2] : v.box[0], v.box[1]);
    const [right, top] = toScreen(p.view, v.box[2], v.box[3]);
    const spacing = 5;
    const [from, to] = [Math.max(left, -10) - (bottom - top), Math.min(right, p.view.width + 10)];
    for (let x = Math.floor(from / spacing) * spacing; x < to; x += spacing) {
        c.moveTo(x, bottom);
        c.lineTo(x + (bottom - top), top);
    }
    c.lineWidth = 1;
    c.strokeStyle = p.theme.alarm;
    c.stroke();
    c.restore();
    c.lineWidth = 2;
    c.strokeStyle = p.theme.alarm;
    c.stroke(p.step.axial && onAxis(v, true) ? edgePath(p.view, [v.ring], p.step) : path);
}

/** Beside the void, with a leader to its centre. */
function labelVoid(c: CanvasRenderingContext2D, p: SectionPicture, v: Void, index: number): void {
    const axial = p.step.axial;
    const lines = [`void ${index + 1}: ${voidText(v, axial)}`, placeText(v, axial)];
    c.font = `600 11.5px ${font}`;
    const width = Math.max(...lines.map((t) => c.measureText(t).width)) + 14;
    const height = 36;
    const [cx, cy] = toScreen(p.view, onAxis(v, axial) ? 0 : v.centre[0], v.centre[1]);
    if (cx < 0 || cy < 0 || cx > p.view.width || cy > p.view.height) return;
    const [edge] = toScreen(p.view, v.box[2], v.centre[1]);
    const right = edge + 26 + width < p.view.width;
    const x = right ? edge + 26 : Math.max(4, toScreen(p.view, axial ? -v.box[2] : v.box[0], 0)[0] - 26 - width);
    const y = Math.min(Math.max(cy - 0.5 * height, 4), p.view.height - height - 4);
    c.beginPath();
    c.moveTo(cx, cy);
    c.lineTo(right ? x : x + width, y + 0.5 * height);
    c.lineWidth = 1.5;
    c.strokeStyle = p.theme.alarm;
    c.stroke();
    c.beginPath();
    c.arc(cx, cy, 2.5, 0, 2 * Math.PI);
    c.fillStyle = p.theme.alarm;
    c.fill();
    c.beginPath();
    c.roundRect(x, y, width, height, 4);
    c.fillStyle = p.theme.panel;
    c.fill();
    c.lineWidth = 1;
    c.stroke();
    c.textAlign = "left";
    c.fillStyle = p.theme.alarm;
    c.fillText(lines[0], x + 7, y + 15);
    c.fillStyle = p.theme.text;
    c.font = `11.5px ${font}`;
    c.fillText(lines[1], x + 7, y + 29);
}

function drawMarker(c: CanvasRenderingContext2D, p: SectionPicture, index: number): void {
    const wall = p.step.wall;
    if (!wall) return;
    for (const side of sides(p.step)) {
        c.beginPath();
        for (let i = 0; i < wall.x.length; ++i) c.lineTo(...toScreen(p.view, side * wall.x[i], wall.z[i]));
        c.lineWidth = 1.2;
        c.strokeStyle = p.theme.accent;
        c.setLineDash([5, 3]);
        c.stroke();
        c.setLineDash([]);
    }
    for (const side of sides(p.step)) {
        const [x, y] = toScreen(p.view, side * wall.x[index], wall.z[index]);
        c.beginPath();
        c.arc(x, y, 6, 0, 2 * Math.PI);
        c.fillStyle = p.theme.panel;
        c.fill();
        c.lineWidth = 3;
        c.strokeStyle = p.theme.accent;
        c.stroke();
    }
}

function drawScale(c: CanvasRenderingContext2D, { view, theme }: SectionPicture): void {
    const { nm, px } = scaleBar(view, Math.min(140, 0.3 * view.width));
    const [x, y] = [14, view.height - 14];
    c.font = `600 11.5px ${font}`;
    c.beginPath();
    c.roundRect(x - 8, y - 24, px + 16, 33, 4);
    c.fillStyle = theme.panel;
    c.globalAlpha = 0.86;
    c.fill();
    c.globalAlpha = 1;
    c.beginPath();
    c.moveTo(x, y - 4);
    c.lineTo(x, y + 1);
    c.lineTo(x + px, y + 1);
    c.lineTo(x + px, y - 4);
    c.lineWidth = 2;
    c.strokeStyle = theme.text;
    c.stroke();
    c.textAlign = "center";
    c.fillStyle = theme.text;
    c.fillText(lengthText(nm), x + 0.5 * px, y - 8);
}

function drawAxes(c: CanvasRenderingContext2D, p: SectionPicture): void {
    const { view: v, theme } = p;
    const [x0, z0, x1, z1] = visible(v);
    const micro = Math.max(x1 - x0, z1 - z0) >= 20000;
    const unit = micro ? 1000 : 1;
    c.font = `11px ${font}`;
    c.strokeStyle = theme.line;
    c.fillStyle = theme.soft;
    c.lineWidth = 1;
    c.strokeRect(gutter.left - 0.5, -1, v.width + 2, v.height + 1.5);
    const text = (list: number[]): ((t: number) => string) => {
        const d = decimalsOf(list.length > 1 ? (list[1] - list[0]) / unit : 1);
        return (t) => (t / unit).toFixed(d).replace("-", "\u2212");
    };
    const xs = chartTicks(x0, x1, Math.max(3, v.width / 90));
    const zs = chartTicks(z0, z1, Math.max(3, v.height / 60));
    c.beginPath();
    c.textAlign = "center";
    for (const t of xs) {
        const x = gutter.left + toScreen(v, t, 0)[0];
        c.moveTo(x, v.height + 0.5);
        c.lineTo(x, v.height + 5);
        if (x > gutter.left + 8 && x < gutter.left + v.width - 14) c.fillText(text(xs)(t), x, v.height + 16);
    }
    c.textAlign = "right";
    for (const t of zs) {
        const y = toScreen(v, 0, t)[1];
        c.moveTo(gutter.left - 0.5, y);
        c.lineTo(gutter.left - 5, y);
        if (y > 8 && y < v.height - 4) c.fillText(text(zs)(t), gutter.left - 8, y + 4);
    }
    c.stroke();
    c.textAlign = "center";
    c.fillText(`${p.step.axial ? "r" : "x"} [${micro ? "\u00b5m" : "nm"}]`, gutter.left + 0.5 * v.width, v.height + 32);
    c.save();
    c.translate(13, 0.5 * v.height);
    c.rotate(-0.5 * Math.PI);
    c.fillText(`z [${micro ? "\u00b5m" : "nm"}]`, 0, 0);
    c.restore();
}

export const sizeText = (step: Step): string =>
    `${lengthText(step.window[2] - step.window[0])} \u00d7 ${lengthText(step.window[3] - step.window[1])}`;
