// Marks over the plan: scale bar, cut line, gauges, the chosen gauge. Drawn with a halo to stay readable on any colour.

import type { Cut } from "./cutline";
import { lengthText } from "./format";
import { scaleBar, toScreen, type View } from "./view";

export interface GaugeMark {
    x: number;
    y: number;
    label: string;
    /** Signed edge placement error [nm], + = printed outside the target. */
    epe?: number;
}

export interface Overlay {
    view: View;
    cut?: Cut;
    mark?: GaugeMark;
    gauges: GaugeMark[];
}

const ink = "#ffffff";
const halo = "rgb(0 0 0 / 0.75)";
/** Outside filled orange, inside hollow blue: sign by shape and by colour. */
const outside = "#f0a040";
const inside = "#7cc4ff";

export function drawOverlay(canvas: HTMLCanvasElement, o: Overlay, pixelRatio: number): void {
    canvas.width = Math.round(o.view.width * pixelRatio);
    canvas.height = Math.round(o.view.height * pixelRatio);
    const c = canvas.getContext("2d") as CanvasRenderingContext2D;
    c.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    c.clearRect(0, 0, o.view.width, o.view.height);
    c.font = "600 11.5px -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif";
    for (const g of o.gauges) drawGauge(c, o.view, g);
    if (o.cut) drawCut(c, o.view, o.cut);
    if (o.mark) drawMark(c, o.view, o.mark);
    drawScaleBar(c, o.view);
}

function stroked(c: CanvasRenderingContext2D, width: number, colour: string): void {
    c.lineWidth = width + 2;
    c.strokeStyle = halo;
    c.stroke();
    c.lineWidth = width;
    c.strokeStyle = colour;
    c.stroke();
}

function label(c: CanvasRenderingContext2D, text: string, x: number, y: number, align: CanvasTextAlign): void {
    c.textAlign = align;
    c.lineJoin = "round";
    c.lineWidth = 3.5;
    c.strokeStyle = halo;
    c.strokeText(text, x, y);
    c.fillStyle = ink;
    c.fillText(text, x, y);
}

function drawGauge(c: CanvasRenderingContext2D, v: View, g: GaugeMark): void {
    const [x, y] = toScreen(v, g.x, g.y);
    if (x < -4 || y < -4 || x > v.width + 4 || y > v.height + 4) return;
    const out = (g.epe ?? 0) >= 0;
    c.beginPath();
    c.arc(x, y, 3, 0, 2 * Math.PI);
    c.lineWidth = 3.2;
    c.strokeStyle = halo;
    c.stroke();
    c.lineWidth = 1.7;
    c.strokeStyle = out ? outside : inside;
    c.stroke();
    c.fillStyle = out ? outside : halo;
    c.fill();
}

function drawCut(c: CanvasRenderingContext2D, v: View, cut: Cut): void {
    const a = toScreen(v, ...cut.from);
    const b = toScreen(v, ...cut.to);
    c.beginPath();
    c.moveTo(...a);
    c.lineTo(...b);
    stroked(c, 1.6, ink);
    for (const [p, name] of [[a, "A"], [b, "B"]] as const) {
        c.beginPath();
        c.arc(p[0], p[1], 3.2, 0, 2 * Math.PI);
        stroked(c, 1.6, ink);
        label(c, name, p[0], p[1] - 8, "center");
    }
}

function drawMark(c: CanvasRenderingContext2D, v: View, m: GaugeMark): void {
    const [x, y] = toScreen(v, m.x, m.y);
    c.beginPath();
    c.arc(x, y, 9, 0, 2 * Math.PI);
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        c.moveTo(x + 5 * dx, y + 5 * dy);
        c.lineTo(x + 15 * dx, y + 15 * dy);
    }
    stroked(c, 1.6, ink);
    label(c, m.label, x, y - 20, "center");
}

export function drawScaleBar(c: CanvasRenderingContext2D, v: View): void {
    const { nm, px } = scaleBar(v, Math.min(160, 0.3 * v.width));
    const [x, y] = [16, v.height - 16];
    c.beginPath();
    c.moveTo(x, y - 5);
    c.lineTo(x, y);
    c.lineTo(x + px, y);
    c.lineTo(x + px, y - 5);
    stroked(c, 2, ink);
    label(c, lengthText(nm), x + 0.5 * px, y - 8, "center");
}
