#!/usr/bin/env python3
"""Writes tests/corpus/<target>/: small valid files of each format and systematically broken ones.

Usage: tools/make_corpus.py [FOLDER]   (default tests/corpus). Deterministic; files found by fuzzing
(names beginning with "found-") are left alone.
"""
import json
import pathlib
import random
import struct
import sys
import zlib

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "tests" / "corpus")


def save(target, name, data):
    folder = ROOT / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def broken(target, stem, data, cuts=6, flips=8):
    """The file, the file cut short, and the file with single bytes changed."""
    rng = random.Random(stem)
    save(target, f"{stem}-valid", data)
    for i in range(cuts):
        save(target, f"{stem}-cut{i}", data[: len(data) * (i + 1) // (cuts + 1)])
    for i in range(flips):
        at = rng.randrange(len(data))
        save(target, f"{stem}-flip{i}", data[:at] + bytes([rng.randrange(256)]) + data[at + 1:])


# ---------------------------------------------------------------------------------------------------------------- GDSII
def record(kind, data_type, payload=b""):
    return struct.pack(">HBB", len(payload) + 4, kind, data_type) + payload


def shorts(kind, *values):
    return record(kind, 2, struct.pack(f">{len(values)}H", *values))


def xy(*points):
    return record(0x10, 3, b"".join(struct.pack(">ii", x, y) for x, y in points))


DATES = (0,) * 12
UNITS = record(3, 5, bytes.fromhex("3E4189374BC6A7F03944B82FA09B5A54"))
START = shorts(0, 600) + shorts(1, *DATES) + record(2, 6, b"LI") + UNITS
END = record(4, 0)
ENDEL = record(0x11, 0)
SQUARE = record(8, 0) + shorts(13, 1) + shorts(14, 0) + xy((0, 0), (9, 0), (9, 9), (0, 9), (0, 0)) + ENDEL
PATH = record(9, 0) + shorts(13, 2) + shorts(14, 0) + shorts(0x21, 4) + record(15, 3, struct.pack(">i", 10)) \
    + record(0x30, 3, struct.pack(">i", 3)) + record(0x31, 3, struct.pack(">i", -2)) + xy((0, 0), (50, 0), (50, 50)) + ENDEL
TEXT = record(12, 0) + shorts(13, 3) + shorts(22, 0) + xy((1, 2)) + record(25, 6, b"text") + ENDEL
NODE = record(21, 0) + shorts(13, 3) + shorts(42, 0) + xy((1, 2)) + ENDEL


def cell(name, *elements):
    return shorts(5, *DATES) + record(6, 6, name) + b"".join(elements) + record(7, 0)


def sref(name, points=((0, 0),), extra=b""):
    return record(10, 0) + record(18, 6, name) + extra + xy(*points) + ENDEL


def aref(name, columns, rows, points):
    return record(11, 0) + record(18, 6, name) + shorts(19, columns, rows) + xy(*points) + ENDEL


def gds():
    angle = record(26, 1, b"\x80\x00") + record(27, 5, bytes.fromhex("4120000000000000")) + record(28, 5, bytes.fromhex("425A000000000000"))
    whole = START + cell(b"LEAF", SQUARE, PATH, TEXT, NODE) + cell(b"TOPP", sref(b"LEAF", extra=angle), aref(b"LEAF", 3, 2, ((0, 0), (90, 0), (0, 40)))) + END
    broken("gds", "mixed", whole, cuts=8, flips=14)
    save("gds", "empty", b"")
    save("gds", "padding", whole + bytes(100))
    save("gds", "tail", whole + b"tail")
    save("gds", "no-units", shorts(0, 600) + shorts(1, *DATES) + record(2, 6, b"LI") + cell(b"AA", SQUARE) + END)
    save("gds", "zero-units", shorts(0, 600) + record(3, 5, bytes(16)) + END)
    save("gds", "short-record", START + b"\x00\x02\x05\x02")
    save("gds", "odd-record", START + b"\x00\x05\x02\x06A" + END)
    save("gds", "zero-length", START + bytes(64))
    save("gds", "long-record", START + cell(b"AA", SQUARE)[:-40] + b"\x9c\x44\x10\x03" + bytes(20))
    save("gds", "cycle", START + cell(b"AA", sref(b"BB")) + cell(b"BB", sref(b"CC")) + cell(b"CC", sref(b"BB"), sref(b"DD")) + cell(b"DD", SQUARE) + END)
    save("gds", "self-reference", START + cell(b"AA", sref(b"AA")) + END)
    save("gds", "missing-cell", START + cell(b"AA", sref(b"\x1b[2J")) + END)
    save("gds", "duplicate-cell", START + cell(b"AA") + cell(b"AA") + END)
    save("gds", "empty-name", START + cell(b"") + END)
    save("gds", "deep", START + b"".join(cell(b"C%05d" % i, sref(b"C%05d" % (i + 1))) for i in range(1100)) + cell(b"C01100", SQUARE) + END)
    save("gds", "aref-zero", START + cell(b"AA", SQUARE) + cell(b"BB", aref(b"AA", 0, 5, ((0, 0), (9, 0), (0, 9)))) + END)
    save("gds", "aref-uneven", START + cell(b"AA", SQUARE) + cell(b"BB", aref(b"AA", 2, 5, ((0, 0), (9, 0), (0, 9)))) + END)
    save("gds", "aref-overflow", START + cell(b"AA", SQUARE) + cell(b"BB", aref(b"AA", 1, 1, ((-2**31, 0), (2**31 - 1, 0), (0, 9)))) + END)
    save("gds", "mag-negative", START + cell(b"AA", SQUARE) + cell(b"BB", sref(b"AA", extra=record(26, 1, b"\0\0") + record(27, 5, b"\xc1\x10" + bytes(6)))) + END)
    save("gds", "mag-denormal", START + cell(b"AA", SQUARE) + cell(b"BB", sref(b"AA", extra=record(26, 1, b"\0\0") + record(27, 5, bytes(7) + b"\x01"))) + END)
    save("gds", "one-point", START + cell(b"AA", record(8, 0) + shorts(13, 1) + shorts(14, 0) + xy((0, 0)) + ENDEL) + END)
    save("gds", "half-point", START + cell(b"AA", record(8, 0) + shorts(13, 1) + shorts(14, 0) + record(16, 3, bytes(12)) + ENDEL) + END)
    save("gds", "no-layer", START + cell(b"AA", record(8, 0) + xy((0, 0), (9, 0), (0, 9), (0, 0)) + ENDEL) + END)
    save("gds", "path-type-3", START + cell(b"AA", record(9, 0) + shorts(13, 2) + shorts(14, 0) + shorts(0x21, 3) + xy((0, 0), (9, 0)) + ENDEL) + END)
    save("gds", "element-in-library", START + SQUARE + END)
    save("gds", "unknown-records", START + record(0x70, 0, b"12") + cell(b"AA", record(8, 0) + record(0x71, 6, b"ab") + SQUARE[4:]) + END)
    save("gds", "wrong-data-type", START + cell(b"AA", record(8, 0) + record(13, 3, b"\0\1") + SQUARE[10:]) + END)


# ------------------------------------------------------------------------------------------------------------------ GLP
GLP = b"""BEGIN     /* made by tools/make_corpus.py */
EQUIV  1  1000  MICRON  +X,+Y
CNAME A
LEVEL M1

CELL A PRIME
   RECT N M1  80  492  452  88
   PGON N M1  216  80  304  80  304  140  324  140  324  220  216 220
ENDMSG
"""


def glp():
    broken("glp", "clip", GLP, flips=10)
    for name, old, new in [("no-cell", b"CELL A PRIME\n", b""), ("two-cells", b"ENDMSG", b"CELL B PRIME\nENDMSG"), ("unit-zero", b"1000", b"0"),
                           ("unit-word", b"MICRON", b"INCH"), ("overflow", b"452", b"2147483647"), ("huge", b"452", b"9" * 400), ("negative", b"452", b"-452"),
                           ("float", b"452", b"4.52"), ("three-numbers", b"  88", b""), ("five-numbers", b"  88", b"  88 7"), ("odd-points", b"216 220", b"216"),
                           ("keyword", b"RECT", b"CIRC"), ("control", b"RECT", b"\x1b[2J"), ("nul", b"RECT", b"RECT\0"), ("crlf", b"\n", b"\r\n"), ("no-end", b"ENDMSG\n", b"")]:
        save("glp", name, GLP.replace(old, new))
    save("glp", "empty", b"")
    save("glp", "binary", bytes(range(256)))


# ------------------------------------------------------------------------------------------------------------------ PNG
def chunk(kind, data, crc=None):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data) if crc is None else crc)


