# SPDX-License-Identifier: GPL-3.0-or-later
"""MobileNetV4 as its paper describes it (Qin et al. 2024, figures 3 and 4, tables 11 to 15), with timm's names, with which the
weights are published.

A network is a text: a word for each block, a line for each stage. "c3/2:32" is a 3 x 3 convolution of stride 2 to 32 channels;
"f/2x4:48" a fused inverted bottleneck that widens fourfold; "u35/2x4:80" a universal one with a 3 x 3 depthwise convolution in front
and one of 5 x 5 in the middle (0: none); "a4.64/2:160" attention with four heads of 64 over keys of half the map's side.
"""
import re

import torch
import torch.nn.functional as F
from torch import nn

STEM = {"conv_small": 32, "conv_medium": 32, "conv_large": 24, "hybrid_medium": 32, "hybrid_large": 24}
TEXT = {
    "conv_small": """c3/2:32 c1:32
        c3/2:96 c1:64
        u55/2x3:96 u03x2:96 u03x2:96 u03x2:96 u03x2:96 u30x4:96
        u33/2x6:128 u55x4:128 u05x4:128 u05x3:128 u03x4:128 u03x4:128
        c1:960""",
    "conv_medium": """f/2x4:48
        u35/2x4:80 u33x2:80
        u35/2x6:160 u33x4:160 u33x4:160 u35x4:160 u33x4:160 u30x4:160 u00x2:160 u30x4:160
        u55/2x6:256 u55x4:256 u35x4:256 u35x4:256 u00x4:256 u30x4:256 u35x2:256 u55x4:256 u00x4:256 u00x4:256 u50x2:256
        c1:960""",
    "conv_large": """f/2x4:48
        u35/2x4:96 u33x4:96
        u35/2x4:192 u33x4:192 u33x4:192 u33x4:192 u35x4:192 u53x4:192 u53x4:192 u53x4:192 u53x4:192 u53x4:192 u30x4:192
        u55/2x4:512 u55x4:512 u55x4:512 u55x4:512 u50x4:512 u53x4:512 u50x4:512 u50x4:512 u53x4:512 u55x4:512 u50x4:512 u50x4:512 u50x4:512
        c1:960""",
    "hybrid_medium": """f/2x4:48
        u35/2x4:80 u33x2:80
        u35/2x6:160 u00x2:160 u33x4:160 u35x4:160 a4.64/2:160 u33x4:160 a4.64/2:160 u30x4:160 a4.64/2:160 u33x4:160 a4.64/2:160 u30x4:160
        u55/2x6:256 u55x4:256 u35x4:256 u35x4:256 u00x2:256 u35x2:256 u00x2:256 u00x4:256 a4.64:256 u30x4:256 a4.64:256 u55x4:256 a4.64:256 u50x4:256 a4.64:256 u50x4:256
        c1:960""",
    "hybrid_large": """f/2x4:48
        u35/2x4:96 u33x4:96
        u35/2x4:192 u33x4:192 u33x4:192 u33x4:192 u35x4:192 u53x4:192 u53x4:192 a8.48/2:192 u53x4:192 a8.48/2:192 u53x4:192 a8.48/2:192 u53x4:192 a8.48/2:192 u30x4:192
        u55/2x4:512 u55x4:512 u55x4:512 u55x4:512 u50x4:512 u53x4:512 u50x4:512 u50x4:512 u53x4:512 u55x4:512 a8.64:512 u50x4:512 a8.64:512 u50x4:512 a8.64:512 u50x4:512 a8.64:512 u50x4:512
        c1:960""",
}
HAS_CLASSIFIER = True


def tree(**children):
    """A module that only holds others by their names."""
    module = nn.Module()
    for name, child in children.items():
        module.add_module(name, child)
    return module


