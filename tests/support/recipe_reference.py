# SPDX-License-Identifier: GPL-3.0-or-later
"""The five articles' programs in PyTorch: the losses of five steps and the loss after them, as JSON.

    recipe_reference.py NAME WEIGHTS FILE

WEIGHTS (safetensors): the network's under torchvision's names, the head's under "head.dense" and "head.output", and
"test.images" (5 x N x 3 x H x W) and "test.labels" (5 x N). Keras' Flatten has the channels innermost and PyTorch's
outermost: of weights that are random that is the same network with its columns in another order.
"""
import json
import sys

import careful_torch  # before torch
import torch
import torchvision
from torch import nn
from torchvision_reference import read_safetensors


def vgg16():
    """Keras' VGG16(include_top=False): thirteen convolutions, and where block 4 and block 5 begin."""
    layers, channels = [], 3
    for convolutions, width in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        for _ in range(convolutions):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool2d(2, 2))
    return nn.Sequential(*layers)


BLOCK4, BLOCK5 = 17, 24


def dense(inputs, hidden, outputs):
    if hidden == 0:
        return nn.Sequential(nn.Linear(inputs, outputs))
    return nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, outputs))


def load(module, tensors, prefix):
    own = {name[len(prefix) :]: tensor for name, tensor in tensors.items() if name.startswith(prefix)}
    module.load_state_dict(own)


def load_head(head, tensors):
    head[-1].weight.data, head[-1].bias.data = tensors["head.output.weight"], tensors["head.output.bias"]
    if len(head) == 3:
        head[0].weight.data, head[0].bias.data = tensors["head.dense.weight"], tensors["head.dense.bias"]


def main(name, weights, file):
    tensors = read_safetensors(weights)
    images, labels = tensors.pop("test.images"), tensors.pop("test.labels").long()
    side = images.shape[-1] // 32  # of the last map
    outputs = tensors["head.output.bias"].numel()

    if name == "hidden-layer":
        base = torchvision.models.resnet18()
        base.fc = nn.Identity()
        base.load_state_dict({k: v for k, v in tensors.items() if not k.startswith("head.")})
        pool, head = nn.Identity(), dense(512, 100, outputs)
    else:
        base = vgg16()
        load(base, tensors, "features.")
        averages = name in ("average-dense", "head-then-top")
        pool = nn.Sequential(nn.AdaptiveAvgPool2d(1) if averages else nn.Identity(), nn.Flatten())
        inputs = 512 if averages else 512 * side * side
        head = dense(inputs, 0 if name == "last-block" else 1024, outputs)
    load_head(head, tensors)
    base.eval()  # frozen batch norms stay as they are; VGG has none
    for parameter in base.parameters():
        parameter.requires_grad_(False)

    def train(module):
        for parameter in module.parameters():
            parameter.requires_grad_(True)
        return list(module.parameters())

    of_head = list(head.parameters())
    if name == "average-dense":
        optimizers = [torch.optim.SGD(of_head, 1e-4, momentum=0.9)] * 5
    elif name == "hidden-layer":
        optimizers = [torch.optim.SGD(of_head, 1e-3, momentum=0.9)] * 5
    elif name == "last-block":
        optimizers = [torch.optim.Adam(train(base[BLOCK5:]) + of_head, 1e-3, eps=1e-7)] * 5
    elif name == "head-then-top":
        first = torch.optim.RMSprop(of_head, 1e-3, alpha=0.9, eps=1e-7)
        optimizers = [first] * 4 + [None]  # the second phase is compiled anew, as in Keras
    elif name == "two-classes":
        optimizers = [torch.optim.Adam(of_head, 1e-3, eps=1e-7)] * 5
    else:
        sys.exit(f"no recipe {name}")

    def loss_of(batch):
        given = head(pool(base(images[batch].contiguous(memory_format=torch.channels_last))))
        if name == "two-classes":
            return nn.functional.binary_cross_entropy_with_logits(given[:, 0], labels[batch].float())
        return nn.functional.cross_entropy(given, labels[batch])

    losses = []
    for step in range(5):
        if optimizers[step] is None:
            second = torch.optim.RMSprop(train(base[BLOCK4:]) + of_head, 1e-4, alpha=0.9, eps=1e-7)
            optimizers = optimizers[:step] + [second] * (5 - step)
        loss = loss_of(step)
        optimizers[step].zero_grad()
        loss.backward()
        optimizers[step].step()
        losses.append(loss.item())
    with torch.no_grad():
        losses.append(loss_of(0).item())
    with open(file, "w", encoding="utf-8") as out:
        json.dump(losses, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