def picture(width, height, depth=8, color=0, rows=None, interlace=0, extra=b""):
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]
    row = b"\0" + bytes((width * channels * depth + 7) // 8)
    data = rows if rows is not None else row * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace)) + extra \
        + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")


def png():
    broken("png", "gray", picture(5, 4), flips=10)
    for depth in (1, 2, 4, 16):
        save("png", f"gray{depth}", picture(5, 4, depth))
    for color, name in ((2, "rgb"), (6, "rgba"), (4, "gray-alpha")):
        save("png", name, picture(5, 4, 8, color))
    save("png", "palette", picture(5, 4, 8, 3, extra=chunk(b"PLTE", bytes(6))))
    save("png", "palette-missing", picture(5, 4, 8, 3))
    save("png", "interlaced-short", picture(5, 4, 8, 0, interlace=1))
    save("png", "huge", picture(999999, 999999, rows=b"\0" * 10))
    save("png", "wide", picture(2**31 - 1, 1, rows=b"\0" * 10))
    save("png", "zero", picture(0, 4, rows=b""))
    save("png", "too-few-rows", picture(5, 4000, rows=b"\0" * 12))
    save("png", "bad-filter", picture(5, 4, rows=b"\x09\0\0\0\0\0" * 4))
    save("png", "text-bomb", picture(5, 4, extra=chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1 << 24), 9))))
    save("png", "bad-crc", picture(5, 4).replace(b"IDAT", b"IDAx"))


