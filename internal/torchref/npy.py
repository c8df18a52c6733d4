#!/usr/bin/env python3
"""Writes the .npy files that the tests of tensor/interop/npy read.

Run from the root of the repository: python3 internal/torchref/npy.py
Written with NumPy 1.24.2.
"""
import os
import numpy as np
from numpy.lib import format as npformat

OUT = "tensor/interop/npy/testdata"
a = np.arange(6, dtype="<f4").reshape(2, 3) / 4
b = np.arange(24).reshape(2, 3, 4)

arrays = {
    "c_f4": a,
    "c_f8": a.astype("<f8") * 1e300,
    "fortran_f4": np.asfortranarray(a),
    "fortran_i8_3d": np.asfortranarray(b.astype("<i8")),
    "big_f4": a.astype(">f4"),
    "big_f8": a.astype(">f8"),
    "big_i4": (b - 12).astype(">i4"),
    "scalar_f8": np.array(3.5),
    "scalar_i8": np.array(-7, dtype="<i8"),
    "empty_f4": np.zeros((2, 0, 3), dtype="<f4"),
    "empty_1d_f8": np.zeros((0,), dtype="<f8"),
    "bool": np.array([[True, False], [False, True]]),
    "i1": np.array([-128, -1, 0, 127], dtype="i1"),
    "i2": np.array([-32768, -1, 0, 32767], dtype="<i2"),
    "i4": np.array([-2**31, -1, 0, 2**31 - 1], dtype="<i4"),
    "i8": np.array([-2**63, -1, 0, 2**63 - 1], dtype="<i8"),
    "u1": np.array([0, 127, 128, 255], dtype="u1"),
    "u2": np.array([0, 65535], dtype="<u2"),
    "u4": np.array([0, 2**32 - 1], dtype="<u4"),
    "special_f8": np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324]),
    "complex": np.array([1j]),
    "u8": np.array([1], dtype="<u8"),
    "struct": np.array([(1, 2.0)], dtype=[("x", "<i4"), ("y", "<f8")]),
}

os.makedirs(OUT, exist_ok=True)
for name, x in arrays.items():
    np.save(f"{OUT}/{name}.npy", x)
for version in (2, 3):
    with open(f"{OUT}/version{version}.npy", "wb") as f:
        npformat.write_array(f, a, version=(version, 0))
