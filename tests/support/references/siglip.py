# SPDX-License-Identifier: GPL-3.0-or-later
"""The image encoder of SigLIP (Zhai et al. 2023), as the authors' definition has it (google-research/big_vision: GELU is
flax's default, the approximation with tanh; the pool is a learned query). Tensor names are timm's. For other sizes of
pictures: bicubic with antialiasing, as timm does it."""
import torch
from torch import nn

HAS_CLASSIFIER = False
WIDTH, HEADS, LAYERS, PATCH, OWN = 768, 12, 12, 16, 224 // 16


def attend(query, key, value):
    query, key, value = (x.unflatten(2, (HEADS, WIDTH // HEADS)).transpose(1, 2) for x in (query, key, value))
    weights = (query @ key.transpose(2, 3) / (WIDTH // HEADS) ** 0.5).softmax(-1)
    return (weights @ value).transpose(1, 2).flatten(2)


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(WIDTH, 4 * WIDTH)
        self.fc2 = nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        return self.fc2(nn.functional.gelu(self.fc1(x), approximate="tanh"))


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.proj = nn.Linear(WIDTH, WIDTH)

    def forward(self, x):
        return self.proj(attend(*self.qkv(x).chunk(3, -1)))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1 = nn.LayerNorm(WIDTH, 1e-6)
        self.attn = Attention()
        self.norm2 = nn.LayerNorm(WIDTH, 1e-6)
        self.mlp = Mlp()

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Pool(nn.Module):
    def __init__(self):
        super().__init__()
        self.latent = nn.Parameter(torch.zeros(1, 1, WIDTH))
        self.q = nn.Linear(WIDTH, WIDTH)
        self.kv = nn.Linear(WIDTH, 2 * WIDTH)
        self.proj = nn.Linear(WIDTH, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, 1e-6)
        self.mlp = Mlp()

    def forward(self, x):
        x = self.proj(attend(self.q(self.latent.expand(len(x), -1, -1)), *self.kv(x).chunk(2, -1)))
        return (x + self.mlp(self.norm(x)))[:, 0]


class SigLip(nn.Module):
    def __init__(self):
        super().__init__()
        self.pos_embed = nn.Parameter(torch.zeros(1, OWN**2, WIDTH))
        self.patch_embed = nn.Module()
        self.patch_embed.proj = nn.Conv2d(3, WIDTH, PATCH, PATCH)
        self.blocks = nn.Sequential(*(Block() for _ in range(LAYERS)))
        self.norm = nn.LayerNorm(WIDTH, 1e-6)
        self.attn_pool = Pool()

    def forward(self, images):
        patches = self.patch_embed.proj(images)
        places = self.pos_embed.transpose(1, 2).unflatten(2, (OWN, OWN))
        if patches.shape[2] != OWN:
            places = nn.functional.interpolate(places, size=patches.shape[2:], mode="bicubic", antialias=True)
        x = (patches + places).flatten(2).transpose(1, 2)
        return self.attn_pool(self.norm(self.blocks(x)))


MODELS = {"siglip_vit_b_16": SigLip}


def others(state):
    """The same weights as Google's file on Hugging Face has them, and as OpenCLIP's."""
    names = {"patch_embed.proj": "embeddings.patch_embedding", "norm": "post_layernorm", "attn_pool.proj": "head.attention.out_proj",
             "attn_pool.norm": "head.layernorm", "attn_pool.mlp.fc1": "head.mlp.fc1", "attn_pool.mlp.fc2": "head.mlp.fc2"}
    parts = {"norm1": "layer_norm1", "norm2": "layer_norm2", "attn.proj": "self_attn.out_proj", "mlp.fc1": "mlp.fc1", "mlp.fc2": "mlp.fc2"}
    google = {"logit_scale": torch.ones(1), "logit_bias": torch.ones(1), "text_model.head.weight": torch.ones(2, 2)}
    for name, value in state.items():
        layer, _, kind = name.rpartition(".")
        if name == "pos_embed":
            google["vision_model.embeddings.position_embedding.weight"] = value[0]
        elif name == "attn_pool.latent":
            google["vision_model.head.probe"] = value
        elif layer == "attn_pool.q":
            google["vision_model.head.attention.in_proj_" + kind] = torch.cat([value, state["attn_pool.kv." + kind]])
        elif layer in names:
            google[f"vision_model.{names[layer]}.{kind}"] = value
        elif layer.startswith("blocks."):
            _, number, part = layer.split(".", 2)
            place = f"vision_model.encoder.layers.{number}."
            if part == "attn.qkv":
                for letter, third in zip("qkv", value.chunk(3)):
                    google[f"{place}self_attn.{letter}_proj.{kind}"] = third.contiguous()
            else:
                google[f"{place}{parts[part]}.{kind}"] = value
    trunk = {"visual.trunk." + name: value for name, value in state.items() if not name.startswith("head.")}
    return {"transformers": google, "openclip": {**trunk, "logit_bias": torch.ones(1), "text.cls_emb": torch.ones(2)}}