# ------------------------------------------------------------------------------------------------------------------ NPY
def array(dictionary, payload=b"", version=1):
    text = dictionary.encode() + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(text)) + text + payload


def npy():
    def dictionary(descr="<f8", order="False", shape="(2, 3)"):
        return f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}"
    broken("npy", "f8", array(dictionary(), struct.pack("<6d", 0, 1, -2, float("nan"), float("inf"), 1e-310)), flips=10)
    for descr, size in (("<f4", 4), (">f8", 8), ("|u1", 1), ("<u2", 2), (">i4", 4), ("<i8", 8), ("|b1", 1)):
        save("npy", "type-" + descr[1:] + ("be" if descr[0] == ">" else ""), array(dictionary(descr), bytes(range(6)) * size))
    for name, text in [("complex", dictionary("<c16")), ("object", dictionary("|O")), ("structured", dictionary("[('a', '<f8')]")), ("one-d", dictionary(shape="(6,)")),
                       ("three-d", dictionary(shape="(1, 2, 3)")), ("zero", dictionary(shape="(0, 3)")), ("negative", dictionary(shape="(-2, 3)")),
                       ("huge", dictionary(shape="(4294967296, 4294967296)")), ("overflow", dictionary(shape="(99999999999999999999999, 3)")),
                       ("twice", dictionary()[:-1] + "'descr': '<f8'}"), ("missing", "{'descr': '<f8'}"), ("nested", "{" * 1000), ("empty", ""), ("code", "__import__('os')")]:
        save("npy", name, array(text, bytes(48)))
    save("npy", "fortran", array(dictionary(order="True"), bytes(48)))
    save("npy", "version2", array(dictionary(), bytes(48), 2))
    save("npy", "long-header", b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**32 - 1) + b"{")


