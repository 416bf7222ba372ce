// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporting/detail/PythonHelper.h"

#include "core/base/detail/AtomicFile.h"

namespace graft::exporting {

namespace {

// Names no file: it looks for the model whose name it bears. Needs torch, numpy and Pillow.
constexpr const char* kProgram = R"(#!/usr/bin/env python3
# Made by Graft. Asks the model beside it about pictures, with the numbers of "graft-cli predict":
#     python3 MODEL.py PICTURE...
# or in a program of yours: load(path) gives a picture as the model expects it, predict(path) the probabilities.
import json
import os
import sys

import numpy
import torch
from PIL import Image, ImageOps

MODEL = os.path.splitext(os.path.abspath(__file__))[0]
with open(MODEL + '.json', encoding='utf-8') as file:
    ABOUT = json.load(file)
network = torch.jit.load(MODEL, map_location='cpu').eval()


def load(path):
    """The picture as 3 x crop x crop numbers (float32, normalised)."""
    p = ABOUT['preprocess']
    image = Image.open(path)
    if image.mode.startswith('I;16'):  # sixteen bits
        image = Image.fromarray((numpy.asarray(image) / 256).astype('uint8'))
    # A large JPEG is decoded at 1/2, 1/4 or 1/8 of its size.
    stored, shorter = image.size, min(image.size)
    resized = [p['resize'] * side // shorter for side in stored]
    image.draft(None, tuple(resized))
    reduction = next(r for r in (1, 2, 4, 8) if image.size == tuple(-(-side // r) for side in stored))
    turned = ImageOps.exif_transpose(image)
    if image.getexif().get(0x0112, 1) >= 5:  # on its side
        stored, resized = stored[::-1], resized[::-1]
    box = (0, 0, stored[0] / reduction, stored[1] / reduction)
    kind = Image.BICUBIC if p['interpolation'] == 'bicubic' else Image.BILINEAR
    image = turned.convert('RGB').resize(resized, kind, box)
    left, top = (round((side - p['crop']) / 2) for side in resized)
    image = image.crop((left, top, left + p['crop'], top + p['crop']))
    pixels = numpy.asarray(image, dtype='float32') / 255
    pixels = (pixels - numpy.float32(p['mean'])) / numpy.float32(p['std'])
    return torch.from_numpy(pixels.transpose(2, 0, 1).copy())


def predict(path):
    """{class: probability}"""
    with torch.no_grad():
        probabilities = network(load(path)[None]).softmax(1)[0].tolist()
    return dict(zip(ABOUT['classes'], probabilities))


if __name__ == '__main__':
    print('path,class,probability')
    for path in sys.argv[1:]:
        answer = predict(path)
        best = max(answer, key=answer.get)
        print(f'{path},{best},{answer[best]:.6f}')
)";

}  // namespace

std::string pythonHelperPath(const std::string& modelFile) {
    return modelFile + ".py";
}

Result<void> writePythonHelper(const std::string& modelFile) {
    return base::writeFileAtomically(pythonHelperPath(modelFile), kProgram);
}

}  // namespace graft::exporting
