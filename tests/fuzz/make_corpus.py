# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the first seeds of every fuzz target into tests/fuzz/corpus. Usage: python3 make_corpus.py

Well-formed files of every format and dtype, and hostile ones. What fuzzing found is kept beside them; this script
overwrites only the files that it names.
"""
import argparse
import collections
import io
import json
import pickle
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import torch
from PIL import Image

CORPUS = Path(__file__).resolve().parent / "corpus"


def write(target, name, content):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


# ---- safetensors

SIZES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1, "U16": 2,
         "U32": 4, "U64": 8, "F8_E4M3": 1, "F8_E5M2": 1}


def safetensors(header, data=b""):
    content = header if isinstance(header, bytes) else json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(content)) + content + data


def entry(dtype, shape, begin, end):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def make_safetensors():
    target = "safetensors"
    for dtype, size in SIZES.items():
        write(target, "dtype_" + dtype, safetensors({"w": entry(dtype, [2, 1], 0, 2 * size)}, b"\1" * 2 * size))
    two = {"a": entry("F32", [2], 0, 8), "b": entry("U8", [0, 3], 8, 8), "c": entry("BOOL", [], 8, 9), "__metadata__": {"k": "v"}}
    write(target, "several", safetensors(two, bytes(9)))
    write(target, "overlap", safetensors({"a": entry("F32", [2], 0, 8), "b": entry("F32", [2], 4, 12)}, bytes(12)))
    write(target, "hole", safetensors({"a": entry("F32", [1], 0, 4), "b": entry("F32", [1], 8, 12)}, bytes(12)))
    write(target, "overflow", safetensors({"a": entry("U8", [2**40, 2**40, 0], 0, 0)}))
    write(target, "wide_then_empty", safetensors({"a": entry("U8", [2**48, 2**15, 0], 0, 0)}))
    write(target, "empty", safetensors({}))
    write(target, "huge_header", struct.pack("<Q", 2**60) + b"{}")
    write(target, "nested", safetensors(b'{"a":' + b"[" * 200 + b"]" * 200 + b"}"))
    write(target, "twice", safetensors(b'{"a":{"dtype":"U8","dtype":"I8","shape":[0],"data_offsets":[0,0]},"a":1}'))
    write(target, "many", safetensors({str(i): entry("U8", [0], 0, 0) for i in range(40)}))
    write(target, "negative", safetensors({"a": entry("F32", [-2], 0, 8)}, bytes(8)))


# ---- PyTorch

DTYPES = (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8,
          torch.uint8, torch.bool)


def saved(content, **options):
    out = io.BytesIO()
    torch.save(content, out, **options)
    return out.getvalue()


def contents():
    base = torch.arange(6.0).reshape(2, 3)
    dicts = {str(dtype).split(".")[1]: {"w": torch.ones(2, dtype=dtype)} for dtype in DTYPES}
    dicts["views"] = collections.OrderedDict(a=base, b=base.t(), c=base[1:, ::2], d=torch.zeros(0, 3), e=torch.tensor(1.0))
    dicts["checkpoint"] = {"epoch": 3, "x": [None, True, 2.5, (1,), "s"], "state_dict": {"module.w": torch.ones(1)}}
    dicts["parameter"] = collections.OrderedDict(w=torch.nn.Parameter(torch.ones(1)))
    dicts["linear"] = torch.nn.Linear(1, 1).state_dict()
    return dicts


class Calls:
    def __init__(self, function, *arguments):
        self.answer = (function, arguments)

    def __reduce__(self):
        return self.answer


def hostile():
    import os

    yield "os_system", Calls(os.system, "id")
    yield "eval", Calls(eval, "1")
    yield "exec", {"w": torch.ones(1), "x": Calls(exec, "pass")}
    yield "namespace", {"args": argparse.Namespace(lr=1), "model": {"w": torch.ones(1)}}
    yield "module", torch.nn.Linear(1, 1)
    yield "sparse", {"w": torch.eye(2).to_sparse()}
    yield "complex", {"w": torch.ones(1, dtype=torch.complex64)}
    yield "numpy", {"w": torch.ones(1).numpy()}
    yield "device", {"w": torch.device("cpu")}


def make_pth():
    for target, options in (("zip_pth", {}), ("legacy_pth", {"_use_new_zipfile_serialization": False})):
        for name, content in contents().items():
            write(target, name, saved(content, **options))
        for name, content in hostile():
            write(target, "hostile_" + name, saved(content, **options))
        for protocol in (1, 2, 3, 4, 5):
            write(target, "protocol%d" % protocol, saved(contents()["views"], pickle_protocol=protocol, **options))
    script = io.BytesIO()
    torch.jit.save(torch.jit.script(torch.nn.Sequential(torch.nn.Linear(1, 1), torch.nn.BatchNorm2d(1))), script)
    write("zip_pth", "torchscript", script.getvalue())
    valid = saved({"w": torch.ones(2)})
    write("zip_pth", "cut", valid[: len(valid) // 2])
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as file:
            for item in zipfile.ZipFile(io.BytesIO(valid)).infolist():
                file.writestr(item.filename, zipfile.ZipFile(io.BytesIO(valid)).read(item.filename))
        write("zip_pth", "method%d" % method, out.getvalue())
    write("zip_pth", "nothing", b"PK\5\6" + bytes(18))
    for name, head in {"html": b"<!DOCTYPE html><html><body>404</body></html>", "hdf5": b"\x89HDF\r\n\x1a\n" + bytes(16),
                       "lfs": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "tflite": b"\x1c\0\0\0TFL3",
                       "onnx": b"\x08\x07\x12\x07pytorch\x1a\x041.13:\x10", "gzip": b"\x1f\x8b\x08\0", "empty": b"",
                       "safetensors": safetensors({"w": entry("F32", [1], 0, 4)}, bytes(4))}.items():
        write("legacy_pth", "other_" + name, head)


def make_pickles():
    plain = {"a": [1, -1, 2**31, 2**70, 2.5, None, True, False], "b": ("x", b"y", "ä"), "c": collections.OrderedDict(d=1)}
    for protocol in range(6):
        write("pickle", "plain%d" % protocol, pickle.dumps(plain, protocol))
        for name, content in hostile():
            if not name in ("module", "sparse", "complex"):
                write("pickle", "%s%d" % (name, protocol), pickle.dumps(content, protocol))
    for name in ("views", "linear", "checkpoint"):
        write("pickle", "state_dict_" + name, zipfile.ZipFile(io.BytesIO(saved(contents()[name]))).read("archive/data.pkl"))
    # Two hundred bytes that would be 2^100 items if memo references were followed.
    write("pickle", "bomb_tuple", b"\x80\x02]q\0" + b"h\0h\0\x86q\0" * 40 + b".")
    write("pickle", "bomb_list", b"\x80\x02" + b"]q\0" + b"(h\0h\0h\0h\0lq\0" * 40 + b".")
    key = b"(X\7\0\0\0storagectorch\nFloatStorage\nX\4\0\0\0" + b"kkkkX\3\0\0\0cpuK\4t"
    write("pickle", "bomb_storages", b"\x80\x02" + key + b"q\0" + b"0h\0Q" * 40 + b".")
    write("pickle", "sets", pickle.dumps({"a": {1, 2}, "b": frozenset((3,))}, 4))
    write("pickle", "itself", b"\x80\x02]q\0h\0a.")
    write("pickle", "inst", b"(S'id'\nios\nsystem\n.")
    write("pickle", "endless", b"\x80\x02X\xff\xff\xff\xff")


# ---- the others


def make_images():
    picture = Image.effect_noise((9, 7), 50)
    for kind, options in (("JPEG", {"quality": 30}), ("JPEG", {"progressive": True, "quality": 20}), ("GIF", {}), ("GIF", {"interlace": True})):
        out = io.BytesIO()
        picture.convert("P" if kind == "GIF" else "RGB").save(out, kind, **options)
        write("image", kind.lower() + "".join("_" + option for option in sorted(options) if option != "quality"), out.getvalue())
    out = io.BytesIO()
    picture.convert("CMYK").save(out, "JPEG", quality=20)
    write("image", "jpeg_cmyk", out.getvalue())
    for order, mark in (("<", b"II*\0"), (">", b"MM\0*")):
        exif = mark + struct.pack(order + "IHHHIHHI", 8, 1, 274, 3, 1, 6, 0, 0)
        write("image", "tiff_" + mark[:2].decode(), exif)
        out = io.BytesIO()
        picture.convert("RGB").save(out, "JPEG", quality=10, exif=b"Exif\0\0" + exif)
        write("image", "jpeg_exif_" + mark[:2].decode(), out.getvalue())
        webp = b"EXIF" + struct.pack("<I", len(exif)) + exif
        write("image", "webp_" + mark[:2].decode(), b"RIFF" + struct.pack("<I", 4 + len(webp)) + b"WEBP" + webp)


def make_pictures():
    """Small ones of every kind that tests/support/make_odd_images.py knows."""
    tests = Path(__file__).resolve().parents[1]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, str(tests / "support/make_odd_images.py"), folder, "9", "7"], check=True)
        for source in sorted([*Path(folder, "good").iterdir(), *Path(folder, "refused").iterdir()]):
            if source.suffix not in (".rgb", ".jpg", ".gif"):
                write("picture", source.name, source.read_bytes())
    for source in (tests / "core/data/pictures").iterdir():
        write("picture", source.name, source.read_bytes())
    for kind in ("PPM", "PNG"):
        out = io.BytesIO()
        Image.effect_noise((9, 7), 50).convert("RGB").save(out, kind)
        write("picture", "plain." + kind.lower(), out.getvalue())
    write("picture", "text.pbm", b"P1\n# comment\n3 2\n1 0 1 011\n")
    write("picture", "text.ppm", b"P3 1 2 7\n1 2 3 4 5 6\n")


def make_idx():
    images = struct.pack(">IIII", 0x803, 2, 2, 2) + bytes(8)
    labels = struct.pack(">II", 0x801, 2) + b"\0\1"
    write("idx", "good", images.ljust(24) + labels.ljust(24, b"\0"))
    write("idx", "many", struct.pack(">IIII", 0x803, 99999999, 2, 2) + struct.pack(">II", 0x801, 99999999) + bytes(8))
    write("idx", "wide", struct.pack(">IIII", 0x803, 1, 4096, 4096) + struct.pack(">II", 0x801, 1) + bytes(8))


# ---- JSON of runs and models

PREPROCESS = {"resize": 256, "crop": 224, "interpolation": "bilinear", "mean": [0.485, 0.456, 0.406],
              "std": [0.229, 0.224, 0.225]}
CONFIG = {
    "dataset_folder": "d", "validation_share": 0.2, "backbone": "resnet18", "weights_file": "", "frozen_units": ["conv1"],
    "head": {"kind": "linear", "hidden_units": 256, "dropout": 0.5}, "preprocess": PREPROCESS,
    "augment": {"random_resized_crop": True, "minimum_area": 0.08, "horizontal_flip": True},
    "cache": {"variants": 4, "half_precision": True, "budget_gigabytes": 0.0}, "epochs": 2, "batch_size": 32,
    "accumulate": 1, "precision": "auto",
    "optimizer": {"kind": "sgd", "learning_rate": 0.01, "momentum": 0.9, "nesterov": False, "weight_decay": 0.0},
    "schedule": {"kind": "step", "step_epochs": 7, "gamma": 0.1, "warmup_epochs": 0}, "early_stop_epochs": 0,
    "seed": 18446744073709551615, "threads": 0, "loader_threads": 0, "device": "auto",
    "plan_changes": [{"after_epoch": 1, "epochs_before": 1, "epochs": 2}]}
SIDECAR = {
    "made_by": "Graft", "format": "torchscript", "backbone": "resnet18", "head": CONFIG["head"], "classes": ["a", "b"],
    "preprocess": PREPROCESS, "input": {"shape": ["N", 3, 224, 224]}, "output": {"shape": ["N", 2]}, "sha256": "00"}
DATASET = {
    "root": "/d", "classes": ["a", "b"], "split_by_folders": False, "unused_files": 1,
    "files": [{"path": "a/1.png", "class": 0, "split": "train", "bytes": 9, "sha256": "00"},
              {"path": "b/2.png", "class": 1, "split": "val", "bytes": 9, "sha256": "01"}],
    "problems": [{"path": "b/3.png", "code": "unreadable_image", "message": "It is empty.", "left_out": True}]}
EPOCH = {"epoch": 1, "train_loss": 2.25, "train_accuracy": 0.25, "val_loss": 1.5, "val_accuracy": 0.5,
         "learning_rate": 0.01, "seconds": 1.5, "images_per_second": 20.5, "best": True, "train_images": 8, "val_images": 2}
DECISIONS = {"graft": "0.1.0", "libtorch": "1.13.1", "device": "cpu", "threads": 2, "weights_sha256": "",
             "features": {"used": True, "units": 3, "type": "bfloat16", "budget_bytes": 1000000}}
PROGRESS = {"epoch": 2, "batches_done": 1, "loss_sum": 1.5, "correct": 1, "images": 2, "epoch_seconds": 1.5,
            "history": [[1, 2.25, 0.25, 1.5, 0.5, 0.01, 1.5, 20.5, True, 8, 2]], "train_seconds": 1.0, "lost": [1],
            "loss_scale": [65536.0, 3]}
EVALUATION = {"images": 2, "loss": 0.5, "classes": [{"name": "a"}, {"name": "b"}]}
PREDICTIONS = "file,truth,prediction,probability,p:a,p:b\na/1.png,a,a,0.75,0.75,0.25\n\"b,2.png\",b,a,0.5,0.5,0.5\n"


def values_of(document, way=()):
    """The way to every value in the document."""
    items = document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    for key, value in items:
        yield way + (key,)
        yield from values_of(value, way + (key,))


def with_value(document, way, value):
    copy = json.loads(json.dumps(document))
    at = copy
    for key in way[:-1]:
        at = at[key]
    at[way[-1]] = value
    return copy


def make_json():
    good = {"config": CONFIG, "sidecar": SIDECAR, "dataset": DATASET, "metrics": EPOCH, "decisions": DECISIONS,
            "progress": PROGRESS}
    for target, document in good.items():
        write(target, "good", json.dumps(document).encode())
        write(target, "empty", b"")
        write(target, "list", b"[]")
        write(target, "deep", b"[" * 4000)
        write(target, "cut", json.dumps(document).encode()[:-9])
        write(target, "not_utf8", json.dumps(document).encode().replace(b"a", b"\xff"))
        # One value of another kind or size than it must be, for every value that there is.
        for name, wrong in (("huge", 1e30), ("below", -1), ("fraction", 1.5), ("null", None), ("text", "\u001b[2J" * 300)):
            for number, way in enumerate(values_of(document)):
                if (number + len(name)) % 5 == 0:
                    write(target, f"{name}_{number}", json.dumps(with_value(document, way, wrong)).encode())
    write("decisions", "learnt", json.dumps(dict(DECISIONS, learnt_before={"sha256": ["ab" * 32], "unknown": ["m.pt"]})).encode())
    second = dict(EPOCH, epoch=2, best=False)
    write("metrics", "two", "".join(json.dumps(e) + "\n" for e in (EPOCH, second)).encode())
    write("metrics", "repeated", "".join(json.dumps(e) + "\n" for e in (EPOCH, EPOCH)).encode())
    for name, table in (("good", PREDICTIONS), ("nan", PREDICTIONS.replace("0.75", "nan")), ("no_table", ""),
                        ("other_class", PREDICTIONS.replace("a/1.png,a", "a/1.png,c")),
                        ("open_quote", PREDICTIONS[:-20] + '"')):
        write("evaluation", name, json.dumps(EVALUATION).encode() + b"\0" + table.encode())
    write("evaluation", "classes_twice", json.dumps(with_value(EVALUATION, ("classes", 1, "name"), "a")).encode() + b"\0"
          + PREDICTIONS.replace("p:b", "p:a").encode())


make_safetensors()
make_pth()
make_pickles()
make_images()
make_pictures()
make_idx()
make_json()
