// WebGL2 plan layer. Fields: R32F texture, texelFetch and bilinear weights in the shader (no float-filter extension, so
// the shader's value equals the CPU's), colour map as a lookup texture. Shapes: even-odd fill by stencil inversion of
// fan triangles; strokes as one quad per edge, the stencil keeping overlaps from being blended twice.

import type { Rgb } from "./colormap";
import type { Tile } from "./field";
import { fanIndices, segments, type Polylines } from "./layers";
import type { FieldPaint, Picture, Renderer, ShapePaint } from "./picture";
import type { View } from "./view";

const rectangleVertex = `#version 300 es
uniform vec4 rectangle;
void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    gl_Position = vec4(mix(rectangle.xy, rectangle.zw, corner), 0.0, 1.0);
}`;

const fieldFragment = `#version 300 es
precision highp float;
precision highp sampler2D;
uniform sampler2D base, detail, table;
uniform vec4 baseMap, detailMap;
uniform bool hasDetail, logarithmic;
uniform vec2 range;
uniform float opacity;
out vec4 colour;
float at(sampler2D t, vec2 u) {
    ivec2 last = textureSize(t, 0) - 1;
    vec2 w = clamp(u, vec2(0.0), vec2(last));
    ivec2 i = min(ivec2(floor(w)), max(last - 1, ivec2(0)));
    ivec2 j = min(i + 1, last);
    vec2 f = w - vec2(i);
    return mix(mix(texelFetch(t, i, 0).r, texelFetch(t, ivec2(j.x, i.y), 0).r, f.x),
               mix(texelFetch(t, ivec2(i.x, j.y), 0).r, texelFetch(t, j, 0).r, f.x), f.y);
}
void main() {
    vec2 p = gl_FragCoord.xy;
    vec2 d = detailMap.xy + p * detailMap.zw;
    bool inside = hasDetail && all(greaterThanEqual(d, vec2(0.0))) &&
                  all(lessThanEqual(d, vec2(textureSize(detail, 0) - 1)));
    float v = inside ? at(detail, d) : at(base, baseMap.xy + p * baseMap.zw);
    float t = logarithmic ? log(max(v, range.x) / range.x) / log(range.y / range.x)
                          : (v - range.x) / (range.y - range.x);
    float u = clamp(t, 0.0, 1.0) * 255.0;
    int k = min(int(u), 254);
    vec3 c = mix(texelFetch(table, ivec2(k, 0), 0).rgb, texelFetch(table, ivec2(k + 1, 0), 0).rgb, u - float(k));
    colour = vec4(c, opacity);
}`;

const flatFragment = `#version 300 es
precision highp float;
uniform vec4 ink;
out vec4 colour;
void main() { colour = ink; }`;

const fillVertex = `#version 300 es
layout(location = 0) in vec2 point;
uniform vec2 centre, perNm;
void main() { gl_Position = vec4((point - centre) * perNm, 0.0, 1.0); }`;

const strokeVertex = `#version 300 es
layout(location = 0) in vec4 edge;
uniform vec2 centre, perNm, halfSize;
uniform float halfWidth;
void main() {
    vec2 a = (edge.xy - centre) * perNm * halfSize;
    vec2 b = (edge.zw - centre) * perNm * halfSize;
    vec2 t = b - a;
    float l = length(t);
    t = l > 0.0 ? t / l : vec2(1.0, 0.0);
    vec2 n = vec2(-t.y, t.x) * halfWidth;
    float end = float(gl_VertexID & 1);
    float side = float(gl_VertexID >> 1) * 2.0 - 1.0;
    vec2 p = mix(a, b, end) + t * halfWidth * (end * 2.0 - 1.0) * 0.7 + n * side;
    gl_Position = vec4(p / halfSize, 0.0, 1.0);
}`;

interface Fill { array: WebGLVertexArrayObject; indices: number }
interface Stroke { array: WebGLVertexArrayObject; edges: number }

