"""The published forward model with the standard library only: plain_forward_model.py KERNELS STATE MASK N OUT

MASK: N x N bytes (0 or 1), row-major. OUT: N x N little-endian doubles, I = sum_k w_k |sum_f K_k(f) M_f e^{2 pi i f.x/N}|^2.
"""
import cmath
import os
import struct
import sys


def floats(data, order):
    return struct.unpack(f"{order}{len(data) // 4}f", data)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def read_c64le(folder, state):
    weights = floats(read(os.path.join(folder, f"weights_{state}.f32le")), "<")
    values = floats(read(os.path.join(folder, f"kernels_{state}.c64le")), "<")
    width = round((len(values) / 2 / len(weights)) ** 0.5)
    kernels = [[[complex(*values[2 * i : 2 * i + 2]) for i in range((k * width + y) * width, (k * width + y + 1) * width)]
                for y in range(width)] for k in range(len(weights))]
    return kernels, weights


def read_bin(folder):
    count, *weights = read(os.path.join(folder, "scales.txt")).split()
    kernels = []
    for k in range(int(count)):
        data = read(os.path.join(folder, f"fh{k}.bin"))
        width = struct.unpack(">I", data[:4])[0]
        values = floats(data[20 : 20 + 8 * width * width], ">")
        kernels.append([[complex(*values[2 * (x * width + y) : 2 * (x * width + y) + 2]) for x in range(width)]
                        for y in range(width)])  # stored [fx][fy]
    return kernels, [float(w) for w in weights]


def along_rows(rows, table):
    """out[r][j] = sum_i rows[r][i] table[i][j]"""
    return [[sum(v * t[j] for v, t in zip(row, table) if v) for j in range(len(table[0]))] for row in rows]


def transposed(rows):
    return [list(column) for column in zip(*rows)]


def main(folder, state, mask_file, side, out):
    n, data = int(side), read(mask_file)
    native = os.path.exists(os.path.join(folder, f"kernels_{state}.c64le"))
    kernels, weights = read_c64le(folder, state) if native else read_bin(os.path.join(folder, state))
    band = len(kernels[0]) // 2
    wave = [[cmath.exp(-2j * cmath.pi * f * x / n) / n for f in range(-band, band + 1)] for x in range(n)]
    back = [[cmath.exp(2j * cmath.pi * f * x / n) for x in range(n)] for f in range(-band, band + 1)]
    mask = [list(data[y * n : (y + 1) * n]) for y in range(n)]
    spectrum = transposed(along_rows(transposed(along_rows(mask, wave)), wave))
    intensity = [[0.0] * n for _ in range(n)]
    for kernel, weight in zip(kernels, weights):
        product = [[k * m for k, m in zip(*rows)] for rows in zip(kernel, spectrum)]
        field = transposed(along_rows(transposed(along_rows(product, back)), back))
        for total, row in zip(intensity, field):
            for x, e in enumerate(row):
                total[x] += weight * (e.real**2 + e.imag**2)
    with open(out, "wb") as file:
        for row in intensity:
            file.write(struct.pack(f"<{n}d", *row))


if __name__ == "__main__":
    main(*sys.argv[1:])
