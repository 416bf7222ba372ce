# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes pictures of every kind into FOLDER and beside each, as NAME.rgb, the pixels that Pillow decodes:
a line "WIDTH HEIGHT" and then 8-bit RGB. Where Pillow has no such mode, the expected pixels are computed here.
"""
import random
import struct
import sys
import zlib
from pathlib import Path

from PIL import Image, ImageOps

FOLDER = Path(sys.argv[1])
WIDTH, HEIGHT = 61, 43
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def noisy(width, height, seed=1):
    """Gradients with some noise, so that no mirrored or shifted picture looks the same."""
    source = random.Random(seed)
    picture = Image.new("RGB", (width, height))
    picture.putdata(
        [
            tuple(
                max(0, min(255, value + source.randrange(-20, 21)))
                for value in (x * 255 // width, y * 255 // height, (x + 2 * y) * 255 // (width + 2 * height))
            )
            for y in range(height)
            for x in range(width)
        ]
    )
    return picture


def write_pixels(name, picture):
    with open(FOLDER / (name + ".rgb"), "wb") as out:
        out.write(b"%d %d\n" % picture.size)
        out.write(picture.convert("RGB").tobytes())


def expect_pillow(name):
    with Image.open(FOLDER / name) as picture:
        write_pixels(name, ImageOps.exif_transpose(picture).convert("RGB"))


def save(name, picture, **options):
    picture.save(FOLDER / name, **options)
    expect_pillow(name)


def png_chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width, height, depth, colour, rows, interlace=0):
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    return (
        b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    )


def png16(name, channels, colour):
    """16 bits a value: Graft keeps the upper eight (value / 256, rounded down)."""
    source = random.Random(5)
    values = [[source.randrange(65536) for _ in range(WIDTH * channels)] for _ in range(HEIGHT)]
    rows = b"".join(b"\0" + struct.pack(">%dH" % len(row), *row) for row in values)
    (FOLDER / name).write_bytes(png(WIDTH, HEIGHT, 16, colour, rows))
    expected = Image.new("RGB", (WIDTH, HEIGHT))
    grey = channels < 3
    expected.putdata(
        [
            tuple(row[x * channels + (0 if grey else c)] // 256 for c in range(3))
            for row in values
            for x in range(WIDTH)
        ]
    )
    write_pixels(name, expected)


def png_adam7(name, picture):
    width, height = picture.size
    rows = b""
    for left, top, right, down in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        for y in range(top, height, down):
            if left < width:
                rows += b"\0" + b"".join(bytes(picture.getpixel((x, y))) for x in range(left, width, right))
    (FOLDER / name).write_bytes(png(width, height, 8, 2, rows, interlace=1))
    expect_pillow(name)


def frame_position(gif):
    """Where the first image descriptor of a GIF stands."""
    position = 13 + (3 << ((gif[10] & 7) + 1) if gif[10] & 0x80 else 0)
    while gif[position] == 0x21:
        position += 2
        while gif[position]:
            position += gif[position] + 1
        position += 1
    assert gif[position] == 0x2C
    return position


def gif_with_offset(name, picture):
    """The frame lies inside a larger canvas, whose rest has the background colour."""
    picture.save(FOLDER / name)
    gif = bytearray((FOLDER / name).read_bytes())
    struct.pack_into("<HH", gif, 6, WIDTH + 20, HEIGHT + 10)
    struct.pack_into("<HH", gif, frame_position(gif) + 1, 7, 4)
    (FOLDER / name).write_bytes(gif)
    expect_pillow(name)


def forged(name, patch):
    (FOLDER / ("forged_" + name)).write_bytes(patch(bytearray((FOLDER / name).read_bytes())))


def forged_jpeg(side):
    def patch(data):
        position = data.index(b"\xff\xc0")  # start of frame
        struct.pack_into(">HH", data, position + 5, side, side)
        return data

    return patch


def forged_tiff(data):
    assert data[:2] == b"II"
    (directory,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, directory)
    for entry in range(directory + 2, directory + 2 + 12 * count, 12):
        if struct.unpack_from("<H", data, entry)[0] in (256, 257):  # width, length
            struct.pack_into("<HII", data, entry + 2, 4, 1, 60000)
    return data


def forged_gif(data):
    struct.pack_into("<HH", data, 6, 60000, 60000)
    return data


def forged_bmp(data):
    struct.pack_into("<ii", data, 18, 60000, 60000)
    return data


def make_netpbm(picture):
    grey = picture.convert("L")
    bits = picture.convert("1")
    save("colour.ppm", picture)
    save("grey.pgm", grey)
    save("bits.pbm", bits)
    rows = [[grey.getpixel((x, y)) for x in range(WIDTH)] for y in range(HEIGHT)]
    text = "P2\n# as text\n%d\n%d 255 " % (WIDTH, HEIGHT) + "\n".join(" ".join(map(str, row)) for row in rows)
    (FOLDER / "text.pgm").write_text(text)
    write_pixels("text.pgm", grey)
    values = [value for pixel in picture.getdata() for value in pixel]
    (FOLDER / "text.ppm").write_text("P3 %d %d 255\n" % (WIDTH, HEIGHT) + " ".join(map(str, values)))
    write_pixels("text.ppm", picture)
    ones = "".join("0" if bits.getpixel((x, y)) else "1" for y in range(HEIGHT) for x in range(WIDTH))
    (FOLDER / "text.pbm").write_text("P1\n%d %d\n%s\n" % (WIDTH, HEIGHT, ones))
    write_pixels("text.pbm", bits)
    # Sixteen bits are big endian; what stands beside white is scaled.
    sixteen = b"".join(struct.pack(">H", value * 257) for row in rows for value in row)
    (FOLDER / "sixteen.pgm").write_bytes(b"P5 %d %d 65535\n" % (WIDTH, HEIGHT) + sixteen)
    write_pixels("sixteen.pgm", grey)
    (FOLDER / "fifteen.pgm").write_bytes(b"P5 %d %d 15\n" % (WIDTH, HEIGHT) + bytes(v // 17 for r in rows for v in r))
    write_pixels("fifteen.pgm", grey.point(lambda value: value // 17 * 17))


def main():
    picture = noisy(WIDTH, HEIGHT)
    grey = picture.convert("L")
    palette = picture.quantize(64)
    alpha = picture.copy()
    alpha.putalpha(grey)

    save("rgb.png", picture)
    save("grey.png", grey)
    save("black_and_white.png", picture.convert("1"))
    save("palette.png", palette)
    save("palette_4bit.png", picture.quantize(11), bits=4)
    save("palette_transparent.png", palette, transparency=3)
    save("alpha.png", alpha)
    save("grey_alpha.png", alpha.convert("LA"))
    png_adam7("interlaced.png", picture)
    png_adam7("interlaced_row.png", picture.crop((0, 3, WIDTH, 4)))
    png16("grey16.png", 1, 0)
    png16("rgb16.png", 3, 2)
    png16("rgba16.png", 4, 6)
    png16("grey_alpha16.png", 2, 4)

    save("rgb.bmp", picture)
    save("grey.bmp", grey)
    save("palette.bmp", palette)

    save("plain.gif", palette, interlace=0)
    save("interlaced.gif", palette, interlace=1)
    save("transparent.gif", palette, transparency=5)
    others = [noisy(WIDTH, HEIGHT, seed).quantize(64) for seed in (2, 3)]
    save("animated.gif", palette, save_all=True, append_images=others)
    gif_with_offset("offset.gif", palette)

    save("lossless.webp", picture, lossless=True)
    save("lossless_alpha.webp", alpha, lossless=True, exact=True)
    save("lossy.webp", picture, quality=80)

    save("raw.tiff", picture)
    save("lzw.tiff", picture, compression="tiff_lzw")
    save("deflate.tif", picture, compression="tiff_adobe_deflate")
    save("grey.tiff", grey)
    save("palette.tiff", palette)
    save("pages.tiff", picture, save_all=True, append_images=[noisy(WIDTH, HEIGHT, 4)])

    save("full_chroma.jpg", picture, quality=90, subsampling=0)
    save("half_chroma.jpg", picture, quality=90, subsampling=1)
    save("quarter_chroma.jpg", picture, quality=75, subsampling=2)
    save("progressive.jpg", picture, quality=85, progressive=True)
    save("grey.jpg", grey, quality=85)
    save("cmyk.jpg", picture.convert("CMYK"), quality=90)
    large = noisy(300, 170)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        save("orientation%d.jpg" % orientation, picture, quality=90, exif=exif)
        save("large%d.jpg" % orientation, large, quality=90, exif=exif)
        save("orientation%d.png" % orientation, picture, exif=exif)
        save("orientation%d.webp" % orientation, picture, lossless=True, exif=exif.tobytes())
        # Some Pillows turn a TIFF when they load it and again in exif_transpose().
        tiff = "orientation%d.tiff" % orientation
        picture.save(FOLDER / tiff, tiffinfo={0x0112: orientation})
        write_pixels(tiff, picture.transpose(TURNS[orientation]) if orientation > 1 else picture)
    make_netpbm(picture)
    save("large.png", large)
    save("large_progressive.jpg", large, quality=90, progressive=True)

    for side in (20000, 60000):
        (FOLDER / ("forged_%d.png" % side)).write_bytes(png(side, side, 8, 2, b"\0" * 1000))
    forged("full_chroma.jpg", forged_jpeg(60000))
    forged("plain.gif", forged_gif)
    forged("rgb.bmp", forged_bmp)
    forged("raw.tiff", forged_tiff)


main()
