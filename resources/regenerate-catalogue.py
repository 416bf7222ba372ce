#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes catalogue.json from torchvision's own metadata. With --check it only compares.

Architectures and weights that torchvision does not have stand in own-catalogue.json, which this script leaves alone.

Sizes of files are taken from the parameters, since the metadata has them only from torchvision 0.15 on.
"""
import functools
import json
import math
import pathlib
import sys

import torch
import torchvision.models as models
from torch.utils._python_dispatch import TorchDispatchMode

# Family, and for each architecture: torchvision's name, the papers' name, the enum of its weights.
FAMILIES = {
    "AlexNet": [("alexnet", "AlexNet", "AlexNet_Weights")],
    "VGG": [
        (f"vgg{n}{end}", f"VGG-{n}{title}", f"VGG{n}{end.upper()}_Weights")
        for n in (11, 13, 16, 19)
        for end, title in (("", ""), ("_bn", " with batch norm"))
    ],
    "ResNet": [(f"resnet{n}", f"ResNet-{n}", f"ResNet{n}_Weights") for n in (18, 34, 50, 101, 152)],
    "ResNeXt": [
        ("resnext50_32x4d", "ResNeXt-50 32x4d", "ResNeXt50_32X4D_Weights"),
        ("resnext101_32x8d", "ResNeXt-101 32x8d", "ResNeXt101_32X8D_Weights"),
        ("resnext101_64x4d", "ResNeXt-101 64x4d", "ResNeXt101_64X4D_Weights"),
    ],
    "Wide ResNet": [
        (f"wide_resnet{n}_2", f"Wide ResNet-{n}-2", f"Wide_ResNet{n}_2_Weights") for n in (50, 101)
    ],
    "SqueezeNet": [
        ("squeezenet1_0", "SqueezeNet 1.0", "SqueezeNet1_0_Weights"),
        ("squeezenet1_1", "SqueezeNet 1.1", "SqueezeNet1_1_Weights"),
    ],
    "DenseNet": [(f"densenet{n}", f"DenseNet-{n}", f"DenseNet{n}_Weights") for n in (121, 161, 169, 201)],
    "GoogLeNet": [("googlenet", "GoogLeNet", "GoogLeNet_Weights")],
    "Inception": [("inception_v3", "Inception v3", "Inception_V3_Weights")],
    "MobileNet": [
        ("mobilenet_v2", "MobileNetV2", "MobileNet_V2_Weights"),
        ("mobilenet_v3_small", "MobileNetV3 small", "MobileNet_V3_Small_Weights"),
        ("mobilenet_v3_large", "MobileNetV3 large", "MobileNet_V3_Large_Weights"),
    ],
    "MnasNet": [
        (f"mnasnet{n}", f"MnasNet {n.replace('_', '.')}", f"MNASNet{n}_Weights")
        for n in ("0_5", "0_75", "1_0", "1_3")
    ],
    "ShuffleNetV2": [
        (f"shufflenet_v2_x{n}", f"ShuffleNetV2 {n.replace('_', '.')}x", f"ShuffleNet_V2_X{n}_Weights")
        for n in ("0_5", "1_0", "1_5", "2_0")
    ],
    "EfficientNet": [
        (f"efficientnet_b{n}", f"EfficientNet-B{n}", f"EfficientNet_B{n}_Weights") for n in range(8)
    ],
    "EfficientNetV2": [
        (f"efficientnet_v2_{n}", f"EfficientNetV2-{n.upper()}", f"EfficientNet_V2_{n.upper()}_Weights")
        for n in "sml"
    ],
    "RegNet": [
        (
            f"regnet_{kind}_{size}",
            f"RegNet{kind.upper()}-{size.upper().replace('_', '.')}",
            f"RegNet_{kind.upper()}_{size.upper()}_Weights",
        )
        for kind, sizes in (
            ("x", ("400mf", "800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf")),
            ("y", ("400mf", "800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf", "128gf")),
        )
        for size in sizes
    ],
    "ConvNeXt": [
        (f"convnext_{n}", f"ConvNeXt-{n.capitalize()}", f"ConvNeXt_{n.capitalize()}_Weights")
        for n in ("tiny", "small", "base", "large")
    ],
    "Vision Transformer": [
        (f"vit_{size}_{patch}", f"ViT-{size.upper()}/{patch}", f"ViT_{size.upper()}_{patch}_Weights")
        for size, patch in (("b", 16), ("b", 32), ("l", 16), ("l", 32), ("h", 14))
    ],
    "Swin": [
        (f"swin_{n}", f"Swin-{n.upper()}", f"Swin_{n.upper()}_Weights") for n in "tsb"
    ],
    "Swin V2": [
        (f"swin_v2_{n}", f"Swin V2-{n.upper()}", f"Swin_V2_{n.upper()}_Weights") for n in "tsb"
    ],
    "MaxViT": [("maxvit_t", "MaxViT-T", "MaxVit_T_Weights")],
}

# Weights whose classifier is missing (its numbers are NaN): of no use to a classifier.
LEFT_OUT = {("vgg16", "IMAGENET1K_FEATURES")}

# torchvision's own model maps its input from ImageNet's mean and deviation to 0.5 before anything else when it has
# these weights (transform_input). Graft's networks are given what they see.
TRANSFORMED_INPUT = {"googlenet", "inception_v3"}


# torchvision's server holds these files with other bytes, and so with another hash and name, than the metadata up to
# torchvision 0.16 says (pytorch/vision#7744): fetching the older name gives a file whose hash is wrong.
REPLACED = {
    "efficientnet_b0_rwightman-3dd342df": "efficientnet_b0_rwightman-7f5810bc",
    "efficientnet_b1_rwightman-533bc792": "efficientnet_b1_rwightman-bac287d4",
    "efficientnet_b2_rwightman-bcdf34b7": "efficientnet_b2_rwightman-c35c1473",
    "efficientnet_b3_rwightman-cf984f9c": "efficientnet_b3_rwightman-b3899882",
    "efficientnet_b4_rwightman-7eb33cd5": "efficientnet_b4_rwightman-23ab8bcd",
    "efficientnet_b5_lukemelas-b6417697": "efficientnet_b5_lukemelas-1a07897c",
    "efficientnet_b6_lukemelas-c76e70fd": "efficientnet_b6_lukemelas-24a108a5",
    "efficientnet_b7_lukemelas-dcc49843": "efficientnet_b7_lukemelas-c5b4e57e",
}


class MultiplyAdds(TorchDispatchMode):
    """Counts the multiply-adds of convolutions and matrix products from their shapes.

    Nothing is computed: whatever is made inside lives on the meta device, which has shapes and no values.
    """

    def __init__(self):
        super().__init__()
        self.total = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        operation = function.overloadpacket
        aten = torch.ops.aten
        if "device" in kwargs and operation is not aten.arange:  # RegNet works its widths out from an arange
            kwargs["device"] = torch.device("meta")
        result = function(*args, **kwargs)
        if operation is aten.convolution:  # a weight is outputs x inputs of its group x height x width
            self.total += result.numel() * math.prod(args[1].shape[1:])
        elif operation in (aten.mm, aten.bmm):
            self.total += result.numel() * args[0].shape[-1]
        elif operation in (aten.addmm, aten.baddbmm):
            self.total += result.numel() * args[1].shape[-1]
        elif "attention" in str(operation):
            raise RuntimeError(f"{operation} hides its products: keep gradients on, so that it is taken apart")
        return result


@functools.cache
def multiply_adds(name, input_size):
    """Multiply-adds of one image's way through the network and its 1000-class classifier."""
    options = {"image_size": input_size} if name.startswith("vit_") else {}
    with MultiplyAdds():
        model = getattr(models, name)(**options).eval().to("meta")
    with MultiplyAdds() as counter:
        model(torch.empty(1, 3, input_size, input_size))
    return counter.total


