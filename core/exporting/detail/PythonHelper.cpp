// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporting/detail/PythonHelper.h"

#include <fstream>
#include <string_view>

#include "core/base/detail/AtomicFile.h"

namespace graft::exporting {

namespace {

// Names no file: it looks for the model whose name it bears. Needs torch, numpy and Pillow.
constexpr const char* kProgram = R"(#!/usr/bin/env python3
# Made by Graft. Asks the model beside it about pictures, with the numbers of "graft-cli predict":
#     python3 MODEL.py PICTURE...
# or in a program of yours: load(path) gives a picture as the model expects it, predict(path) the probabilities,
# decide(predict(path)) the class.
import hashlib
import json
import os
import sys
import warnings

import numpy
import torch
from PIL import Image

MODEL = os.path.splitext(os.path.abspath(__file__))[0]
with open(MODEL + '.json', encoding='utf-8') as file:
    ABOUT = json.load(file)
HASH = hashlib.sha256()
with open(MODEL, 'rb') as file:
    for piece in iter(lambda: file.read(1 << 20), b''):
        HASH.update(piece)
if ABOUT.get('sha256', HASH.hexdigest()) != HASH.hexdigest():
    ABOUT = ABOUT.get('replaces', {})  # a new model was on its way here when the export was interrupted
    if ABOUT.get('sha256') != HASH.hexdigest():
        sys.exit(f'{MODEL}: The model is not the file that the .json beside it was written for; export it again.')
Image.MAX_IMAGE_PIXELS = 1 << 28  # as Graft
warnings.simplefilter('error', Image.DecompressionBombWarning)  # more is refused
OWN = {'graft_classes.json': ''}  # the classes as the model itself names them; nothing in older ones
network = torch.jit.load(MODEL, map_location='cpu', _extra_files=OWN).eval()
PLACES = {name: i for i, name in enumerate(json.loads(OWN['graft_classes.json'] or '[]'))}
if any(PLACES.get(name, i) != i for i, name in enumerate(ABOUT['classes'])):
    sys.exit(f'{MODEL}.json: The classes beside the model are in another order than in the model: its answers '
             'would get wrong names. Export it again, or put the file back.')


TURNS = {2: Image.FLIP_LEFT_RIGHT, 3: Image.ROTATE_180, 4: Image.FLIP_TOP_BOTTOM, 5: Image.TRANSPOSE,
         6: Image.ROTATE_270, 7: Image.TRANSVERSE, 8: Image.ROTATE_90}


def turn_of(image):
    """EXIF's orientation, 1 to 8."""
    exif = Image.Exif()
    try:
        exif.load(image.info.get('exif') or b'')
    except Exception:  # damaged: as if there was none
        return 1
    turn = exif.get(0x0112, 1)
    return turn if turn in TURNS else 1


def eight_bits(image, path):
    """As Graft reads it. ValueError for the kinds that Pillow reads otherwise."""
    other = None
    if image.format == 'TIFF':
        tags = image.tag_v2
        values = {tag: tags.get(tag, default) for tag, default in ((258, 1), (339, 1), (274, 1), (262, 1))}
        bits, kind, turn, colours = (set(v) if isinstance(v, tuple) else {v} for v in values.values())
        grey16 = bits == {16} and image.mode.startswith('I;16') and colours == {1}
        if kind != {1} or turn != {1} or 338 in tags or not (bits in ({1}, {8}) or grey16) or not colours <= {0, 1, 2, 3}:
            other = 'this kind of TIFF'
    elif image.mode == 'F' or (image.mode == 'I' and image.format != 'PNG'):
        other = 'more than 8 bits in this format'
    elif image.mode == 'CMYK' and 'adobe' not in image.info:
        other = 'CMYK without Adobe\'s mark'
    if other is None and image.mode.startswith('I'):
        values = numpy.asarray(image)  # twelve bits in sixteen where none is larger
        return Image.fromarray((values // (16 if values.max() <= 4095 else 256)).astype('uint8'))
    if other is None and image.format == 'PNG':
        with open(path, 'rb') as file:
            depth = file.read(25)[24]
        if depth == 16 and max(high for low, high in image.convert('RGB').getextrema()) < 16:
            other = 'twelve bits in sixteen, in colour,'
    if other is not None:
        raise ValueError(f'Pillow reads {other} in another way than Graft; save it as an 8-bit PNG, or ask graft-cli predict')
    return image


def load(path):
    """The picture as 3 x crop x crop numbers (float32, normalised)."""
    p = ABOUT['preprocess']
    image = Image.open(path)
    if image.format == 'PNG':
        image.load()  # EXIF may stand behind the pixels
    turn = turn_of(image)
    image = eight_bits(image, path)
    # A large JPEG is decoded at 1/2, 1/4 or 1/8 of its size.
    stored, shorter = image.size, min(image.size)
    resized = [p['resize'] * side // shorter for side in stored]
    image.draft(None, tuple(resized))
    reduction = next(r for r in (1, 2, 4, 8) if image.size == tuple(-(-side // r) for side in stored))
    image = image.convert('RGB')
    if turn != 1:
        image = image.transpose(TURNS[turn])
    if turn >= 5:  # on its side
        stored, resized = stored[::-1], resized[::-1]
    box = (0, 0, stored[0] / reduction, stored[1] / reduction)
    kind = Image.BICUBIC if p['interpolation'] == 'bicubic' else Image.BILINEAR
    image = image.resize(resized, kind, box)
    left, top = (round((side - p['crop']) / 2) for side in resized)
    image = image.crop((left, top, left + p['crop'], top + p['crop']))
    pixels = numpy.asarray(image, dtype='float32') / 255
    pixels = (pixels - numpy.float32(p['mean'])) / numpy.float32(p['std'])
    return torch.from_numpy(pixels.transpose(2, 0, 1).copy())


def predict(path):
    """{class: probability}"""
    # As it is: optimizing it for this machine takes minutes where torch was built with LLVM (Debian's 2.6).
    with torch.no_grad(), torch.jit.optimized_execution(False):
        numbers = network(load(path)[None])
    if ABOUT.get('outputs') == 'sigmoid':  # one number for two classes
        second = numbers[0, 0].double().sigmoid().item()
        return dict(zip(ABOUT['classes'], (1 - second, second)))
    return dict(zip(ABOUT['classes'], numbers.softmax(1)[0].tolist()))


def decide(answer):
    """The class that Graft decides for, of what predict() gives."""
    if ABOUT.get('outputs') == 'sigmoid':
        first, second = ABOUT['classes']
        return second if answer[second] > ABOUT['threshold'] else first
    return max(answer, key=answer.get)


def field(text):
    """A field of CSV as graft-cli predict writes it; Python's csv leaves a carriage return bare."""
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\n\r') else text


if __name__ == '__main__':
    sys.stdout.reconfigure(errors='surrogateescape')  # a name that is no UTF-8 keeps its bytes
    print('path,class,probability')
    status = 0
    for path in sys.argv[1:]:
        try:
            answer = predict(path)
        except Exception as error:  # a damaged picture ends in any of a dozen kinds
            print(f'{path}: {error}', file=sys.stderr)
            status = 1
            continue
        best = decide(answer)
        print(f'{field(path)},{field(best)},{answer[best]:.6f}')
    sys.exit(status)
)";

constexpr std::string_view kMark = "#!/usr/bin/env python3\n# Made by Graft.";
static_assert(std::string_view(kProgram).starts_with(kMark));

}  // namespace

std::string pythonHelperPath(const std::string& modelFile) {
    return modelFile + ".py";
}

Result<void> writePythonHelper(const std::string& modelFile) {
    return base::writeFileAtomically(pythonHelperPath(modelFile), kProgram);
}

bool isPythonHelper(const std::string& file) {
    std::string beginning(kMark.size(), '\0');
    return std::ifstream(file, std::ios::binary)
               .read(beginning.data(), static_cast<std::streamsize>(beginning.size()))
               .good() &&
           beginning == kMark;
}

}  // namespace graft::exporting