def convolution(narrow, wide, side=1, stride=1, groups=1):
    return nn.Conv2d(narrow, wide, side, stride, side // 2, groups=groups, bias=False)


class Scale(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.gamma = nn.Parameter(torch.full((channels,), 1e-5))

    def forward(self, x):
        return x * self.gamma[:, None, None]


class Convolution(nn.Module):
    def __init__(self, narrow, wide, side, stride, act):
        super().__init__()
        self.conv, self.bn1, self.act = convolution(narrow, wide, side, stride), nn.BatchNorm2d(wide), act

    def forward(self, x):
        return self.act(self.bn1(self.conv(x)))


class Fused(nn.Module):
    def __init__(self, narrow, wide, widening, stride, act):
        super().__init__()
        self.conv_exp, self.bn1 = convolution(narrow, widening * narrow, 3, stride), nn.BatchNorm2d(widening * narrow)
        self.conv_pwl, self.bn2, self.act = convolution(widening * narrow, wide), nn.BatchNorm2d(wide), act
        assert stride == 2  # none of them has a shortcut

    def forward(self, x):
        return self.bn2(self.conv_pwl(self.act(self.bn1(self.conv_exp(x)))))


class Universal(nn.Module):
    def __init__(self, narrow, wide, first, middle, widening, stride, act, scaled):
        super().__init__()
        width = round(widening * narrow / 8) * 8
        steps = []
        if first:
            self.dw_start = tree(conv=convolution(narrow, narrow, first, 1 if middle else stride, narrow), bn=nn.BatchNorm2d(narrow))
            steps.append((self.dw_start, False))
        self.pw_exp = tree(conv=convolution(narrow, width), bn=nn.BatchNorm2d(width))
        steps.append((self.pw_exp, True))
        if middle:
            self.dw_mid = tree(conv=convolution(width, width, middle, stride, width), bn=nn.BatchNorm2d(width))
            steps.append((self.dw_mid, True))
        self.pw_proj = tree(conv=convolution(width, wide), bn=nn.BatchNorm2d(wide))
        steps.append((self.pw_proj, False))
        if scaled:
            self.layer_scale = Scale(wide)
        self.steps, self.act, self.scaled, self.shortcut = steps, act, scaled, stride == 1 and narrow == wide

    def forward(self, x):
        y = x
        for step, active in self.steps:
            y = step.bn(step.conv(y))
            y = self.act(y) if active else y
        y = self.layer_scale(y) if self.scaled else y
        return x + y if self.shortcut else y


class Attention(nn.Module):
    def __init__(self, channels, heads, width, stride):
        super().__init__()
        self.norm, self.layer_scale = nn.BatchNorm2d(channels), Scale(channels)
        coarse = lambda: tree(
            **({"down_conv": convolution(channels, channels, 3, stride, channels), "norm": nn.BatchNorm2d(channels)} if stride > 1 else {}),
            proj=convolution(channels, width))
        self.attn = tree(
            query=tree(proj=convolution(channels, heads * width)), key=coarse(), value=coarse(),
            output=tree(proj=convolution(heads * width, channels)))
        self.heads, self.width, self.stride = heads, width, stride

    def forward(self, x):
        y = self.norm(x)

        def offered(part):
            z = part.norm(part.down_conv(y)) if self.stride > 1 else y
            return part.proj(z).flatten(2)  # N x width x places

        query = self.attn.query.proj(y).flatten(2).reshape(len(x), self.heads, self.width, -1)
        likeness = torch.einsum("nhwp,nwq->nhpq", query, offered(self.attn.key)) / self.width**0.5
        taken = torch.einsum("nhpq,nwq->nhwp", likeness.softmax(3), offered(self.attn.value))
        return x + self.layer_scale(self.attn.output.proj(taken.reshape(len(x), -1, *x.shape[2:])))


def block(word, narrow, act, scaled):
    kind, what, stride, widening, wide = re.fullmatch(r"([cfua])([\d.]*)(?:/(\d))?(?:x(\d))?:(\d+)", word).groups()
    stride, widening, wide = int(stride or 1), int(widening or 1), int(wide)
    if kind == "c":
        return Convolution(narrow, wide, int(what), stride, act), wide
    if kind == "f":
        return Fused(narrow, wide, widening, stride, act), wide
    if kind == "u":
        return Universal(narrow, wide, int(what[0]), int(what[1]), widening, stride, act, scaled), wide
    heads, width = map(int, what.split("."))
    return Attention(narrow, heads, width, stride), wide


class MobileNetV4(nn.Module):
    def __init__(self, variant):
        super().__init__()
        self.act = F.gelu if variant == "hybrid_large" else F.relu
        channels = STEM[variant]
        self.conv_stem, self.bn1 = convolution(3, channels, 3, 2), nn.BatchNorm2d(channels)
        self.blocks = nn.ModuleList()
        for line in TEXT[variant].splitlines():
            stage = nn.ModuleList()
            for word in line.split():
                one, channels = block(word, channels, self.act, variant.startswith("hybrid"))
                stage.append(one)
            self.blocks.append(stage)
        self.conv_head, self.norm_head = convolution(channels, 1280), nn.BatchNorm2d(1280)
        self.classifier = nn.Linear(1280, 1000)

    def forward(self, x):
        x = self.act(self.bn1(self.conv_stem(x)))
        for stage in self.blocks:
            for one in stage:
                x = one(x)
        x = self.act(self.norm_head(self.conv_head(x.mean((2, 3), keepdim=True))))
        return self.classifier(x.flatten(1))


MODELS = {"mobilenetv4_" + variant: lambda variant=variant: MobileNetV4(variant) for variant in TEXT}
