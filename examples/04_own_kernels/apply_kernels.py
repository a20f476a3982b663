"""The published forward model on kernels of either contest form, with NumPy alone.

    python3 apply_kernels.py KERNELS STATE MASK.npy IMAGE.npy

KERNELS/kernels_STATE.c64le and weights_STATE.f32le, or KERNELS/STATE/fh<k>.bin and scales.txt; MASK: n x n transmission
over one period, n odd or even, at least the kernels' width. I(x) = sum_k w_k |sum_f K_k(f) M_f e^{2 pi i f.x/n}|^2.
"""
import os
import sys

import numpy as np


def read_c64le(folder, state):
    weights = np.fromfile(os.path.join(folder, f"weights_{state}.f32le"), "<f4")
    values = np.fromfile(os.path.join(folder, f"kernels_{state}.c64le"), "<c8")
    width = int(round((values.size / weights.size) ** 0.5))
    return values.reshape(weights.size, width, width), weights


def read_bin(folder):
    with open(os.path.join(folder, "scales.txt"), encoding="ascii") as file:
        count, *weights = file.read().split()
    kernels = []
    for k in range(int(count)):
        with open(os.path.join(folder, f"fh{k}.bin"), "rb") as file:
            data = file.read()
        columns, rows, _ = np.frombuffer(data, ">u4", 3)
        values = np.frombuffer(data, ">f4", 2 * columns * rows, offset=20).reshape(columns, rows, 2)
        kernels.append((values[..., 0] + 1j * values[..., 1]).T)  # stored [fx][fy]
    return np.array(kernels), np.array(weights, dtype=float)


def image(kernels, weights, mask):
    n, width = mask.shape[0], kernels.shape[-1]
    f = (np.arange(width) - width // 2) % n
    window = np.ix_(f, f)
    spectrum = np.fft.fft2(mask) / n**2
    intensity = np.zeros((n, n))
    for kernel, weight in zip(kernels, weights):
        field = np.zeros((n, n), complex)
        field[window] = kernel * spectrum[window]
        intensity += weight * np.abs(np.fft.ifft2(field) * n**2) ** 2
    return intensity


if __name__ == "__main__":
    folder, state, mask_file, image_file = sys.argv[1:]
    native = os.path.exists(os.path.join(folder, f"kernels_{state}.c64le"))
    kernels, weights = read_c64le(folder, state) if native else read_bin(os.path.join(folder, state))
    np.save(image_file, image(kernels, weights, np.load(mask_file).astype(float)))