# ------------------------------------------------------------------------------------------------------------------ CSV
def csv():
    gauges = "name,x [nm],y [nm],angle [deg],kind,target [nm],measured [nm],sigma [nm],weight\r\n" \
             "g1,1,2,90,line,45,46,0.5,1\r\n\"g,2\",1e3,-2,0,\"sp\"\"ace\",45,,,\r\n"
    broken("csv", "gauges", gauges.encode(), flips=8)
    for name, text in [("empty", ""), ("only-header", "a,b"), ("ragged", "a,b\n1\n"), ("open-quote", "a\n\"b"), ("quote-inside", "a\nb\"c\n"), ("after-quote", "a\n\"b\"c\n"),
                       ("bare-cr", "a\rb\n"), ("blank-lines", "\n\na\n\n\"\"\n\n"), ("comment", "# c\n\"# d, e\"\na,b\n1,2\n"), ("formula", "a\n'=1\n=1\n''-\n-1\n"),
                       ("nan", gauges.replace("1e3", "nan")), ("infinite", gauges.replace("1e3", "1e999")), ("unit", gauges.replace("x [nm]", "x [s]")),
                       ("no-unit", gauges.replace("x [nm]", "x")), ("duplicate", gauges.replace("\"g,2\"", "g1")), ("weight", gauges.replace("0.5,1", "0.5,-1"))]:
        save("csv", name, text.encode())
    save("csv", "not-utf8", b"a\n\xff\xfe\n")
    save("csv", "overlong", b"a\n\xc0\xaf\n")
    save("csv", "surrogate", b"a\n\xed\xa0\x80\n")
    save("csv", "nul", b"a,b\n\0,\0\n")
    save("csv", "bom", b"\xef\xbb\xbfa,b\n1,2\n")


# ---------------------------------------------------------------------------------------------------------------- lyrdb
def lyrdb():
    text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<report-database><!-- c --><categories/><items><item><category>EPE</category><cell>T</cell><values>" \
           "<value>polygon: (0,0;0.001,0;1e-3,2)</value><value>text: 'it\\'s &lt; &#65;'</value></values></item></items></report-database>\n"
    broken("lyrdb", "one", text.encode(), flips=10)
    for name, old, new in [("entity", "&lt;", "&bomb;"), ("reference", "&#65;", "&#99999999;"), ("crossed", "</value></values>", "</values></value>"), ("odd", "1e-3,2", "1e-3"),
                           ("number", "0.001", "1e99999"), ("deep", "<categories/>", "<a>" * 5000), ("root", "report-database", "html"), ("comment", "-->", ""),
                           ("doctype", "<report-database>", "<!DOCTYPE a [<!ENTITY b 'c'>]><report-database>"), ("box", "polygon", "box"), ("label", "polygon: (", "label: ('x',r0 ")]:
        save("lyrdb", name, text.replace(old, new, 1).encode())


# -------------------------------------------------------------------------------------------------------------- kernels
def packed(*files):
    return b"".join(bytes([index]) + struct.pack(">I", len(data))[1:] + data for index, data in files)


def kernels():
    values = struct.pack(">18f", *range(18))
    binary = struct.pack(">5I", 3, 3, 2, 0, 0) + values + bytes(4)
    scales = b"2\n1.5\n0.25\n"
    broken("kernels", "bin", packed((0, scales), (1, binary), (2, binary)), flips=8)
    native = packed((3, struct.pack("<36f", *range(36))), (4, struct.pack("<2f", 1.5, 0.25)), (5, json.dumps({"size": [3, 3], "period_nm": 777}).encode()))
    broken("kernels", "native", native, flips=8)
    little = struct.pack("<5I", 3, 3, 2, 0, 0) + values + bytes(4)
    for name, data in [("little-endian", little), ("even", struct.pack(">5I", 2, 2, 2, 0, 0) + bytes(36)), ("huge", struct.pack(">5I", 4095, 4095, 2, 0, 0)),
                       ("overflow", struct.pack(">5I", 2**32 - 1, 2**32 - 1, 2, 0, 0)), ("header24", struct.pack(">6I", 3, 3, 2, 0, 0, 0) + values + bytes(4)),
                       ("nan", binary[:20] + b"\x7f\xc0\0\0" + binary[24:])]:
        save("kernels", name, packed((0, b"1\n1\n"), (1, data)))
    for name, text in [("count", b"3\n1\n2\n"), ("words", b"two\n1\n2\n"), ("empty-scales", b""), ("negative-weight", b"1\n-1\n"), ("many", b"99999\n" + b"1\n" * 99999)]:
        save("kernels", name, packed((0, text), (1, binary)))
    for name, text in [("json-deep", "[" * 10000), ("json-size", '{"size": [4, 4]}'), ("json-period", '{"period_nm": 0}'), ("json-type", '{"size": "big"}'), ("json-cut", '{"size": [3')]:
        save("kernels", name, native[:4 + 144 + 4 + 8] + packed((5, text.encode())))


for make in (gds, glp, png, npy, csv, lyrdb, kernels):
    make()
