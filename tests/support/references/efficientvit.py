# SPDX-License-Identifier: GPL-3.0-or-later
"""EfficientViT-B0 to B3 as the paper describes them (Cai et al. 2023, figures 2 to 4, equations 1 to 3), with timm's names, with which
the weights are published."""
import re

import torch
from torch import nn

# Channels of the stem and the stages, blocks of the stages, channels of a head, the classifier's two widths.
SIZES = {
    "b0": ((8, 16, 32, 64, 128), (2, 2, 2, 2), 16, 1024, 1280),
    "b1": ((16, 32, 64, 128, 256), (2, 3, 3, 4), 16, 1536, 1600),
    "b2": ((24, 48, 96, 192, 384), (3, 4, 4, 6), 32, 2304, 2560),
    "b3": ((32, 64, 128, 256, 512), (4, 6, 6, 9), 32, 2304, 2560),
}
HAS_CLASSIFIER = True


class Step(nn.Module):
    """Convolution, norm where there is one, function where there is one."""

    def __init__(self, narrow, wide, side=1, stride=1, groups=1, normed=True, active=False):
        super().__init__()
        self.conv = nn.Conv2d(narrow, wide, side, stride, side // 2, groups=groups, bias=not normed)
        self.norm = nn.BatchNorm2d(wide) if normed else nn.Identity()
        self.active = active

    def forward(self, x):
        x = self.norm(self.conv(x))
        return x * (x + 3).clamp(0, 6) / 6 if self.active else x


class Separable(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.depth_conv = Step(channels, channels, 3, groups=channels, active=True)
        self.point_conv = Step(channels, channels)

    def forward(self, x):
        return self.point_conv(self.depth_conv(x))


class Bottleneck(nn.Module):
    def __init__(self, narrow, wide, stride, normed):
        super().__init__()
        self.inverted_conv = Step(narrow, 4 * narrow, normed=normed, active=True)
        self.depth_conv = Step(4 * narrow, 4 * narrow, 3, stride, 4 * narrow, normed=normed, active=True)
        self.point_conv = Step(4 * narrow, wide)

    def forward(self, x):
        return self.point_conv(self.depth_conv(self.inverted_conv(x)))


class LinearAttention(nn.Module):
    """Equation 3: at each place the sum over all places of (ReLU(q) . ReLU(k)) v, divided by the sum of the products; what does not
    depend on the place is summed first."""

    def __init__(self, channels, head):
        super().__init__()
        self.qkv = nn.Module()
        self.qkv.conv = nn.Conv2d(channels, 3 * channels, 1, bias=False)
        self.aggreg = nn.ModuleList([nn.Sequential(
            nn.Conv2d(3 * channels, 3 * channels, 5, padding=2, groups=3 * channels, bias=False),
            nn.Conv2d(3 * channels, 3 * channels, 1, groups=3 * channels // head, bias=False))])
        self.proj = Step(2 * channels, channels)
        self.head = head

    def forward(self, x):
        near = self.qkv.conv(x)
        outputs = []
        for maps in (near, self.aggreg[0](near)):
            for one in maps.flatten(2).split(3 * self.head, dim=1):  # a head: N x 3*head x places
                query, key, value = one.split(self.head, dim=1)
                query, key = query.relu(), key.relu()
                likeness = (key.sum(2, keepdim=True) * query).sum(1, keepdim=True)  # N x 1 x places
                outputs.append(value @ key.transpose(1, 2) @ query / (likeness + 1e-15))
        return self.proj(torch.cat(outputs, 1).reshape(len(x), -1, *x.shape[2:]))


class Branch(nn.Module):
    def __init__(self, main, shortcut=True):
        super().__init__()
        self.main, self.shortcut = main, shortcut

    def forward(self, x):
        return x + self.main(x) if self.shortcut else self.main(x)


class AttentionBlock(nn.Module):
    def __init__(self, channels, head):
        super().__init__()
        self.context_module = Branch(LinearAttention(channels, head))
        self.local_module = Branch(Bottleneck(channels, channels, 1, normed=False))

    def forward(self, x):
        return self.local_module(self.context_module(x))


class EfficientViT(nn.Module):
    def __init__(self, channels, blocks, head, top, hidden):
        super().__init__()
        self.stem = nn.ModuleDict({"in_conv": Step(3, channels[0], 3, 2, active=True), "res0": Branch(Separable(channels[0]))})
        self.stages = nn.ModuleList()
        for i, (narrow, wide, count) in enumerate(zip(channels, channels[1:], blocks)):
            stage = nn.Module()
            if i < 2:
                rest = [Branch(Bottleneck(wide, wide, 1, normed=True)) for _ in range(count - 1)]
            else:
                rest = [AttentionBlock(wide, head) for _ in range(count)]
            stage.blocks = nn.ModuleList([Branch(Bottleneck(narrow, wide, 2, normed=i < 2), shortcut=False), *rest])
            self.stages.append(stage)
        self.head = nn.Module()
        self.head.in_conv = Step(channels[-1], top, active=True)
        self.head.classifier = nn.ModuleList(
            [nn.Linear(top, hidden, bias=False), nn.LayerNorm(hidden), nn.Identity(), nn.Identity(), nn.Linear(hidden, 1000)])

    def forward(self, x):
        x = self.stem["res0"](self.stem["in_conv"](x))
        for stage in self.stages:
            for block in stage.blocks:
                x = block(x)
        x = self.head.in_conv(x).mean((2, 3))
        widen, norm, _, _, last = self.head.classifier
        x = norm(widen(x))
        return last(x * (x + 3).clamp(0, 6) / 6)


MODELS = {"efficientvit_" + size: lambda shape=shape: EfficientViT(*shape) for size, shape in SIZES.items()}


def others(state):
    """The same weights as the authors' files have them."""
    found = {}
    for name, value in state.items():
        name = name.replace("stem.in_conv.", "backbone.input_stem.op_list.0.").replace("stem.res0.", "backbone.input_stem.op_list.1.")
        name = re.sub(r"^stages\.(\d)\.blocks\.", r"backbone.stages.\1.op_list.", name)
        name = name.replace("head.in_conv.", "head.op_list.0.").replace("head.classifier.0.", "head.op_list.2.linear.")
        found[name.replace("head.classifier.1.", "head.op_list.2.norm.").replace("head.classifier.4.", "head.op_list.3.linear.")] = value
    return {"authors": found}
