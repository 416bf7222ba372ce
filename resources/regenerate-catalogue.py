#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes catalogue.json from torchvision's own metadata. With --check it only compares.

Sizes of files are taken from the parameters, since the metadata has them only from torchvision 0.15 on.
"""
import json
import pathlib
import sys

import torchvision.models as models

# Family, and for each architecture: torchvision's name, the papers' name, the enum of its weights.
FAMILIES = {
    "ResNet": [(f"resnet{n}", f"ResNet-{n}", f"ResNet{n}_Weights") for n in (18, 34, 50, 101, 152)],
    "MobileNet": [("mobilenet_v2", "MobileNetV2", "MobileNet_V2_Weights")],
    "SqueezeNet": [
        ("squeezenet1_0", "SqueezeNet 1.0", "SqueezeNet1_0_Weights"),
        ("squeezenet1_1", "SqueezeNet 1.1", "SqueezeNet1_1_Weights"),
    ],
}


def entry(family, name, title, enum, weights):
    transforms = weights.transforms()
    metrics = weights.meta["_metrics"]["ImageNet-1K"]
    file_name = weights.url.rsplit("/", 1)[1]
    parameters = weights.meta["num_params"]
    return {
        "name": name,
        "title": title,
        "family": family,
        "tag": weights.name,
        "parameters": parameters,
        "top1": metrics["acc@1"],
        "top5": metrics["acc@5"],
        "input_size": transforms.crop_size[0],
        "resize_size": transforms.resize_size[0],
        "interpolation": transforms.interpolation.value,
        "mean": list(transforms.mean),
        "std": list(transforms.std),
        "url": weights.url,
        "sha256_prefix": file_name.rsplit("-", 1)[1].split(".")[0],
        "megabytes": round(parameters * 4 / 1e6, 1),
        "licence": "BSD-3-Clause",
    }


def catalogue():
    entries = []
    for family, architectures in FAMILIES.items():
        for name, title, enum in architectures:
            weights = list(getattr(models, enum))
            # torchvision's default first: it is what an architecture's bare name stands for here.
            default = getattr(models, enum).DEFAULT
            weights.sort(key=lambda w: w is not default and w.name != default.name)
            entries += [entry(family, name, title, enum, w) for w in weights]
    return entries


def main():
    path = pathlib.Path(__file__).with_name("catalogue.json")
    text = "[\n" + ",\n".join("  " + json.dumps(e) for e in catalogue()) + "\n]\n"
    if "--check" in sys.argv:
        if json.loads(path.read_text()) != json.loads(text):
            sys.exit("catalogue.json differs from torchvision's metadata: run regenerate-catalogue.py")
    else:
        path.write_text(text)


if __name__ == "__main__":
    main()
