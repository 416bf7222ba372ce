# SPDX-License-Identifier: GPL-3.0-or-later
"""DINOv2 (Oquab et al. 2023), and with registers (Darcet et al.: Vision Transformers Need Registers, 2023). Tensor
names, sizes and the resizing of positions as the authors' definition has them (facebookresearch/dinov2)."""
import torch
from torch import nn

HAS_CLASSIFIER = False
UNUSED = ("mask_token",)  # for the pretraining
PATCH = 14
PRETRAINED = 518 // PATCH  # patches along a side


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        images, tokens, width = x.shape
        each = width // self.heads
        query, key, value = (
            part.reshape(images, tokens, self.heads, each).permute(0, 2, 1, 3) for part in self.qkv(x).split(width, -1)
        )
        weights = (query @ key.transpose(2, 3) * each**-0.5).softmax(-1)
        return self.proj((weights @ value).permute(0, 2, 1, 3).reshape(images, tokens, width))


class Scale(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return x * self.gamma


class Mlp(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, x):
        return self.fc2(nn.functional.gelu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, 1e-6)
        self.attn = Attention(width, heads)
        self.ls1 = Scale(width)
        self.norm2 = nn.LayerNorm(width, 1e-6)
        self.mlp = Mlp(width)
        self.ls2 = Scale(width)

    def forward(self, x):
        x = x + self.ls1(self.attn(self.norm1(x)))
        return x + self.ls2(self.mlp(self.norm2(x)))


class DinoV2(nn.Module):
    def __init__(self, width, layers, heads, registers):
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + PRETRAINED**2, width))
        if registers:
            self.register_tokens = nn.Parameter(torch.zeros(1, registers, width))
        self.mask_token = nn.Parameter(torch.zeros(1, width))
        self.patch_embed = nn.Module()
        self.patch_embed.proj = nn.Conv2d(3, width, PATCH, PATCH)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width, 1e-6)
        self.registers = registers

    def positions(self, side):
        if side == PRETRAINED:
            return self.pos_embed
        grid = self.pos_embed[:, 1:].transpose(1, 2).unflatten(2, (PRETRAINED, PRETRAINED))
        if self.registers:
            grid = nn.functional.interpolate(grid, size=(side, side), mode="bicubic", antialias=True)
        else:
            factor = (side + 0.1) / PRETRAINED
            grid = nn.functional.interpolate(grid, scale_factor=(factor, factor), mode="bicubic")
        return torch.cat([self.pos_embed[:, :1], grid.flatten(2).transpose(1, 2)], 1)

    def tokens(self, images):
        """All of the last layer's, normalised: the class token, the registers, the patches."""
        patches = self.patch_embed.proj(images)
        x = torch.cat([self.cls_token.expand(len(images), -1, -1), patches.flatten(2).transpose(1, 2)], 1)
        x = x + self.positions(patches.shape[2])
        if self.registers:
            x = torch.cat([x[:, :1], self.register_tokens.expand(len(images), -1, -1), x[:, 1:]], 1)
        for block in self.blocks:
            x = block(x)
        return self.norm(x)

    def forward(self, images):
        return self.tokens(images)[:, 0]


MODELS = {
    f"dinov2_vit{size}14{end}": lambda shape=shape, registers=registers: DinoV2(*shape, registers)
    for size, shape in {"s": (384, 12, 6), "b": (768, 12, 12), "l": (1024, 24, 16)}.items()
    for end, registers in {"": 0, "_reg": 4}.items()
}


def others(state):
    """The same weights as Hugging Face's and timm's files have them."""
    names = {"cls_token": "embeddings.cls_token", "mask_token": "embeddings.mask_token", "pos_embed": "embeddings.position_embeddings",
             "register_tokens": "embeddings.register_tokens", "patch_embed.proj.weight": "embeddings.patch_embeddings.projection.weight",
             "patch_embed.proj.bias": "embeddings.patch_embeddings.projection.bias", "norm.weight": "layernorm.weight", "norm.bias": "layernorm.bias"}
    parts = {"ls1.gamma": "layer_scale1.lambda1", "ls2.gamma": "layer_scale2.lambda1"}
    transformers = {}
    for name, value in state.items():
        if name in names:
            transformers[names[name]] = value
        elif name.startswith("blocks."):
            _, number, part = name.split(".", 2)
            layer = f"encoder.layer.{number}."
            if part.startswith("attn.qkv."):
                for word, third in zip(("query", "key", "value"), value.chunk(3)):
                    transformers[f"{layer}attention.attention.{word}.{part[9:]}"] = third.contiguous()
            else:
                transformers[layer + parts.get(part, part.replace("attn.proj.", "attention.output.dense."))] = value
    timm = {name: value for name, value in state.items() if name not in ("mask_token", "head.weight", "head.bias")}
    if "register_tokens" in timm:  # the class token's place is in the class token
        timm["reg_token"] = timm.pop("register_tokens")
        timm["cls_token"] = timm["cls_token"] + timm["pos_embed"][:, :1]
        timm["pos_embed"] = timm["pos_embed"][:, 1:].contiguous()
    return {"timm": timm, "transformers": transformers}
