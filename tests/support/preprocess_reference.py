# SPDX-License-Identifier: GPL-3.0-or-later
"""What torchvision gives: Resize -> CenterCrop -> ToTensor -> Normalize on Pillow images.

Usage: preprocess_reference.py FOLDER [PHOTO...]
Writes noisy pictures and a large JPEG into FOLDER and, for each picture and setting, raw float32 numbers. Prints a line each:
    case RESIZE CROP INTERPOLATION NUMBERS PICTURE
and what RandomResizedCrop draws for a 256 x 256 picture: "crops MEAN_AREA MEAN_LOG_RATIO".
"""
import math
import sys
from pathlib import Path

import numpy
import torch
from PIL import Image
from torchvision import transforms
from torchvision.transforms import InterpolationMode

FOLDER = Path(sys.argv[1])
MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
BILINEAR, BICUBIC = InterpolationMode.BILINEAR, InterpolationMode.BICUBIC
count = 0


def reference(picture, resize, crop, interpolation):
    global count
    pipeline = transforms.Compose(
        [
            transforms.Resize(resize, interpolation=interpolation),
            transforms.CenterCrop(crop),
            transforms.ToTensor(),
            transforms.Normalize(MEAN, DEVIATION),
        ]
    )
    numbers = FOLDER / ("%d.float32" % count)
    count += 1
    with Image.open(picture) as image:
        numbers.write_bytes(pipeline(image.convert("RGB")).numpy().astype("<f4").tobytes())
    print("case", resize, crop, interpolation.value, numbers, picture)


def main():
    random_numbers = numpy.random.RandomState(3)
    sizes = [(500, 333), (333, 500), (7, 5), (1, 1), (224, 224), (257, 256), (63, 65), (641, 97), (3, 300), (400, 11)]
    for width, height in sizes:
        picture = FOLDER / ("noise_%dx%d.png" % (width, height))
        Image.fromarray(random_numbers.randint(0, 256, (height, width, 3), dtype="uint8")).save(picture)
        for resize, crop, interpolation in (
            (256, 224, BILINEAR), (64, 64, BILINEAR), (232, 224, BILINEAR), (235, 224, BICUBIC), (65, 32, BICUBIC), (33, 32, BILINEAR),
        ):
            reference(picture, resize, crop, interpolation)
    large = FOLDER / "large.jpg"  # smooth shapes, as in photographs
    y, x = numpy.mgrid[0:1500, 0:2000]
    waves = [128 + 100 * numpy.sin(x / a + numpy.cos(y / b)) for a, b in ((90, 70), (40, 130), (25, 30))]
    Image.fromarray(numpy.stack(waves, 2).astype("uint8")).save(large, quality=92)
    for resize, crop in ((256, 224), (64, 64), (512, 400), (800, 700)):
        reference(large, resize, crop, BILINEAR)
    for photo in sys.argv[2:]:
        for resize, crop, interpolation in ((256, 224, BILINEAR), (64, 64, BILINEAR), (232, 224, BICUBIC)):
            reference(photo, resize, crop, interpolation)

    torch.manual_seed(1)
    square = Image.new("RGB", (256, 256))
    boxes = [transforms.RandomResizedCrop.get_params(square, (0.08, 1.0), (3 / 4, 4 / 3)) for _ in range(4000)]
    area = sum(height * width for _, _, height, width in boxes) / len(boxes) / 256**2
    ratio = sum(math.log(width / height) for _, _, height, width in boxes) / len(boxes)
    print("crops", area, ratio)


main()
