// Canvas 2-D plan layer for browsers without WebGL2: the same picture, computed on the CPU.

import { colourAt, position } from "./colormap";
import { bilinear } from "./field";
import type { Polylines } from "./layers";
import { inTile, type FieldPaint, type Picture, type Renderer, type ShapePaint } from "./picture";
import { toPlan, toScreen, type View } from "./view";

export function canvasRenderer(canvas: HTMLCanvasElement): Renderer {
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    function draw(picture: Picture, pixelRatio: number): void {
        const v = picture.view;
        canvas.width = Math.round(v.width * pixelRatio);
        canvas.height = Math.round(v.height * pixelRatio);
        context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
        context.fillStyle = css(picture.background);
        context.fillRect(0, 0, v.width, v.height);
        context.save();
        clip(context, picture);
        context.fillStyle = css(picture.paper);
        context.fillRect(0, 0, v.width, v.height);
        for (const f of picture.fields) drawField(context, f, v);
        context.restore();
        for (const s of picture.shapes) drawShape(context, s, v);
    }
    return { name: "Canvas 2D", draw };
}

const css = (c: readonly number[]): string => `rgb(${c.join(" ")})`;

function clip(context: CanvasRenderingContext2D, p: Picture): void {
    const [x0, y1] = toScreen(p.view, p.window[0], p.window[3]);
    const [x1, y0] = toScreen(p.view, p.window[2], p.window[1]);
    context.beginPath();
    context.rect(x0, y1, x1 - x0, y0 - y1);
    context.clip();
}

function drawField(context: CanvasRenderingContext2D, f: FieldPaint, v: View): void {
    const width = Math.round(v.width);
    const height = Math.round(v.height);
    const image = new ImageData(width, height);
    for (let j = 0, k = 0; j < height; ++j)
        for (let i = 0; i < width; ++i, k += 4) {
            const [x, y] = toPlan(v, i + 0.5, j + 0.5);
            const tile = f.detail && inTile(f.detail, x, y) ? f.detail : f.base;
            const [r, g, b] = colourAt(f.table, position(bilinear(tile, tile.values, x, y).value, f.scale));
            image.data.set([r, g, b, 255], k);
        }
    const sheet = document.createElement("canvas");
    [sheet.width, sheet.height] = [width, height];
    sheet.getContext("2d")?.putImageData(image, 0, 0);
    context.globalAlpha = f.opacity;
    context.drawImage(sheet, 0, 0, v.width, v.height);
    context.globalAlpha = 1;
}

function drawShape(context: CanvasRenderingContext2D, s: ShapePaint, v: View): void {
    const path = pathOf(s.shapes, v);
    context.globalAlpha = s.fillOpacity;
    context.fillStyle = css(s.colour);
    if (s.fillOpacity > 0) context.fill(path, "evenodd");
    context.globalAlpha = s.strokeOpacity;
    context.strokeStyle = css(s.colour);
    context.lineWidth = s.strokePx;
    if (s.strokeOpacity > 0) context.stroke(path);
    context.globalAlpha = 1;
}

function pathOf(p: Polylines, v: View): Path2D {
    const path = new Path2D();
    let k = 0;
    for (const n of p.counts) {
        for (let i = 0; i < n; ++i, k += 2) {
            const [x, y] = toScreen(v, p.points[k] + p.anchor[0], p.points[k + 1] + p.anchor[1]);
            if (i === 0) path.moveTo(x, y);
            else path.lineTo(x, y);
        }
        if (p.closed) path.closePath();
    }
    return path;
}
