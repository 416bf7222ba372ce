#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""References for the backbones that torchvision does not have: one file for each family in references/, plain PyTorch
written from the paper and the authors' definition, with the authors' tensor names. Each has

MODELS          by Graft's name: a function that makes the torch.nn.Module
HAS_CLASSIFIER  whether its forward gives the logits of 1000 classes; else it gives features, and a linear layer "head"
                is put behind them here
UNUSED          may be left out: names of parameters that files have and a classifier does not need
others(state)   may be left out: by library, the same weights as its files have them
SCRIPTS         may be left out: those of the libraries whose files are TorchScript, in half precision

Commands:
names                         the names of all, as JSON
counts NAME:SIDE..            parameters, multiply-adds of one image of SIDE pixels, and whether with a classifier, as JSON
models FOLDER SEED NAME:SIDE,SIDE..   NAME.pth with random weights; for each side NAME-SIDE.in (2 images) and
                              NAME-SIDE.out (their logits), raw float32; for the first side NAME.batch and NAME.loss, as
                              torchvision_reference.py has them
others FOLDER SEED NAME SIDE  NAME.in and NAME.out (the features), and NAME-LIBRARY.pth for each library of others(),
                              whose names are printed as JSON
tokens FOLDER SEED NAME SIDE  NAME.pth, NAME.in and NAME.out: the class token and the mean of the patches beside it
"""
import importlib.util
import json
import pathlib
import sys

import careful_torch  # before torch
import torch

import torchvision_reference

HERE = pathlib.Path(__file__).parent


def load_file(path):
    spec = importlib.util.spec_from_file_location(path.stem.replace("-", "_"), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FAMILIES = [load_file(path) for path in sorted((HERE / "references").glob("*.py"))]


def family_of(name):
    return next(family for family in FAMILIES if name in family.MODELS)


class Classified(torch.nn.Module):
    """A model without a classifier, and one behind it; the names of its tensors stay."""

    def __init__(self, model, channels):
        super().__init__()
        self.model = model
        self.head = torch.nn.Linear(channels, 1000)

    def forward(self, images):
        return self.head(self.model(images))

    def state_dict(self):
        return {**self.model.state_dict(), "head.weight": self.head.weight, "head.bias": self.head.bias}


def randomise(model):
    """Values that no constant start hides."""
    torchvision_reference.randomise(model)
    plain = (torch.nn.Linear, torch.nn.modules.conv._ConvNd)
    for module in model.modules():
        for name, parameter in module.named_parameters(recurse=False):
            if isinstance(module, torch.nn.LayerNorm) and name == "weight":
                torch.nn.init.uniform_(parameter, 0.5, 1.5)
            elif name.startswith("gamma"):
                torch.nn.init.uniform_(parameter, 0.1, 0.4)
            elif not isinstance(module, plain + (torch.nn.modules.batchnorm._BatchNorm,)) or name == "bias":
                scale = 0.1 if parameter.dim() < 2 or parameter.shape[-2] == 1 else parameter.shape[-1] ** -0.5
                torch.nn.init.normal_(parameter, 0, scale)


def names():
    print(json.dumps(sorted(name for family in FAMILIES for name in family.MODELS)))


def counts(*cases):
    counter = load_file(HERE.parent.parent / "resources" / "regenerate-catalogue.py").MultiplyAdds
    found = {}
    for case in cases:
        name, side = case.split(":")
        with counter():
            model = family_of(name).MODELS[name]().eval().to("meta")
        with counter() as products:
            model(torch.empty(1, 3, int(side), int(side)))
        unused = getattr(family_of(name), "UNUSED", ())
        used = [p.numel() for key, p in model.named_parameters() if key not in unused]
        found[case] = {
            "parameters": sum(used),
            "multiply_adds": products.total,
            "classifier": family_of(name).HAS_CLASSIFIER,
        }
    print(json.dumps(found))


def models(folder, seed, *cases):
    torch.manual_seed(int(seed))
    for case in cases:
        name, sides = case.split(":")
        sides = [int(side) for side in sides.split(",")]
        family = family_of(name)
        model = family.MODELS[name]()
        randomise(model)
        if not family.HAS_CLASSIFIER:
            with torch.no_grad():
                channels = model.eval()(torch.zeros(2, 3, sides[0], sides[0])).shape[1]
            model = Classified(model, channels)
        torch.save(model.state_dict(), f"{folder}/{name}.pth")
        for side in sides:
            torchvision_reference.save_case(folder, f"{name}-{side}", model, side)
        torchvision_reference.save_training(folder, name, model, sides[0])


class Holder(torch.nn.Module):
    """A module of these tensors, which does nothing."""

    def __init__(self, state):
        super().__init__()
        parts = {}
        for name, value in state.items():
            first, _, rest = name.partition(".")
            if rest:
                parts.setdefault(first, {})[rest] = value
            else:
                self.register_buffer(first, value.half())
        for part, inner in parts.items():
            self.add_module(part, Holder(inner))

    def forward(self, x: torch.Tensor):
        return x


def others(folder, seed, name, side):
    torch.manual_seed(int(seed))
    family = family_of(name)
    model = family.MODELS[name]()
    randomise(model)
    for parameter in model.parameters():
        parameter.data = parameter.data.half().float()  # so that a file in half precision loses nothing
    torchvision_reference.save_case(folder, name, model, int(side))
    libraries = family.others(model.state_dict())
    for library, state in libraries.items():
        file = f"{folder}/{name}-{library}.pth"
        if library in getattr(family, "SCRIPTS", ()):
            torch.jit.script(Holder(state)).save(file)
        else:
            torch.save(state, file)
    print(json.dumps(list(libraries)))


def tokens(folder, seed, name, side):
    torch.manual_seed(int(seed))
    model = family_of(name).MODELS[name]()
    randomise(model)
    torch.save(model.state_dict(), f"{folder}/{name}.pth")
    model.forward = lambda images: both(model.tokens(images), 1 + model.registers)
    both = lambda tokens, first: torch.cat([tokens[:, 0], tokens[:, first:].mean(1)], 1)
    torchvision_reference.save_case(folder, name, model, int(side))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
