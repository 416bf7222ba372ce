# SPDX-License-Identifier: GPL-3.0-or-later
"""ConvNeXt V2 as its paper describes it (Woo et al. 2023, figure 5, algorithm 1, appendix A.1), with the names of the authors' files."""
import re

import torch
import torch.nn.functional as F
from torch import nn

# Blocks of the four stages, channels of the first; each further stage has twice as many.
SIZES = {
    "atto": ((2, 2, 6, 2), 40),
    "femto": ((2, 2, 6, 2), 48),
    "pico": ((2, 2, 6, 2), 64),
    "nano": ((2, 2, 8, 2), 80),
    "tiny": ((3, 3, 9, 3), 96),
    "base": ((3, 3, 27, 3), 128),
    "large": ((3, 3, 27, 3), 192),
}
HAS_CLASSIFIER = True


def over_channels(x, norm):
    """Layer norm at each position of N x C x H x W, written out."""
    centred = x - x.mean(1, keepdim=True)
    scaled = centred / torch.sqrt((centred * centred).mean(1, keepdim=True) + 1e-6)
    return scaled * norm.weight[:, None, None] + norm.bias[:, None, None]


def at_each_position(x, linear):
    return torch.einsum("nchw,oc->nohw", x, linear.weight) + linear.bias[:, None, None]


class Scales(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.gamma = nn.Parameter(torch.zeros(1, 1, 1, channels))
        self.beta = nn.Parameter(torch.zeros(1, 1, 1, channels))


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.dwconv = nn.Conv2d(channels, channels, 7, padding=3, groups=channels)
        self.norm = nn.LayerNorm(channels)
        self.pwconv1 = nn.Linear(channels, 4 * channels)
        self.grn = Scales(4 * channels)
        self.pwconv2 = nn.Linear(4 * channels, channels)

    def forward(self, x):
        y = F.gelu(at_each_position(over_channels(self.dwconv(x), self.norm), self.pwconv1))
        length = torch.sqrt((y * y).sum((2, 3)))
        share = length / (length.mean(1, keepdim=True) + 1e-6)
        y = self.grn.gamma.reshape(1, -1, 1, 1) * y * share[:, :, None, None] + self.grn.beta.reshape(1, -1, 1, 1) + y
        return x + at_each_position(y, self.pwconv2)


class ConvNeXtV2(nn.Module):
    def __init__(self, blocks, channels):
        super().__init__()
        widths = [channels * 2**i for i in range(4)]
        self.downsample_layers = nn.ModuleList([nn.ModuleList([nn.Conv2d(3, channels, 4, 4), nn.LayerNorm(channels)])])
        for narrow, wide in zip(widths, widths[1:]):
            self.downsample_layers.append(nn.ModuleList([nn.LayerNorm(narrow), nn.Conv2d(narrow, wide, 2, 2)]))
        self.stages = nn.ModuleList(nn.ModuleList(Block(width) for _ in range(count)) for count, width in zip(blocks, widths))
        self.norm = nn.LayerNorm(widths[-1])
        self.head = nn.Linear(widths[-1], 1000)

    def forward(self, x):
        conv, norm = self.downsample_layers[0]
        x = over_channels(conv(x), norm)
        for i, stage in enumerate(self.stages):
            if i > 0:
                norm, conv = self.downsample_layers[i]
                x = conv(over_channels(x, norm))
            for block in stage:
                x = block(x)
        x = x.flatten(2).mean(2)
        return self.head(F.layer_norm(x, x.shape[1:], self.norm.weight, self.norm.bias, 1e-6))


MODELS = {"convnextv2_" + size: lambda shape=shape: ConvNeXtV2(*shape) for size, shape in SIZES.items()}


def others(state):
    """The same weights as timm's files have them: with linear layers, and as the small variants with 1 x 1 convolutions."""
    linear = {}
    for name, value in state.items():
        name = re.sub(r"^downsample_layers\.0\.", "stem.", name)
        name = re.sub(r"^downsample_layers\.(\d)\.", r"stages.\1.downsample.", name)
        name = re.sub(r"^stages\.(\d)\.(\d+)\.", r"stages.\1.blocks.\2.", name)
        name = name.replace(".dwconv.", ".conv_dw.").replace(".pwconv", ".mlp.fc")
        name = name.replace(".grn.gamma", ".mlp.grn.weight").replace(".grn.beta", ".mlp.grn.bias")
        name = re.sub(r"^norm\.", "head.norm.", re.sub(r"^head\.", "head.fc.", name))
        linear[name] = value.flatten() if ".grn." in name else value
    convolved = {name: value[:, :, None, None] if re.search(r"\.fc[12]\.weight", name) else value for name, value in linear.items()}
    return {"timm": linear, "timm-convolved": convolved}
