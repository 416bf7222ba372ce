#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""References from torchvision and PyTorch for the tests. Commands:

models FOLDER NAME..         NAME.pth with random weights, NAME.in and NAME.out (raw float32)
real FOLDER WEIGHTS NAME     the same for a safetensors file with all 1000 classes
jit FILE IN OUT SIDE         opens TorchScript, runs IN (N x 3 x SIDE x SIDE), writes OUT
load NAME FILE CLASSES IN OUT SIDE   loads safetensors into torchvision's model, runs IN, writes OUT
optimizers FILE              weights after five steps of every optimizer setting, as JSON
parameters NAME..            parameter counts, as JSON
"""
import json
import struct
import sys

import numpy as np
import torch
import torchvision

torch.set_num_threads(2)


def read_safetensors(path):
    types = {"F32": np.float32, "I64": np.int64}
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    return {
        name: torch.from_numpy(
            np.frombuffer(data[e["data_offsets"][0] : e["data_offsets"][1]], types[e["dtype"]]).reshape(e["shape"]).copy()
        )
        for name, e in header.items()
        if name != "__metadata__"
    }


def build(name, classes=1000):
    return getattr(torchvision.models, name)(num_classes=classes)


def run(model, images):
    with torch.no_grad():
        return model.eval()(images).numpy().astype(np.float32)


def read_images(path, side):
    return torch.from_numpy(np.fromfile(path, np.float32).reshape(-1, 3, side, side))


def save_case(folder, name, model):
    images = torch.randn(2, 3, 96, 96)
    images.numpy().tofile(f"{folder}/{name}.in")
    run(model, images).tofile(f"{folder}/{name}.out")


def models(folder, *names):
    torch.manual_seed(7)
    for name in names:
        model = build(name)
        for module in model.modules():  # statistics that a wrong batch norm would not survive
            if isinstance(module, torch.nn.BatchNorm2d):
                torch.nn.init.uniform_(module.weight, 0.5, 1.0)
                torch.nn.init.normal_(module.bias, 0, 0.1)
                torch.nn.init.normal_(module.running_mean, 0, 0.1)
                torch.nn.init.uniform_(module.running_var, 0.7, 1.5)
        torch.save(model.state_dict(), f"{folder}/{name}.pth")
        save_case(folder, name, model)


def real(folder, weights, name):
    torch.manual_seed(8)
    model = build(name)
    model.load_state_dict(read_safetensors(weights), strict=True)
    save_case(folder, "real-" + name, model)


def jit(file, images, output, side):
    model = torch.jit.load(file)
    run(model, read_images(images, int(side))).tofile(output)


def load(name, file, classes, images, output, side):
    model = build(name, int(classes))
    model.load_state_dict(read_safetensors(file), strict=True)
    run(model, read_images(images, int(side))).tofile(output)


OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "sgd-momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "sgd-nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p, lr=0.1, weight_decay=0.01),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.1, weight_decay=0.1),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.1, momentum=0.9, weight_decay=0.01),
}


def optimizers(file):
    """Minimises sum((w - target)^2) from w = (1, -2, 3)."""
    result = {}
    for name, make in OPTIMIZERS.items():
        w = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
        optimizer = make([w])
        for _ in range(5):
            optimizer.zero_grad()
            ((w - torch.tensor([0.5, 0.25, -1.0])) ** 2).sum().backward()
            optimizer.step()
        result[name] = w.tolist()
    with open(file, "w") as out:
        json.dump(result, out)


def parameters(*names):
    print(json.dumps({name: sum(p.numel() for p in build(name).parameters()) for name in names}))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
