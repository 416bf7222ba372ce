# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes pictures of unusual kinds into FOLDER/good and beside each, as NAME.rgb, the pixels that are right (Pillow's, or
computed here where Pillow has no such mode): a line "WIDTH HEIGHT" and 8-bit RGB. What must be refused goes into
FOLDER/refused, damaged files of every format into FOLDER/damaged. Usage: make_odd_images.py FOLDER [WIDTH HEIGHT]
"""
import io
import struct
import sys
from pathlib import Path

import numpy as np
from PIL import Image

FOLDER = Path(sys.argv[1])
GOOD, REFUSED, DAMAGED = FOLDER / "good", FOLDER / "refused", FOLDER / "damaged"
for folder in (GOOD, REFUSED, DAMAGED):
    folder.mkdir(parents=True)

WIDTH, HEIGHT = map(int, sys.argv[2:4]) if len(sys.argv) > 3 else (61, 43)
rng = np.random.default_rng(3)
y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
RGB = np.stack([x * 255 / WIDTH, y * 255 / HEIGHT, (x + y) * 255 / (WIDTH + HEIGHT)], -1)
RGB = np.clip(RGB + rng.integers(-20, 21, RGB.shape), 0, 255).astype("uint8")
RGB[0, 0], RGB[0, 1] = 255, 0  # the whole range
PICTURE = Image.fromarray(RGB)
GREY = PICTURE.convert("L")
G = np.asarray(GREY)


def expect(name, pixels):
    if not isinstance(pixels, Image.Image):
        pixels = Image.fromarray(np.ascontiguousarray(pixels).astype("uint8"))
    pixels = pixels.convert("RGB")
    (GOOD / (name + ".rgb")).write_bytes(b"%d %d\n" % pixels.size + pixels.tobytes())


def save(name, picture, pixels=None, **options):
    picture.save(GOOD / name, **options)
    expect(name, Image.open(GOOD / name) if pixels is None else pixels)


def write(name, content, pixels):
    (GOOD / name).write_bytes(content)
    expect(name, pixels)


def tiff(width, height, bits, samples, photometric, strips, sample_format=1, big=False, planar=1, tile=None, order="<"):
    """A TIFF by hand: uncompressed strips or tiles."""
    offset = 16 if big else 8
    data = b"".join(strips)
    places = [offset + sum(map(len, strips[:i])) for i in range(len(strips))]
    entries = [(256, 4, [width]), (257, 4, [height]), (258, 3, [bits] * samples), (259, 3, [1]), (262, 3, [photometric]),
               (277, 3, [samples]), (284, 3, [planar]), (339, 3, [sample_format] * samples)]
    sizes = [len(strip) for strip in strips]
    if tile:
        entries += [(322, 4, [tile]), (323, 4, [tile]), (324, 4, places), (325, 4, sizes)]
    else:
        rows = height * (samples if planar == 2 else 1) // len(strips)
        entries += [(273, 4, places), (278, 4, [rows]), (279, 4, sizes)]
    entries.sort()
    start = offset + len(data)
    room = 8 if big else 4
    length = (8 + 20 * len(entries) + 8) if big else (2 + 12 * len(entries) + 4)
    extra, body = b"", b""
    for tag, kind, values in entries:
        packed = struct.pack(order + ("H" if kind == 3 else "I") * len(values), *values)
        if len(packed) > room:
            place = start + length + len(extra)
            extra += packed
            packed = struct.pack(order + ("Q" if big else "I"), place)
        body += struct.pack(order + ("HHQ" if big else "HHI"), tag, kind, len(values)) + packed.ljust(room, b"\0")
    mark = b"II" if order == "<" else b"MM"
    if big:
        return mark + struct.pack(order + "HHHQ", 43, 8, 0, start) + data + struct.pack(order + "Q", len(entries)) + body + bytes(8) + extra
    return mark + struct.pack(order + "HI", 42, start) + data + struct.pack(order + "H", len(entries)) + body + bytes(4) + extra


def make_tiffs():
    save("u8_lzw.tif", PICTURE, compression="tiff_lzw")
    save("u8_deflate.tif", PICTURE, compression="tiff_adobe_deflate")
    save("u8_packbits.tif", GREY, compression="packbits")
    save("g4.tif", GREY.convert("1"), compression="group4")
    save("g3.tif", GREY.convert("1"), compression="group3")
    save("palette.tif", PICTURE.quantize(16))
    save("la.tif", GREY.convert("LA"))
    alpha = PICTURE.copy()
    alpha.putalpha(GREY)
    save("rgba.tif", alpha)  # libtiff would multiply by alpha
    save("pages.tif", PICTURE, save_all=True, append_images=[GREY.convert("RGB")])
    save("jpeg.tif", PICTURE, compression="jpeg", quality=95)
    save("cmyk.tif", PICTURE.convert("CMYK"))
    save("float_unit.tif", Image.fromarray(G.astype("float32") / 255), G)
    save("float_255.tif", Image.fromarray(G.astype("float32")), G)
    save("int32.tif", Image.fromarray(G.astype("int32")), G)
    save("u16.tif", Image.fromarray(G.astype("uint16") * 257), G)
    save("u16_12bit.tif", Image.fromarray(G.astype("uint16") * 16), G)
    save("u16_dark.tif", Image.fromarray((G // 16).astype("uint16") * 16 + 1), G // 16)
    rows = [G[i : i + 1].tobytes() for i in range(HEIGHT)]
    write("big.tif", tiff(WIDTH, HEIGHT, 8, 1, 1, rows, big=True), G)
    write("big_endian_big.tif", tiff(WIDTH, HEIGHT, 8, 3, 2, [RGB.tobytes()], big=True, order=">"), RGB)
    write("white_is_zero.tif", tiff(WIDTH, HEIGHT, 8, 1, 0, [G.tobytes()]), 255 - G)
    write("white_is_zero16.tif", tiff(WIDTH, HEIGHT, 16, 1, 0, [(G.astype("<u2") * 257).tobytes()]), 255 - G)
    write("planar.tif", tiff(WIDTH, HEIGHT, 8, 3, 2, [RGB[..., c].tobytes() for c in range(3)], planar=2), RGB)
    wide = (RGB.astype("u2") * 16).astype(">u2").tobytes()
    write("rgb12_big_endian.tif", tiff(WIDTH, HEIGHT, 16, 3, 2, [wide], order=">"), RGB)
    float_rgb = (RGB.astype("<f4") / 255).tobytes()
    write("float_rgb.tif", tiff(WIDTH, HEIGHT, 32, 3, 2, [float_rgb], 3), RGB)
    write("double.tif", tiff(WIDTH, HEIGHT, 64, 1, 1, [(G.astype("<f8") / 255).tobytes()], 3), G)
    write("u32_wide.tif", tiff(WIDTH, HEIGHT, 32, 1, 1, [(G.astype("<u4") * 257).tobytes()]), G)
    write("i16.tif", tiff(WIDTH, HEIGHT, 16, 1, 1, [(G.astype("<i2") * 128).tobytes()], 2), G // 2)
    write("i16_12bit.tif", tiff(WIDTH, HEIGHT, 16, 1, 1, [(G.astype("<i2") * 16).tobytes()], 2), G)
    write("half.tif", tiff(WIDTH, HEIGHT, 16, 1, 1, [(G.astype("<f4") / 255).astype("<f2").tobytes()], 3), G)
    padded = np.zeros(((HEIGHT + 15) // 16 * 16, (WIDTH + 15) // 16 * 16), "<u2")
    padded[:HEIGHT, :WIDTH] = G.astype("<u2") * 257
    tiles = [padded[top : top + 16, left : left + 16].tobytes() for top in range(0, padded.shape[0], 16) for left in range(0, padded.shape[1], 16)]
    write("tiles16.tif", tiff(WIDTH, HEIGHT, 16, 1, 1, tiles, tile=16), G)
    # A dark beginning and a bright end: what was read as twelve bits is corrected.
    late = np.full((HEIGHT, WIDTH), 2048, "<u2")
    late[-1, -1] = 65535
    write("late_white.tif", tiff(WIDTH, HEIGHT, 16, 1, 1, [late.tobytes()]), late >> 8)

    for name, values in {"negative": G.astype("float32") - 100, "hounsfield": G.astype("float32") * 10 - 1000,
                         "large": G.astype("float32") * 100, "nan": np.where(G > 9, G, np.nan).astype("float32")}.items():
        Image.fromarray(values).save(REFUSED / ("float_%s.tif" % name))
    for bits in 8, 24:  # forged: there is no such number, or no library that reads it
        (REFUSED / ("float%d.tif" % bits)).write_bytes(
            tiff(WIDTH, HEIGHT, bits, 1, 1, [G.tobytes() * (bits // 8)], 3))
    Image.fromarray(G.astype("int32") - 100).save(REFUSED / "int32_negative.tif")
    Image.fromarray(G.astype("int32") * 100000).save(REFUSED / "int32_large.tif")
    bands = np.repeat(G[..., None], 13, -1)  # a satellite's
    for bits in 8, 16:
        values = bands.astype("<u%d" % (bits // 8)).tobytes()
        (REFUSED / ("channels%d.tif" % bits)).write_bytes(tiff(WIDTH, HEIGHT, bits, 13, 1, [values]))
    signed = (G.astype("<i2") - 1000).tobytes()
    (REFUSED / "int16_negative.tif").write_bytes(tiff(WIDTH, HEIGHT, 16, 1, 1, [signed], 2))


def make_pngs():
    save("u16.png", Image.fromarray(G.astype("uint16") * 257), G)
    turned = Image.Exif()
    turned[0x0112] = 6
    for name, picture, pixels in (("turned.png", PICTURE, RGB), ("turned16.png", Image.fromarray(G.astype("uint16") * 257), G)):
        picture.save(GOOD / name, exif=turned)
        expect(name, np.rot90(pixels, -1))
    # The chunk behind the pixels, as some programs write it.
    content = (GOOD / "turned.png").read_bytes()
    at, pixels, end = content.index(b"eXIf") - 4, content.index(b"IDAT") - 4, content.index(b"IEND") - 4
    chunk = content[at:at + 12 + struct.unpack(">I", content[at:at + 4])[0]]
    assert at < pixels
    write("turned_late.png", content[:at] + content[at + len(chunk):end] + chunk + content[end:], np.rot90(RGB, -1))
    save("u16_12bit.png", Image.fromarray(G.astype("uint16") * 16), G)
    save("bit.png", GREY.convert("1"))
    save("palette.png", PICTURE.quantize(200))
    transparent = PICTURE.quantize(16)
    save("transparent.png", transparent, transparent.convert("RGB"), transparency=3)
    frames = [PICTURE, GREY.convert("RGB")]
    save("animated.png", PICTURE, PICTURE, save_all=True, append_images=frames[1:], duration=100)


    Image.new("L", (1, 70000)).save(REFUSED / "thin.png")
    Image.new("L", (70000, 1)).save(REFUSED / "thin_across.png")


def make_bmps():
    save("rgba.bmp", PICTURE.convert("RGBA"), PICTURE)
    save("bit.bmp", GREY.convert("1"))
    save("grey.bmp", GREY)

    def bmp(bits, compression, data, palette=b"", masks=b""):
        offset = 54 + len(palette) + len(masks)
        header = struct.pack("<IiiHHIIiiII", 40, WIDTH, HEIGHT, 1, bits, compression, len(data), 0, 0, len(palette) // 4, 0)
        return b"BM" + struct.pack("<IHHI", offset + len(data), 0, 0, offset) + header + masks + palette + data

    colours = PICTURE.quantize(16)
    indices = np.asarray(colours)
    table = colours.getpalette()[:48] + [0] * 48
    palette = b"".join(bytes((table[3 * i + 2], table[3 * i + 1], table[3 * i], 0)) for i in range(16))
    runs8, runs4 = b"", b""
    for row in indices[::-1]:
        at = 0
        while at < WIDTH:
            length = 1
            while at + length < WIDTH and row[at + length] == row[at] and length < 255:
                length += 1
            runs8 += bytes((length, row[at]))
            runs4 += bytes((length, row[at] << 4 | row[at]))
            at += length
        runs8 += b"\0\0"
        runs4 += b"\0\0"
    write("rle8.bmp", bmp(8, 1, runs8 + b"\0\1", palette), colours)
    write("rle4.bmp", bmp(4, 2, runs4 + b"\0\1", palette), colours)
    five = RGB.astype(int) >> 3
    packed = (five[..., 0] << 10 | five[..., 1] << 5 | five[..., 2]).astype("<u2")
    padded = np.zeros((HEIGHT, WIDTH + 1), "<u2")
    padded[:, :WIDTH] = packed[::-1]
    write("five.bmp", bmp(16, 0, padded.tobytes()), five * 255 // 31)
    six = RGB.astype(int)[..., 1] >> 2
    packed = (five[..., 0] << 11 | six << 5 | five[..., 2]).astype("<u2")
    padded[:, :WIDTH] = packed[::-1]
    masks = struct.pack("<III", 0xF800, 0x07E0, 0x001F)
    write("masks.bmp", bmp(16, 3, padded.tobytes(), masks=masks), np.stack([five[..., 0] * 255 // 31, six * 255 // 63, five[..., 2] * 255 // 31], -1))


def make_others():
    frames = [PICTURE, GREY.convert("RGB")]
    save("animated.webp", PICTURE, PICTURE, save_all=True, append_images=frames[1:], duration=100, lossless=True)
    alpha = PICTURE.convert("RGBA")
    save("animated_alpha.webp", alpha, PICTURE, save_all=True, append_images=[alpha.rotate(180)], duration=100, lossless=True)
    save("animated.gif", PICTURE.quantize(64), save_all=True, append_images=[GREY.quantize(64)], duration=100)

    out = io.BytesIO()
    PICTURE.save(out, "JPEG", quality=90)
    jpeg = out.getvalue()
    pixels = Image.open(io.BytesIO(jpeg)).convert("RGB")
    write("trailing.jpg", jpeg + bytes(4096), pixels)
    write("mpo.jpg", jpeg + jpeg, pixels)
    write("extraneous.jpg", jpeg[:-2] + b"\x12\x34\x56" * 20 + jpeg[-2:], pixels)
    write("no_end.jpg", jpeg[:-2], pixels)
    write("leading_newline.jpg", b"\n" + jpeg, pixels)
    out = io.BytesIO()
    PICTURE.save(out, "JPEG", quality=90, progressive=True)
    write("progressive_no_end.jpg", out.getvalue()[:-2], Image.open(io.BytesIO(out.getvalue())))
    # A progressive file that ends between two scans decodes, but is not all there.
    progressive = out.getvalue()
    scans = [i for i in range(len(progressive) - 1) if progressive[i : i + 2] == b"\xff\xda"]
    (REFUSED / "progressive_without_last_scan.jpg").write_bytes(progressive[: scans[-1]])
    (REFUSED / "progressive_half.jpg").write_bytes(progressive[: scans[len(scans) // 2]])


def make_damaged():
    """Cut, and with bytes overwritten at many places."""
    for source in sorted(GOOD.iterdir()):
        if source.suffix == ".rgb":
            continue
        content = source.read_bytes()
        (DAMAGED / ("cut_" + source.name)).write_bytes(content[: len(content) * 2 // 3])
        for part in range(8):
            changed = bytearray(content)
            start = 12 + (len(content) - 12) * part // 8
            changed[start : start + 9] = bytes(rng.integers(0, 256, min(9, len(content) - start), "uint8"))
            (DAMAGED / ("%d_%s" % (part, source.name))).write_bytes(changed)


make_tiffs()
make_pngs()
make_bmps()
make_others()
make_damaged()
