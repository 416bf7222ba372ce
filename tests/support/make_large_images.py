# SPDX-License-Identifier: GPL-3.0-or-later
# make_large_images.py FOLDER: pictures of many sizes and kinds with fine detail, so that another way to decode or
# to shrink them would show.
import os
import sys

import numpy
from PIL import Image

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
random = numpy.random.default_rng(7)


def picture(width, height):
    y, x = numpy.mgrid[0:height, 0:width]
    waves = 127 + 60 * numpy.sin(x / 5 + y / 11) + 50 * numpy.sin(x / 37 - y / 23)
    values = waves[..., None] * [1, .8, .6] + random.normal(0, 18, (height, width, 1))
    return Image.fromarray(numpy.clip(values, 0, 255).astype('uint8'))


for width, height in ((40, 33), (64, 64), (65, 127), (129, 70), (260, 300), (513, 257), (1000, 751), (96, 1500)):
    picture(width, height).save(f'{folder}/{width}x{height}.jpg', quality=92)
for orientation in range(2, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture(301, 203).save(f'{folder}/exif{orientation}.jpg', exif=exif)
picture(300, 200).convert('L').save(f'{folder}/grey.jpg')
picture(300, 200).save(f'{folder}/progressive.jpg', progressive=True)
picture(300, 200).save(f'{folder}/plain.png')
picture(300, 200).quantize(32).save(f'{folder}/palette.png')
transparent = picture(300, 200)
transparent.putalpha(Image.radial_gradient('L').resize((300, 200)))
transparent.save(f'{folder}/alpha.png')
