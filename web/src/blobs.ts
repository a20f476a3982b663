// Arrays of the report: base64 -> gzip -> little-endian numbers.

import type { BlobRef } from "./manifest";

export type Numbers = Int32Array | Float32Array | Float64Array | Uint16Array | Uint8Array;

type FromBase64 = { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };

export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
    const native = (Uint8Array as unknown as FromBase64).fromBase64;
    return native ? native.call(Uint8Array, text) : bytesByAtob(text);
}

/** In chunks of a multiple of four characters, so that no intermediate string is as large as the blob. */
export function bytesByAtob(text: string): Uint8Array<ArrayBuffer> {
    const clean = text.replace(/\s+/g, "");
    const padding = clean.endsWith("==") ? 2 : clean.endsWith("=") ? 1 : 0;
    const out = new Uint8Array((clean.length / 4) * 3 - padding);
    const chunk = 1 << 16;
    for (let i = 0, k = 0; i < clean.length; i += chunk) {
        const part = atob(clean.slice(i, i + chunk));
        for (let j = 0; j < part.length; ++j) out[k++] = part.charCodeAt(j);
    }
    return out;
}

export async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).arrayBuffer();
}

export function numbersOf(buffer: ArrayBuffer, ref: BlobRef): Numbers {
    const length = ref.shape.reduce((a, b) => a * b, 1);
    const size = { i32: 4, f32: 4, f64: 8, u16: 2, u8: 1 }[ref.dtype];
    if (buffer.byteLength !== length * size)
        throw new Error(`${ref.blob}: ${buffer.byteLength} bytes for ${ref.dtype} [${ref.shape.join(", ")}]`);
    if (!littleEndian()) swapBytes(new Uint8Array(buffer), size);
    switch (ref.dtype) {
        case "i32": return new Int32Array(buffer);
        case "f32": return new Float32Array(buffer);
        case "f64": return new Float64Array(buffer);
        case "u16": return new Uint16Array(buffer);
        case "u8": return new Uint8Array(buffer);
    }
}

const littleEndian = (): boolean => new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

function swapBytes(bytes: Uint8Array, size: number): void {
    for (let i = 0; i < bytes.length; i += size) bytes.subarray(i, i + size).reverse();
}

/** The array a reference names, from the page. */
export async function readBlob(page: Document, ref: BlobRef): Promise<Numbers> {
    const element = page.getElementById(ref.blob);
    if (!element) throw new Error(`${ref.blob}: not in this file`);
    return numbersOf(await gunzip(bytesOfBase64(element.textContent ?? "")), ref);
}