/** The renderer, or undefined where the browser has no WebGL2. */
export function webglRenderer(canvas: HTMLCanvasElement, antialias: boolean): Renderer | undefined {
    const gl = canvas.getContext("webgl2", { alpha: false, antialias, stencil: true, preserveDrawingBuffer: true });
    if (!gl) return undefined;
    const fieldProgram = program(gl, rectangleVertex, fieldFragment);
    const flatProgram = program(gl, rectangleVertex, flatFragment);
    const fillProgram = program(gl, fillVertex, flatFragment);
    const strokeProgram = program(gl, strokeVertex, flatFragment);
    const none = gl.createVertexArray();
    const tiles = new WeakMap<Tile, WebGLTexture>();
    const tables = new WeakMap<Uint8Array, WebGLTexture>();
    const fills = new WeakMap<Polylines, Fill>();
    const strokes = new WeakMap<Polylines, Stroke>();
    /** Detail tiles on the device; those not drawn in a frame are freed after it. */
    const details = new Map<Tile, WebGLTexture>();
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);

    function texture(unit: number, internal: number, format: number, type: number, w: number, h: number,
                     data: ArrayBufferView): WebGLTexture {
        const t = gl!.createTexture();
        gl!.activeTexture(gl!.TEXTURE0 + unit);
        gl!.bindTexture(gl!.TEXTURE_2D, t);
        gl!.texParameteri(gl!.TEXTURE_2D, gl!.TEXTURE_MIN_FILTER, gl!.NEAREST);
        gl!.texParameteri(gl!.TEXTURE_2D, gl!.TEXTURE_MAG_FILTER, gl!.NEAREST);
        gl!.texImage2D(gl!.TEXTURE_2D, 0, internal, w, h, 0, format, type, data);
        return t;
    }

    function bind(unit: number, t: WebGLTexture): void {
        gl!.activeTexture(gl!.TEXTURE0 + unit);
        gl!.bindTexture(gl!.TEXTURE_2D, t);
    }

    function tileTexture(unit: number, tile: Tile): WebGLTexture {
        const known = tiles.get(tile);
        if (known) { bind(unit, known); return known; }
        const t = texture(unit, gl!.R32F, gl!.RED, gl!.FLOAT, tile.nx, tile.ny, tile.values);
        tiles.set(tile, t);
        return t;
    }

    function forget(tile: Tile, t: WebGLTexture): void {
        gl!.deleteTexture(t);
        details.delete(tile);
        tiles.delete(tile);
    }

    function tableTexture(unit: number, table: Uint8Array): void {
        const known = tables.get(table);
        if (known) return bind(unit, known);
        tables.set(table, texture(unit, gl!.RGB8, gl!.RGB, gl!.UNSIGNED_BYTE, 256, 1, table));
    }

    function drawField(f: FieldPaint, picture: Picture, pixelRatio: number, used: Set<Tile>): void {
        const v = picture.view;
        gl!.useProgram(fieldProgram.handle);
        gl!.bindVertexArray(none);
        tileTexture(0, f.base);
        const detail = tileTexture(1, f.detail ?? f.base);
        if (f.detail) {
            used.add(f.detail);
            details.set(f.detail, detail);
        }
        tableTexture(2, f.table);
        gl!.uniform1i(fieldProgram.at("base"), 0);
        gl!.uniform1i(fieldProgram.at("detail"), 1);
        gl!.uniform1i(fieldProgram.at("table"), 2);
        gl!.uniform4fv(fieldProgram.at("baseMap"), tileMap(f.base, v, pixelRatio));
        gl!.uniform4fv(fieldProgram.at("detailMap"), tileMap(f.detail ?? f.base, v, pixelRatio));
        gl!.uniform1i(fieldProgram.at("hasDetail"), f.detail ? 1 : 0);
        gl!.uniform1i(fieldProgram.at("logarithmic"), f.scale.log ? 1 : 0);
        gl!.uniform2f(fieldProgram.at("range"), f.scale.low, f.scale.high);
        gl!.uniform1f(fieldProgram.at("opacity"), f.opacity);
        gl!.uniform4fv(fieldProgram.at("rectangle"), clipRectangle(picture));
        gl!.drawArrays(gl!.TRIANGLE_STRIP, 0, 4);
    }

    function fillOf(p: Polylines): Fill {
        const known = fills.get(p);
        if (known) return known;
        const array = gl!.createVertexArray();
        gl!.bindVertexArray(array);
        upload(gl!, gl!.ARRAY_BUFFER, p.points);
        gl!.enableVertexAttribArray(0);
        gl!.vertexAttribPointer(0, 2, gl!.FLOAT, false, 0, 0);
        const indices = fanIndices(p.counts);
        upload(gl!, gl!.ELEMENT_ARRAY_BUFFER, indices);
        const fill = { array, indices: indices.length };
        fills.set(p, fill);
        return fill;
    }

    function strokeOf(p: Polylines): Stroke {
        const known = strokes.get(p);
        if (known) return known;
        const array = gl!.createVertexArray();
        gl!.bindVertexArray(array);
        const edges = segments(p);
        upload(gl!, gl!.ARRAY_BUFFER, edges);
        gl!.enableVertexAttribArray(0);
        gl!.vertexAttribPointer(0, 4, gl!.FLOAT, false, 0, 0);
        gl!.vertexAttribDivisor(0, 1);
        const stroke = { array, edges: edges.length / 4 };
        strokes.set(p, stroke);
        return stroke;
    }

    function cover(colour: Rgb, opacity: number): void {
        gl!.colorMask(true, true, true, true);
        gl!.useProgram(flatProgram.handle);
        gl!.bindVertexArray(none);
        gl!.uniform4f(flatProgram.at("rectangle"), -1, -1, 1, 1);
        gl!.uniform4f(flatProgram.at("ink"), colour[0] / 255, colour[1] / 255, colour[2] / 255, opacity);
        gl!.stencilFunc(gl!.EQUAL, 1, 1);
        gl!.stencilOp(gl!.ZERO, gl!.ZERO, gl!.ZERO);
        gl!.drawArrays(gl!.TRIANGLE_STRIP, 0, 4);
    }

    function placed(p: Program, s: ShapePaint, v: View): void {
        gl!.useProgram(p.handle);
        gl!.uniform2f(p.at("centre"), v.x - s.shapes.anchor[0], v.y - s.shapes.anchor[1]);
        gl!.uniform2f(p.at("perNm"), 2 / (v.width * v.nmPerPx), 2 / (v.height * v.nmPerPx));
    }

    function drawFill(s: ShapePaint, v: View): void {
        const fill = fillOf(s.shapes);
        placed(fillProgram, s, v);
        gl!.bindVertexArray(fill.array);
        gl!.colorMask(false, false, false, false);
        gl!.stencilFunc(gl!.ALWAYS, 0, 1);
        gl!.stencilOp(gl!.KEEP, gl!.KEEP, gl!.INVERT);
        gl!.drawElements(gl!.TRIANGLES, fill.indices, gl!.UNSIGNED_INT, 0);
        cover(s.colour, s.fillOpacity);
    }

    function drawStroke(s: ShapePaint, v: View, pixelRatio: number): void {
        const stroke = strokeOf(s.shapes);
        placed(strokeProgram, s, v);
        gl!.uniform2f(strokeProgram.at("halfSize"), 0.5 * v.width * pixelRatio, 0.5 * v.height * pixelRatio);
        gl!.uniform1f(strokeProgram.at("halfWidth"), 0.5 * s.strokePx * pixelRatio);
        gl!.bindVertexArray(stroke.array);
        gl!.colorMask(false, false, false, false);
        gl!.stencilFunc(gl!.ALWAYS, 1, 1);
        gl!.stencilOp(gl!.KEEP, gl!.KEEP, gl!.REPLACE);
        gl!.drawArraysInstanced(gl!.TRIANGLE_STRIP, 0, 4, stroke.edges);
        cover(s.colour, s.strokeOpacity);
    }

    function paper(picture: Picture): void {
        gl!.useProgram(flatProgram.handle);
        gl!.bindVertexArray(none);
        gl!.uniform4fv(flatProgram.at("rectangle"), clipRectangle(picture));
        gl!.uniform4f(flatProgram.at("ink"), ...unit(picture.paper), 1);
        gl!.drawArrays(gl!.TRIANGLE_STRIP, 0, 4);
    }

    function draw(picture: Picture, pixelRatio: number): void {
        const v = picture.view;
        const width = Math.round(v.width * pixelRatio);
        const height = Math.round(v.height * pixelRatio);
        if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
        gl!.viewport(0, 0, width, height);
        gl!.clearColor(...unit(picture.background), 1);
        gl!.clearStencil(0);
        gl!.disable(gl!.STENCIL_TEST);
        gl!.clear(gl!.COLOR_BUFFER_BIT | gl!.STENCIL_BUFFER_BIT);
        gl!.enable(gl!.BLEND);
        gl!.blendFuncSeparate(gl!.SRC_ALPHA, gl!.ONE_MINUS_SRC_ALPHA, gl!.ONE, gl!.ONE_MINUS_SRC_ALPHA);
        paper(picture);
        const used = new Set<Tile>();
        for (const f of picture.fields) drawField(f, picture, pixelRatio, used);
        for (const [tile, t] of details) if (!used.has(tile)) forget(tile, t);
        gl!.enable(gl!.STENCIL_TEST);
        gl!.stencilMask(1);
        for (const s of picture.shapes) {
            if (s.fillOpacity > 0) drawFill(s, v);
            if (s.strokeOpacity > 0) drawStroke(s, v, pixelRatio);
        }
    }

    return { name: "WebGL2", draw };
}

