# SPDX-License-Identifier: GPL-3.0-or-later
"""What torchvision's functional ops give on Pillow images.

Usage: augment_reference.py ops FOLDER
           writes pictures and what each op makes of them (raw RGB bytes, of the picture's size) and prints a line each:
           OP PARAMETER.. RESULT PICTURE
       augment_reference.py affine FOLDER PICTURE ANGLE X Y SCALE SHEAR [ANGLE ..]
           the same for affine maps, one for each five numbers: RESULT
       augment_reference.py policies SIDE
           the magnitudes of the policies: POLICY OP SIGNED MAGNITUDE..
       augment_reference.py draws
           means over many draws: NAME MEAN..
"""
import io
import random
import sys
from pathlib import Path

import numpy
import torch
import torchvision.transforms.functional as F
from PIL import Image
from torchvision import transforms
from torchvision.transforms import InterpolationMode
from torchvision.transforms.autoaugment import _apply_op

BILINEAR = InterpolationMode.BILINEAR
count = 0


def save(folder, image):
    global count
    path = Path(folder) / ("%d.rgb" % count)
    count += 1
    path.write_bytes(image.convert("RGB").tobytes())
    return path


def pictures(folder):
    y, x = numpy.mgrid[0:60, 0:80]
    waves = [128 + 110 * numpy.sin(x / a + numpy.cos(y / b)) for a, b in ((19, 14), (8, 26), (15, 6))]
    generator = numpy.random.RandomState(5)
    made = {
        "waves": numpy.stack(waves, 2),
        "noise": generator.randint(0, 256, (47, 61, 3)),
        "dark": generator.randint(20, 90, (33, 40, 3)),
        "flat": numpy.full((20, 30, 3), (10, 200, 90)),
        "row": generator.randint(0, 256, (1, 50, 3)),
        "pixel": numpy.array([[[5, 99, 201]]]),
    }
    paths = []
    for name, values in made.items():
        path = Path(folder) / (name + ".png")
        Image.fromarray(values.astype("uint8")).save(path)
        paths.append(path)
    return paths


def jpeg(image, quality):
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def ops(folder):
    for picture in pictures(folder):
        image = Image.open(picture).convert("RGB")
        width, height = image.size
        for name, op, values in (
            ("brightness", F.adjust_brightness, (0, 0.3, 1, 1.7, 2)),
            ("contrast", F.adjust_contrast, (0, 0.3, 1, 1.7, 2)),
            ("saturation", F.adjust_saturation, (0, 0.3, 1, 1.7, 2)),
            ("sharpness", F.adjust_sharpness, (0, 0.3, 1, 1.7, 2)),
            ("hue", F.adjust_hue, (-0.5, -0.21, -0.003, 0, 0.1, 0.37, 0.5)),
            ("posterize", F.posterize, (0, 1, 4, 7, 8)),
            ("solarize", F.solarize, (0, 100.5, 128, 255)),
            ("jpeg", jpeg, (1, 30, 75, 100)),
        ):
            for value in values:
                print(name, value, save(folder, op(image, value)), picture)
        print("grey", 0, save(folder, F.rgb_to_grayscale(image, 3)), picture)
        print("autocontrast", 0, save(folder, F.autocontrast(image)), picture)
        print("equalize", 0, save(folder, F.equalize(image)), picture)
        for sigma, radius in ((0.1, 1), (0.8, 3), (2.0, 6)):
            if radius < min(width, height):  # torch does not mirror further
                print("blur", sigma, radius, save(folder, F.gaussian_blur(image, 2 * radius + 1, sigma)), picture)
        for name, magnitudes in (
            ("ShearX", (-0.99, 0.3)), ("ShearY", (-0.3, 0.99)), ("TranslateX", (-32.0, 9.7)), ("TranslateY", (-9.7, 32.0)),
            ("Rotate", (-135.0, 13.0, 90.0)), ("Brightness", (-0.9, 0.5)), ("Color", (-0.9, 0.5)), ("Contrast", (-0.9, 0.5)),
            ("Sharpness", (-0.9, 0.5)), ("Posterize", (4, 0)), ("Solarize", (76.5,)), ("AutoContrast", (0,)), ("Equalize", (0,)),
            ("Identity", (0,)),
        ):
            for magnitude in magnitudes:
                print("policy", name, magnitude, save(folder, _apply_op(image, name, magnitude, BILINEAR, None)), picture)
        corners = [[0, 0], [width, 0], [width, height], [0, height]]
        for moved in (corners, [[width * 0.2, height * 0.1], [width * 0.9, 0], [width, height * 0.8], [width * 0.1, height]]):
            result = F.perspective(image, corners, moved, BILINEAR, 0)
            print("perspective", *(number for corner in moved for number in corner), save(folder, result), picture)


def affine(folder, picture, numbers):
    image = Image.open(picture).convert("RGB")
    for i in range(0, len(numbers), 5):
        angle, x, y, scale, shear = numbers[i:i + 5]
        print(save(folder, F.affine(image, angle, [x, y], scale, [shear, 0.0], BILINEAR, 0)))


def policies(side):
    for name, space in (
        ("randaugment", transforms.RandAugment()._augmentation_space(31, (side, side))),
        ("trivialaugment", transforms.TrivialAugmentWide()._augmentation_space(31)),
        ("augmix", transforms.AugMix()._augmentation_space(10, (side, side))),
    ):
        for op, (magnitudes, signed) in space.items():
            print(name, op, int(signed), *(repr(float(m)) for m in magnitudes.reshape(-1)))


def draws():
    torch.manual_seed(1)
    random.seed(1)
    square = torch.zeros(3, 200, 200)
    erased = [transforms.RandomErasing.get_params(square, (0.02, 0.33), (0.3, 3.3), [0.0]) for _ in range(4000)]
    areas = [h * w / 200**2 for _, _, h, w, _ in erased]
    shapes = [numpy.log(h / w) for _, _, h, w, _ in erased]
    print("erasing", numpy.mean(areas), numpy.std(areas), numpy.mean(shapes), numpy.std(shapes))
    corners = [transforms.RandomPerspective.get_params(2000, 2000, 0.5)[1] for _ in range(4000)]
    inwards = [c[0][0] / 2000 for c in corners]
    print("perspective", numpy.mean(inwards), numpy.std(inwards))


command, arguments = sys.argv[1], sys.argv[2:]
if command == "ops":
    ops(arguments[0])
elif command == "affine":
    affine(arguments[0], arguments[1], [float(a) for a in arguments[2:]])
elif command == "policies":
    policies(int(arguments[0]))
else:
    draws()
