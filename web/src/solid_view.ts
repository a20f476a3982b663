// A solid in WebGL2: orbit by drag or arrow keys, zoom by wheel or plus and minus. Flat shading, orthographic.

import { h } from "./dom";
import type { Solid } from "./section_solid";

export interface SolidView {
    stage: HTMLElement;
    show(solid: Solid): void;
    redraw(): void;
}

const vertexShader = `#version 300 es
in vec3 place, normal, colour;
uniform mat3 turn;
uniform vec3 centre;
uniform vec2 scale;
uniform float depth;
out vec3 ink, up;
void main() {
    vec3 p = turn * (place - centre);
    up = turn * normal;
    ink = colour;
    gl_Position = vec4(p.x * scale.x, p.y * scale.y, -p.z * depth, 1.0);
}`;

const fragmentShader = `#version 300 es
precision highp float;
in vec3 ink, up;
out vec4 result;
void main() {
    vec3 n = normalize(up);
    if (n.z < 0.0) n = -n;
    float light = 0.60 + 0.30 * max(dot(n, normalize(vec3(-0.35, 0.75, 0.55))), 0.0) + 0.24 * n.z;
    result = vec4(ink * min(light, 1.0), 1.0);
}`;

export function solidView(): SolidView | undefined {
    const canvas = h("canvas", { "aria-hidden": "true" });
    const gl = canvas.getContext("webgl2", { antialias: true, alpha: true, premultipliedAlpha: true });
    if (!gl) return undefined;
    const program = programOf(gl);
    const buffer = gl.createBuffer();
    const place = (name: string): WebGLUniformLocation | null => gl.getUniformLocation(program, name);
    const uniform = { turn: place("turn"), centre: place("centre"), scale: place("scale"), depth: place("depth") };
    const stage = h("div", {
        class: "section-stage solid", tabindex: 0, role: "application",
        "aria-label": "Solid view. Arrow keys turn it, plus and minus zoom, 0 resets.",
    }, canvas);
    const home = { turn: -0.6, tilt: 0.5, zoom: 1 };
    let camera = { ...home };
    let solid: Solid | undefined;

    let request = 0;
    const redraw = (): void => { if (request === 0) request = requestAnimationFrame(paint); };
    const set = (next: Partial<typeof home>): void => {
        camera = { ...camera, ...next };
        camera.tilt = Math.min(Math.max(camera.tilt, -1.5), 1.5);
        camera.zoom = Math.min(Math.max(camera.zoom, 0.2), 40);
        redraw();
    };

    function paint(): void {
        request = 0;
        const [width, height] = [stage.clientWidth, stage.clientHeight];
        if (!gl || !solid || width === 0) return;
        canvas.width = Math.round(width * devicePixelRatio);
        canvas.height = Math.round(height * devicePixelRatio);
        gl.viewport(0, 0, canvas.width, canvas.height);
        gl.clearColor(0, 0, 0, 0);
        gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
        gl.enable(gl.DEPTH_TEST);
        gl.uniformMatrix3fv(uniform.turn, true, turning(camera.turn, camera.tilt));
        gl.uniform3fv(uniform.centre, solid.centre);
        const reach = (0.92 * camera.zoom) / solid.radius;
        const short = Math.min(width, height);
        gl.uniform2f(uniform.scale, (reach * short) / width, (reach * short) / height);
        gl.uniform1f(uniform.depth, 0.9 / solid.radius);
        gl.drawArrays(gl.TRIANGLES, 0, solid.corners.length / 9);
        stage.dataset.turn = camera.turn.toFixed(4);
        stage.dataset.tilt = camera.tilt.toFixed(4);
    }

    const held = new Map<number, [number, number]>();
    stage.addEventListener("pointerdown", (event) => {
        if (event.button !== 0) return;
        stage.setPointerCapture(event.pointerId);
        held.set(event.pointerId, [event.clientX, event.clientY]);
    });
    stage.addEventListener("pointermove", (event) => {
        const before = held.get(event.pointerId);
        if (!before) return;
        held.set(event.pointerId, [event.clientX, event.clientY]);
        set({ turn: camera.turn + 0.008 * (event.clientX - before[0]), tilt: camera.tilt + 0.008 * (event.clientY - before[1]) });
    });
    for (const end of ["pointerup", "pointercancel"] as const)
        stage.addEventListener(end, (event) => held.delete(event.pointerId));
    stage.addEventListener("wheel", (event) => {
        event.preventDefault();
        set({ zoom: camera.zoom * Math.exp(-Math.max(-120, Math.min(120, event.deltaY)) * 0.002) });
    }, { passive: false });
    const keys: Record<string, () => void> = {
        ArrowLeft: () => set({ turn: camera.turn - 0.15 }), ArrowRight: () => set({ turn: camera.turn + 0.15 }),
        ArrowUp: () => set({ tilt: camera.tilt + 0.15 }), ArrowDown: () => set({ tilt: camera.tilt - 0.15 }),
        "+": () => set({ zoom: camera.zoom * 1.3 }), "=": () => set({ zoom: camera.zoom * 1.3 }),
        "-": () => set({ zoom: camera.zoom / 1.3 }), "0": () => set(home),
    };
    stage.addEventListener("keydown", (event) => {
        const action = keys[event.key];
        if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        action();
    });
    new ResizeObserver(redraw).observe(stage);

    return {
        stage, redraw,
        show(next) {
            solid = next;
            gl.useProgram(program);
            gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
            gl.bufferData(gl.ARRAY_BUFFER, next.corners, gl.DYNAMIC_DRAW);
            ["place", "normal", "colour"].forEach((name, k) => {
                const at = gl.getAttribLocation(program, name);
                gl.enableVertexAttribArray(at);
                gl.vertexAttribPointer(at, 3, gl.FLOAT, false, 36, 12 * k);
            });
            stage.dataset.mesh = hashOf(next.corners);
            redraw();
        },
    };
}

/** Row-major: turned about z by `turn`, then tipped towards the eye by `tilt`; screen x, y up, z to the eye. */
export function turning(turn: number, tilt: number): Float32Array {
    const [c, s, p, q] = [Math.cos(turn), Math.sin(turn), Math.cos(tilt), Math.sin(tilt)];
    return Float32Array.of(c, -s, 0, q * s, q * c, p, -p * s, -p * c, q);
}

/** FNV-1a of the bytes. */
export function hashOf(values: Float32Array): string {
    let hash = 0x811c9dc5;
    for (const byte of new Uint8Array(values.buffer, values.byteOffset, values.byteLength)) hash = Math.imul(hash ^ byte, 0x01000193);
    return (hash >>> 0).toString(16).padStart(8, "0");
}

function programOf(gl: WebGL2RenderingContext): WebGLProgram {
    const program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, vertexShader], [gl.FRAGMENT_SHADER, fragmentShader]] as const) {
        const shader = gl.createShader(kind) as WebGLShader;
        gl.shaderSource(shader, source);
        gl.compileShader(shader);
        gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(`solid view: ${gl.getProgramInfoLog(program) ?? ""}`);
    return program;
}