const unit = (c: Rgb): Rgb => [c[0] / 255, c[1] / 255, c[2] / 255];

/** Sample index = offset + gl_FragCoord * step. */
function tileMap(t: Tile, v: View, pixelRatio: number): [number, number, number, number] {
    const left = v.x - 0.5 * v.width * v.nmPerPx;
    const bottom = v.y - 0.5 * v.height * v.nmPerPx;
    const perPixel = v.nmPerPx / pixelRatio;
    return [(left - t.x0) / t.dx, (bottom - t.y0) / t.dy, perPixel / t.dx, perPixel / t.dy];
}

function clipRectangle(p: Picture): [number, number, number, number] {
    const { x, y, width, height, nmPerPx } = p.view;
    const [x0, y0, x1, y1] = p.window;
    const sx = 2 / (width * nmPerPx);
    const sy = 2 / (height * nmPerPx);
    return [(x0 - x) * sx, (y0 - y) * sy, (x1 - x) * sx, (y1 - y) * sy];
}

function upload(gl: WebGL2RenderingContext, target: number, data: ArrayBufferView): void {
    gl.bindBuffer(target, gl.createBuffer());
    gl.bufferData(target, data, gl.STATIC_DRAW);
}

interface Program {
    handle: WebGLProgram;
    at(name: string): WebGLUniformLocation | null;
}

function program(gl: WebGL2RenderingContext, vertex: string, fragment: string): Program {
    const handle = gl.createProgram();
    for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
        const shader = gl.createShader(type) as WebGLShader;
        gl.shaderSource(shader, source);
        gl.compileShader(shader);
        gl.attachShader(handle, shader);
    }
    gl.linkProgram(handle);
    if (!gl.getProgramParameter(handle, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(handle) ?? "shader");
    const known = new Map<string, WebGLUniformLocation | null>();
    return {
        handle,
        at(name) {
            if (!known.has(name)) known.set(name, gl.getUniformLocation(handle, name));
            return known.get(name) ?? null;
        },
    };
}
