# SPDX-License-Identifier: GPL-3.0-or-later
"""The image encoders of CLIP (Radford et al. 2021). Tensor names and sizes as the authors' definition has them
(openai/CLIP); features before the projection, which the paper's linear classifiers read. For other sizes of pictures the
authors define nothing: bicubic with antialiasing, as OpenCLIP and timm do it."""
import torch
from torch import nn

HAS_CLASSIFIER = False
UNUSED = ("visual.proj",)
SCRIPTS = ("openai",)
WIDTH, HEADS, LAYERS, EMBEDDING, SIDE = 768, 12, 12, 512, 224


class Gelu(nn.Module):
    def forward(self, x):
        return x * (1.702 * x).sigmoid()


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.attn = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.ln_1 = nn.LayerNorm(WIDTH)
        self.mlp = nn.ModuleDict({"c_fc": nn.Linear(WIDTH, 4 * WIDTH), "c_proj": nn.Linear(4 * WIDTH, WIDTH)})
        self.ln_2 = nn.LayerNorm(WIDTH)

    def forward(self, x):
        y = self.ln_1(x)
        x = x + self.attn(y, y, y)[0]  # with weights: in operators that can be counted
        return x + self.mlp["c_proj"](Gelu()(self.mlp["c_fc"](self.ln_2(x))))


class Visual(nn.Module):
    def __init__(self, patch):
        super().__init__()
        self.class_embedding = nn.Parameter(torch.zeros(WIDTH))
        self.positional_embedding = nn.Parameter(torch.zeros(1 + (SIDE // patch) ** 2, WIDTH))
        self.proj = nn.Parameter(torch.zeros(WIDTH, EMBEDDING))
        self.conv1 = nn.Conv2d(3, WIDTH, patch, patch, bias=False)
        self.ln_pre = nn.LayerNorm(WIDTH)
        self.transformer = nn.Module()
        self.transformer.resblocks = nn.Sequential(*(Block() for _ in range(LAYERS)))
        self.ln_post = nn.LayerNorm(WIDTH)
        self.own = SIDE // patch

    def positions(self, side):
        if side == self.own:
            return self.positional_embedding
        grid = self.positional_embedding[1:].T.reshape(1, WIDTH, self.own, self.own)
        grid = nn.functional.interpolate(grid, size=(side, side), mode="bicubic", antialias=True)
        return torch.cat([self.positional_embedding[:1], grid[0].flatten(1).T])

    def forward(self, images):
        patches = self.conv1(images)
        first = self.class_embedding.expand(len(images), 1, -1)
        x = torch.cat([first, patches.flatten(2).transpose(1, 2)], 1) + self.positions(patches.shape[2])
        return self.ln_post(self.transformer.resblocks(self.ln_pre(x))[:, 0])


class Clip(nn.Module):
    def __init__(self, patch):
        super().__init__()
        self.visual = Visual(patch)

    def forward(self, images):
        return self.visual(images)


MODELS = {f"clip_vit_b_{patch}": lambda patch=patch: Clip(patch) for patch in (16, 32)}


def others(state):
    """The same weights as timm's and Hugging Face's files have them, and among the text encoder's."""
    parts = {"conv1.": "patch_embed.proj.", "ln_pre.": "norm_pre.", "ln_post.": "norm."}
    timm, transformers, whole = {}, {}, dict(state)
    for name, value in state.items():
        if not name.startswith("visual."):
            continue
        name = name[len("visual.") :]
        if name == "class_embedding":
            timm["cls_token"] = value[None, None]
            transformers["vision_model.embeddings.class_embedding"] = value
        elif name == "positional_embedding":
            timm["pos_embed"] = value[None]
            transformers["vision_model.embeddings.position_embedding.weight"] = value
            transformers["vision_model.embeddings.position_ids"] = torch.arange(len(value))[None]
        elif name == "proj":
            timm["head.weight"], timm["head.bias"] = value.T.contiguous(), torch.zeros(EMBEDDING)
            transformers["visual_projection.weight"] = value.T.contiguous()
        elif name.startswith("transformer."):
            _, _, number, part, *rest = name.split(".")
            block, layer = f"blocks.{number}.", f"vision_model.encoder.layers.{number}."
            if part == "attn" and rest[0].startswith("in_proj"):
                kind = rest[0].split("_")[-1]
                timm[block + "attn.qkv." + kind] = value
                for letter, third in zip("qkv", value.chunk(3)):
                    transformers[layer + f"self_attn.{letter}_proj.{kind}"] = third.contiguous()
            elif part == "attn":
                timm[block + "attn.proj." + rest[1]] = value
                transformers[layer + "self_attn.out_proj." + rest[1]] = value
            elif part == "mlp":
                which = {"c_fc": "fc1", "c_proj": "fc2"}[rest[0]]
                timm[block + f"mlp.{which}.{rest[1]}"] = value
                transformers[layer + f"mlp.{which}.{rest[1]}"] = value
            else:
                timm[block + f"norm{part[-1]}." + rest[0]] = value
                transformers[layer + f"layer_norm{part[-1]}." + rest[0]] = value
        else:
            part, kind = name.split(".")
            timm[parts[part + "."] + kind] = value
            place = {"conv1": "embeddings.patch_embedding", "ln_pre": "pre_layrnorm", "ln_post": "post_layernorm"}
            transformers[f"vision_model.{place[part]}.{kind}"] = value
    texts = {"text_model.encoder.layers.0.self_attn.q_proj.weight": torch.zeros(2, 2), "logit_scale": torch.tensor(1.0)}
    transformers.update(texts, **{"text_projection.weight": torch.zeros(2, 2)})
    names = ("transformer.resblocks.0.attn.in_proj_weight", "token_embedding.weight", "ln_final.weight", "text_projection")
    whole.update({name: torch.zeros(2, 2) for name in names}, positional_embedding=torch.zeros(77, 2))
    whole.update({name: torch.tensor(1.0) for name in ("logit_scale", "input_resolution", "context_length", "vocab_size")})
    return {"timm": timm, "transformers": transformers, "openai": whole}
