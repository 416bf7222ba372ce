# SPDX-License-Identifier: GPL-3.0-or-later
# foreign_models.py MODEL.pt FOLDER: TorchScript files as other programs write them, with the .json of MODEL.pt but
# for its hash, which they do not write.
import json
import sys

import torch


class Tuple(torch.nn.Module):
    def forward(self, x):
        return x.mean((2, 3)), x


class Images(torch.nn.Module):
    def forward(self, x):
        return x


class Softmax(torch.nn.Module):
    def forward(self, x):
        return x.mean((2, 3)).softmax(1)


class Fails(torch.nn.Module):
    def forward(self, x):
        return x.reshape(-1, 7)


class Nan(torch.nn.Module):
    def forward(self, x):
        return x.mean((2, 3)) * float('nan')


class Mean(torch.nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


about = json.load(open(sys.argv[1] + '.json'))
about.pop('sha256', None)
for model in (Tuple(), Images(), Softmax(), Fails(), Nan(), Mean()):
    file = f'{sys.argv[2]}/{type(model).__name__.lower()}.pt'
    torch.jit.script(model).save(file)
    json.dump(about, open(file + '.json', 'w'))
