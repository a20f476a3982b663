// What a renderer is asked to draw: a view, a background, and layers from bottom to top.

import type { Rgb, Scale } from "./colormap";
import type { Tile } from "./field";
import type { Polylines } from "./layers";
import type { Rectangle, View } from "./view";

export interface FieldPaint {
    /** Coarse samples of the whole window, and finer ones of the visible part. */
    base: Tile;
    detail?: Tile;
    table: Uint8Array;
    scale: Scale;
    opacity: number;
}

export interface ShapePaint {
    shapes: Polylines;
    colour: Rgb;
    fillOpacity: number;
    strokeOpacity: number;
    strokePx: number;
}

export interface Picture {
    view: View;
    /** Fields are drawn inside this rectangle only. */
    window: Rectangle;
    background: Rgb;
    paper: Rgb;
    fields: FieldPaint[];
    shapes: ShapePaint[];
}

export interface Renderer {
    name: "WebGL2" | "Canvas 2D";
    draw(picture: Picture, pixelRatio: number): void;
}

export const rgbOf = (hex: string): Rgb => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)) as Rgb;

export const inTile = (t: Tile, x: number, y: number): boolean =>
    x >= t.x0 && y >= t.y0 && x <= t.x0 + (t.nx - 1) * t.dx && y <= t.y0 + (t.ny - 1) * t.dy;
