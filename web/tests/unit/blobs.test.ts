import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { bytesByAtob, bytesOfBase64, gunzip, numbersOf } from "../../src/blobs";

const packed = (a: ArrayBufferView): string => gzipSync(Buffer.from(a.buffer, a.byteOffset, a.byteLength)).toString("base64");
const shape = (...n: number[]): number[] => n;

test("a gzipped little-endian array returns bit for bit", async () => {
    const values = Float64Array.from([0, -0, 1 / 3, Math.PI, 1e-308, -1e308]);
    const buffer = await gunzip(bytesOfBase64(packed(values)));
    const read = numbersOf(buffer, { blob: "b", dtype: "f64", shape: shape(2, 3) });
    expect(Buffer.from(read.buffer).equals(Buffer.from(values.buffer))).toBe(true);
});

test("every stored type keeps its extreme values", async () => {
    const cases = [
        ["i32", Int32Array.from([-2147483648, 2147483647, 0])],
        ["u16", Uint16Array.from([0, 65535, 7])],
        ["f32", Float32Array.from([3.4028234663852886e38, 2 ** -149, -1])],
        ["u8", Uint8Array.from([0, 255, 128])],
    ] as const;
    for (const [dtype, values] of cases) {
        const read = numbersOf(await gunzip(bytesOfBase64(packed(values))), { blob: "b", dtype, shape: [3] });
        expect([...read]).toEqual([...values]);
    }
});

test("chunked atob equals the one-piece decoder over the chunk border and every padding", () => {
    for (const n of [0, 1, 2, 3, 49151, 49152, 49153, 100000]) {
        const bytes = Uint8Array.from({ length: n }, (_, i) => (i * 31 + 7) & 255);
        const text = Buffer.from(bytes).toString("base64");
        expect(Buffer.compare(bytesByAtob(text), bytes)).toBe(0);
        expect(Buffer.compare(bytesByAtob(text.replace(/(.{76})/g, "$1\n")), bytes)).toBe(0);
    }
});

test("a shape that disagrees with the bytes is an error that names the blob", () => {
    expect(() => numbersOf(new ArrayBuffer(12), { blob: "blob-7", dtype: "f64", shape: [2] })).toThrow(/blob-7/);
});