def entry(family, name, title, enum, weights):
    transforms = weights.transforms()
    metrics = weights.meta["_metrics"]["ImageNet-1K"]
    folder, _, file_name = weights.url.rpartition("/")
    stem = file_name.removesuffix(".pth")
    stem = REPLACED.get(stem, stem)
    parameters = weights.meta["num_params"]
    return {
        "name": name,
        "title": title,
        "family": family,
        "tag": weights.name,
        "parameters": parameters,
        "multiply_adds": multiply_adds(name, transforms.crop_size[0]),
        "top1": metrics["acc@1"],
        "top5": metrics["acc@5"],
        "input_size": transforms.crop_size[0],
        "resize_size": transforms.resize_size[0],
        "interpolation": transforms.interpolation.value,
        "mean": [0.5] * 3 if name in TRANSFORMED_INPUT else list(transforms.mean),
        "std": [0.5] * 3 if name in TRANSFORMED_INPUT else list(transforms.std),
        "url": f"{folder}/{stem}.pth",
        "sha256_prefix": stem.rsplit("-", 1)[1],
        "megabytes": round(parameters * 4 / 1e6, 1),
        "licence": "CC-BY-NC-4.0" if "SWAG" in weights.name else "BSD-3-Clause",
    }


def catalogue():
    entries = []
    for family, architectures in FAMILIES.items():
        for name, title, enum in architectures:
            weights = [w for w in getattr(models, enum) if (name, w.name) not in LEFT_OUT]
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
