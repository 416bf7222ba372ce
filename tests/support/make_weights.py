# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes weight files into FOLDER. Usage: make_weights.py safetensors|pth|hostile|names FOLDER

safetensors, pth: files of PyTorch's, and beside each FILE.expected with a line per tensor:
    NAME<tab>DTYPE<tab>SIDE,SIDE..<tab>BYTES IN HEX
hostile: files made by hand without PyTorch, and "manifest" with a line per file:
    FILE<tab>ERROR CODE<tab>WORDS OF ITS SENTENCE
names: the names in the state dicts of torchvision, a file per architecture, a name per line
"""
import io
import json
import pickle
import struct
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path

FOLDER = Path(sys.argv[2])


# ---- PyTorch's own files


def dtype_names():
    import torch

    return {
        torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64",
        torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL",
    }


def bytes_of(tensor):
    import torch

    flat = tensor.detach().contiguous().reshape(-1)
    if flat.numel() == 0:
        return b""
    return bytes(flat.view(torch.uint8).tolist()) if flat.dtype != torch.bool else bytes(flat.to(torch.uint8).tolist())


def expect(name, tensors):
    names = dtype_names()
    lines = [
        "\t".join((key, names[value.dtype], ",".join(map(str, value.shape)), bytes_of(value).hex()))
        for key, value in tensors.items()
    ]
    (FOLDER / (name + ".expected")).write_text("".join(line + "\n" for line in lines))


def every_dtype():
    import torch

    torch.manual_seed(1)
    tensors = OrderedDict()
    for dtype, name in dtype_names().items():
        values = torch.randn(3, 5) * 50
        tensors["layer." + name] = values > 0 if dtype == torch.bool else values.abs().to(dtype) if dtype == torch.uint8 else values.to(dtype)
    tensors["special"] = torch.tensor([float("nan"), float("inf"), -float("inf"), -0.0, 1e-45])
    tensors["scalar"] = torch.tensor(2.5)
    tensors["counter"] = torch.tensor(12345678901234, dtype=torch.int64)
    tensors["empty"] = torch.zeros(0, 4)
    tensors["four.dimensions"] = torch.randn(2, 3, 1, 4)
    return tensors


def make_safetensors():
    names = dtype_names()
    header, data = {"__metadata__": {"format": "pt", "note": "ä \"quoted\""}}, b""
    tensors = every_dtype()
    for key, value in tensors.items():
        content = bytes_of(value)
        header[key] = {"dtype": names[value.dtype], "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (FOLDER / "python.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    expect("python.safetensors", tensors)

    # The other number types of the format: what they hold is written down here, without PyTorch, which has none of them.
    header, data, lines = {}, b"", []
    for name, size in (("U16", 2), ("U32", 4), ("U64", 8), ("F8_E4M3", 1), ("F8_E5M2", 1)):
        content = bytes((7 * i + size) % 256 for i in range(6 * size))
        header[name] = {"dtype": name, "shape": [2, 3], "data_offsets": [len(data), len(data) + len(content)]}
        lines.append("\t".join((name, name, "2,3", content.hex())))
        data += content
    text = json.dumps(header).encode()
    (FOLDER / "other_types.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    (FOLDER / "other_types.safetensors.expected").write_text("".join(line + "\n" for line in lines))


def make_pth():
    import torch

    def save(name, content, tensors, **options):
        torch.save(content, FOLDER / name, **options)
        expect(name, tensors)

    for suffix, options in ((".pth", {}), ("_legacy.pth", {"_use_new_zipfile_serialization": False})):
        plain = every_dtype()
        save("ordered" + suffix, plain, plain, **options)
        save("dict" + suffix, dict(plain), plain, **options)
        for key in ("state_dict", "model", "model_ema"):
            save("under_" + key + suffix, {"epoch": 3, "args": [1, 2.5, None, True, "x", (1, 2), -5], key: plain}, plain, **options)
        save("module" + suffix, OrderedDict(("module." + k, v) for k, v in plain.items()), plain, **options)
        partly = OrderedDict((("module.a", torch.ones(2)), ("b", torch.zeros(2))))
        save("module_partly" + suffix, partly, partly, **options)

        base = torch.arange(60, dtype=torch.float32).reshape(3, 4, 5)
        views = OrderedDict(
            whole=base, transposed=base.transpose(0, 2), column=base[:, 1, 2], stepped=base[::2, ::3, 1::2], tail=base[2:],
            last=base[2, 3, 4], expanded_one=base[:1, :1].transpose(1, 2), permuted=base.half().permute(2, 0, 1),
            channels_last=torch.randn(2, 3, 4, 5).contiguous(memory_format=torch.channels_last),
        )
        save("views" + suffix, views, views, **options)
        parameters = OrderedDict(weight=torch.nn.Parameter(torch.randn(4, 3)), bias=torch.nn.Parameter(torch.randn(4), requires_grad=False))
        save("parameters" + suffix, parameters, parameters, **options)
        network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.Linear(4, 2)).state_dict()
        save("network" + suffix, network, network, **options)  # with _metadata
        torch.save(torch.nn.Linear(2, 2), FOLDER / ("whole_module" + suffix), **options)
        torch.save(torch.randn(2, 2), FOLDER / ("tensor_only" + suffix), **options)
        beside = {"model": plain, "rng_state": torch.get_rng_state(), "seed": 2**63 + 5, "optimizer": torch.optim.SGD([torch.ones(1)], 0.1).state_dict()}
        save("beside_tensors" + suffix, beside, plain, **options)
        save("lightning" + suffix, {"state_dict": {"model." + k: v for k, v in plain.items()}, "hyper_parameters": {"lr": 0.1}}, plain, **options)
        save("compiled" + suffix, {"module._orig_mod." + k: v for k, v in plain.items()}, plain, **options)
        tied = torch.randn(6)
        tied = OrderedDict(a=tied, b=tied, c=tied[2:], d=tied.reshape(2, 3).t())
        save("tied" + suffix, tied, tied, **options)
        for dtype in dtype_names():
            one = {"w": (torch.randn(3, 2) * 9).to(dtype).t()}
            save("only_%s%s" % (str(dtype).split(".")[1], suffix), one, one, **options)
        for protocol in range(1, 6):
            save("protocol%d%s" % (protocol, suffix), {"a": [True, False, 2**40, -1, 2.5, 2**70], "model": plain}, plain, pickle_protocol=protocol, **options)
        small = OrderedDict(a=torch.randn(3, 4), b=torch.arange(5), c=torch.randn(4, 3).t())
        save("small" + suffix, small, small, **options)
    import argparse
    import numpy

    for suffix, options in ((".pth", {}), ("_legacy.pth", {"_use_new_zipfile_serialization": False})):
        for name, value in {
            "namespace": argparse.Namespace(lr=1), "numpy_array": numpy.ones(2), "numpy_number": numpy.float64(1), "device": torch.device("cpu"),
            "sparse": torch.eye(2).to_sparse(), "complex": torch.ones(2, dtype=torch.complex64),
            "quantised": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8), "function": torch.nn.functional.relu,
        }.items():
            torch.save({"model": plain, "x": value}, FOLDER / ("beside_" + name + suffix), **options)
    make_programs()


def make_programs():
    """TorchScript with everything that a module may hold beside tensors."""
    import torch

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.visual = torch.nn.ModuleDict({"conv1": torch.nn.Conv2d(3, 4, 2, bias=False).half(), "norm": torch.nn.BatchNorm2d(4)})
            self.blocks = torch.nn.ModuleList(torch.nn.MultiheadAttention(4, 2) for _ in range(2))
            self.proj = torch.nn.Parameter(torch.randn(4, 3).t())
            self.tied = self.proj
            self.register_buffer("counter", torch.arange(3))
            self.sizes, self.names, self.table = [1, 2], ["a"], {"k": 1.5}
            self.scales, self.flags, self.none = [0.5, 1.5], [True], torch.jit.Attribute(None, torch.jit.annotations.Optional[int])

        def forward(self, x):
            return self.visual["norm"](x)

    scripted = torch.jit.script(Net())
    scripted.save(str(FOLDER / "scripted.pt"))
    expect("scripted.pt", scripted.state_dict())
    traced = torch.jit.trace(torch.nn.Sequential(torch.nn.Conv2d(3, 4, 1), torch.nn.BatchNorm2d(4)).eval(), torch.zeros(1, 3, 2, 2))
    traced.save(str(FOLDER / "traced.pt"))
    expect("traced.pt", traced.state_dict())


# ---- files that must be refused


def integer(value):
    content = value.to_bytes((value.bit_length() + 8) // 8, "little", signed=True)
    return b"\x8a" + bytes([len(content)]) + content


def text(value):
    return b"X" + struct.pack("<I", len(value.encode())) + value.encode()


def group(*items):
    return b"(" + b"".join(items) + b"t"


def named(module, name):
    return ("c%s\n%s\n" % (module, name)).encode()


def storage(key="0", count=4, kind="FloatStorage"):
    return group(text("storage"), named("torch", kind), text(key), text("cpu"), integer(count)) + b"Q"


def tensor(shape=(4,), strides=(1,), offset=0, source=None):
    sizes = group(*map(integer, shape)), group(*map(integer, strides))
    return named("torch._utils", "_rebuild_tensor_v2") + group(source or storage(), integer(offset), *sizes, b"\x89", b"}") + b"R"


def dictionary(**items):
    return b"}(" + b"".join(text(key) + value for key, value in items.items()) + b"u"


def whole(body):
    return b"\x80\x02" + body + b"."


DATA = struct.pack("<4f", 1, 2, 3, 4)


def archive(body, entries=None, method=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        if body is not None:
            file.writestr("archive/data.pkl", body)
        for name, content in ({"data/0": DATA} if entries is None else entries).items():
            file.writestr("archive/" + name, content)
        file.writestr("archive/version", b"3\n")
    return out.getvalue()


def overlapping(count, size):
    """Many names in the directory for the bytes of one entry."""
    tensors = {"t%d" % i: tensor((size // 4,), source=storage(str(i), size // 4)) for i in range(count)}
    good = archive(whole(dictionary(**tensors)), {"data/0": b"\1" * size})
    end = good.rindex(b"PK\x05\x06")
    start = struct.unpack_from("<I", good, end + 16)[0]
    directory = good[start:end]
    position = directory.index(b"archive/data/0") - 46
    entry = directory[position : position + 46 + len(b"archive/data/0")]
    for i in range(1, count):
        name = b"archive/data/%d" % i
        directory += entry[:28] + struct.pack("<H", len(name)) + entry[30:46] + name
    entries = struct.unpack_from("<H", good, end + 10)[0] + count - 1
    return good[:start] + directory + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, entries, entries, len(directory), start, 0)


def legacy(body, keys=("0",), storages=struct.pack("<q", 4) + DATA):
    magic = pickle.dumps(0x1950A86A20F9469CFC6C, 2)
    system = pickle.dumps({"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}, 2)
    return magic + pickle.dumps(1001, 2) + system + body + pickle.dumps(list(keys), 2) + storages


def make_hostile():
    manifest = []

    def write(name, content, code, words):
        (FOLDER / name).write_bytes(content)
        manifest.append("%s\t%s\t%s\n" % (name, code, words))

    def refuse(name, body, words, code="bad_format", keys=("0",)):
        write(name + ".pth", archive(whole(body)), code, words)
        write(name + "_legacy.pth", legacy(whole(body), keys), code, words)

    def unsafe(name, body, words):
        refuse(name, body, words, "unsafe_file")

    good = tensor()
    write("good.pth", archive(whole(dictionary(w=good))), "ok", "")
    write("good_legacy.pth", legacy(whole(dictionary(w=good))), "ok", "")

    # What would run code.
    unsafe("os_system", named("os", "system") + group(text("id")) + b"R", "os.system")
    unsafe("posix_system", dictionary(w=good, x=named("posix", "system") + group(text("id")) + b"R"), "posix.system")
    unsafe("eval", named("builtins", "eval") + group(text("1+1")) + b"R", "builtins.eval")
    unsafe("old_eval", named("__builtin__", "eval") + group(text("1+1")) + b"R", "__builtin__.eval")
    unsafe("stack_global", text("subprocess") + text("Popen") + b"\x93" + group(text("id")) + b"R", "subprocess.Popen")
    unsafe("only_named", dictionary(w=good, x=named("os", "system")), "os.system")
    unsafe("dotted", text("collections") + text("OrderedDict.fromkeys.__globals__") + b"\x93", "collections.OrderedDict.fromkeys")
    unsafe("newline", text("torch\n._utils") + text("x") + b"\x93", "Graft never does")
    unsafe("discarded", named("os", "system") + b"0" + dictionary(w=good), "os.system")
    unsafe("in_state", named("collections", "OrderedDict") + b")R" + named("os", "system") + b"b", "os.system")
    unsafe("inst", b"(S'id'\nios\nsystem\n", "os.system")
    unsafe("control_characters", text("os\x1b[2J\n") + text("system\u202e") + b"\x93", "os?[2J?.system")
    refuse("long_parameter", dictionary(**{"k" * 1001: b"N"}), "more than 1000 bytes")
    unsafe("long_name", text("o" * 5000) + text("s") + b"\x93", "ooo..")
    unsafe("allowed_first", good + b"0" + text("torch._utils") + text("_rebuild_tensor_v2.__globals__") + b"\x93", "_rebuild_tensor_v2.__globals__")
    for name, opcode in (("object", b"(" + text("x") + b"o"), ("new_object", b"))\x81"), ("extension", b"\x82\x01"), ("text_id", b"P0\n"), ("unknown", b"\xff"), ("out_of_band", b"\x97")):
        refuse("opcode_" + name, opcode, "operation")

    # Tensors that are not what they claim.
    for name, value in {
        "too_large": tensor((1000,)), "one_too_many": tensor((5,)), "offset_beyond": tensor((4,), (1,), 1), "huge_offset": tensor((1,), (1,), 2**62),
        "negative_offset": tensor((2,), (1,), -1), "negative_stride": tensor((2,), (-1,), 3), "negative_side": tensor((-4,)), "two_negative": tensor((-2, -2), (1, 1)),
        "long_stride": tensor((2, 2), (3, 1)), "overflowing_stride": tensor((4,), (2**62,)), "overflowing_shape": tensor((2**40, 2**40), (0, 0)),
        "stride_zero": tensor((100000, 100000), (0, 0)), "stride_zero_small": tensor((5,), (0,)), "wrapping": tensor((2**32, 2**32, 4), (0, 0, 1)),
    }.items():
        refuse(name, dictionary(w=value), "beyond its data")
    refuse("short_storage", dictionary(w=tensor((1000,), source=storage(count=1000))), "storage")
    refuse("huge_storage", dictionary(w=tensor((4,), source=storage(count=2**61))), "storage")
    refuse("wider_storage", dictionary(w=tensor((4,), source=storage(kind="DoubleStorage"))), "storage")
    refuse("negative_storage", dictionary(w=tensor((0,), source=storage(count=-1))), "wrong type")
    refuse("storage_of_size", dictionary(w=tensor(source=group(text("storage"), named("torch", "Size"), text("0"), text("cpu"), integer(4)) + b"Q")), "wrong type")
    refuse("no_storage", dictionary(w=tensor(source=integer(1))), "incomplete")
    refuse("strides_missing", dictionary(w=tensor((2, 2), (1,))), "strides do not match")
    refuse("many_dimensions", dictionary(w=tensor((1,) * 40, (1,) * 40)), "too many dimensions")
    refuse("text_side", dictionary(w=named("torch._utils", "_rebuild_tensor_v2") + group(storage(), integer(0), group(text("4")), group(integer(1))) + b"R"), "no number")
    refuse("missing_key", dictionary(w=tensor(source=storage("../../data.pkl"))), "")
    refuse("twice", b"}(" + (text("w") + good) * 2 + b"u", "twice")

    # Pickles that are no state dict, or no pickle.
    refuse("no_tensors", dictionary(a=integer(1), b=text("x")), "no tensors by name", keys=())
    refuse("only_a_list", b"](" + good + b"e", "no tensors by name")
    refuse("list_in_itself", b"]q\0h\0a", "no tensors by name", keys=())
    refuse("dict_in_itself", b"}q\0(" + text("state_dict") + b"h\0u", "no tensors by name", keys=())
    refuse("nothing", b"", "stack runs empty")
    refuse("underflow", b"000", "stack runs empty")
    refuse("no_mark", b"t", "mark is missing")
    refuse("no_memo", b"h\x05", "not there")
    refuse("memo_text", b"Nphello\n", "no number")
    refuse("odd_items", b"}(" + text("w") + b"u", "without a value")
    refuse("append_to_number", b"K\1K\2a", "wrong type")
    refuse("calls_a_number", b"K\1)R", "no function")
    refuse("calls_a_storage", named("torch", "FloatStorage") + b")R", "no function")
    refuse("state_of_a_list", b"]}b", "state of something unknown")
    refuse("protocol", b"\x80\x09N", "newer than 5")
    key = storage("k" * 10000)[:-1]  # a small file that would copy it into gigabytes
    refuse("long_key", key + b"q\0" + b"0h\0Q" * 100000 + dictionary(w=good), "key is too long")
    refuse("set_beside", dictionary(x=b"\x8f(K\1K\2\x90", y=b"(K\1\x91"), "no tensors by name", keys=())
    unsafe("after_a_set", dictionary(x=b"\x8f(K\1\x90", y=named("os", "system")), "os.system")
    refuse("huge_number", b"\x8a\x28" + b"\1" * 40, "too large")
    refuse("no_number", b"Ifive\n", "number is none")
    refuse("bomb", b"]q\0" + b"h\0h\0\x86q\0" * 200, "no tensors by name", keys=())
    refuse("bomb_of_dicts", b"}q\0" + (b"}" + text("model") + b"h\0sq\0") * 200, "no tensors by name", keys=())
    refuse("long_pairs", named("collections", "OrderedDict") + group(b"(" + group(*[b"N"] * 50) + b"l") + b"R", "without a value")
    pairs = b"](" + group(text("k"), b"N") * 3000 + b"eq\0"
    refuse("repeated_lists", b"(" + pairs + (named("collections", "OrderedDict") + b"(h\0tR") * 5000 + b"l", "many times")
    refuse("repeated_sizes", b"(](" + b"K\1" * 3000 + b"eq\0" + (named("torch", "Size") + b"(h\0tR") * 5000 + b"l", "size")
    for name, body in (("text", b"X\xff\xff\xff\xff"), ("long_text", b"\x8d" + b"\xff" * 8), ("bytes", b"B\xff\xff\xff\x7f"), ("number", b"\x8b\xff\xff\xff\x7f"), ("line", b"cos")):
        write("endless_%s.pth" % name, archive(b"\x80\x02" + body), "bad_format", "ends too early")
    write("no_stop.pth", archive(b"\x80\x02N"), "bad_format", "ends too early")
    write("empty_pickle.pth", archive(b""), "bad_format", "ends too early")
    write("many_values.pth", archive(b"\x80\x02" + b"N0" * 3_000_001), "bad_format", "too many values")

    # TorchScript: of its code nothing is run, and its modules may not blow up.
    def program(name, body, words, code="bad_format"):
        write(name + ".pt", archive(whole(body), {"data/0": DATA, "constants.pkl": whole(b")")}), code, words)

    def module(state, kind="__torch__.M"):
        return named(*kind.split(".", 1)) + b")\x81" + state + b"b"

    program("script_good", module(dictionary(training=b"\x89", inner=module(dictionary(w=good)))), "", "ok")
    program("script_os_system", module(dictionary(w=good, x=named("os", "system") + group(text("id")) + b"R")), "os.system", "unsafe_file")
    program("script_other_class", module(dictionary(w=good), "subprocess.Popen"), "subprocess.Popen", "unsafe_file")
    program("script_jit_function", module(dictionary(w=named("torch.jit._pickle", "build_tensor_from_id") + group(integer(0)) + b"R")), "build_tensor_from_id", "unsafe_file")
    program("script_arguments", named("__torch__", "M") + group(integer(1)) + b"\x81", "object of a class")
    program("script_called", named("__torch__", "M") + b")R", "no function")
    program("script_no_module", dictionary(w=good), "no module")
    program("script_no_tensors", module(dictionary(x=integer(1))), "no tensors")
    program("script_in_itself", named("__torch__", "M") + b")\x81q\0" + dictionary(m=b"h\0") + b"b", "too deep")
    shared_modules = module(dictionary(w=good)) + b"q\0"
    for level in range(40):  # two of the level below in each
        shared_modules += b"0" + module(dictionary(a=b"h\0", b=b"h\0")) + b"q\0"
    program("script_doubling", shared_modules, "too many")
    program("script_repeated_state", b"(" + dictionary(**{"k%d" % i: b"N" for i in range(3000)}) + b"q\0" + module(b"h\0") * 3000 + b"l", "many times")
    program("script_long_name", module(dictionary(**{"k" * 600: module(dictionary(**{"k" * 600: good}))})), "too deep")
    write("class_in_state_dict.pth", archive(whole(module(dictionary(w=good)))), "unsafe_file", "__torch__.M")

    # Archives.
    valid = archive(whole(dictionary(w=good)))
    for percent in (5, 30, 60, 90, 99):
        write("cut_%d.pth" % percent, valid[: len(valid) * percent // 100], "bad_format", "")
    write("compressed.pth", archive(whole(dictionary(w=good)), method=zipfile.ZIP_DEFLATED), "bad_format", "compressed")
    write("no_pickle.pth", archive(None), "bad_format", "no data.pkl")
    write("no_data.pth", archive(whole(dictionary(w=good)), {}), "bad_format", "missing")
    write("big_endian.pth", archive(whole(dictionary(w=good)), {"data/0": DATA, "byteorder": b"big"}), "bad_format", "big endian")
    position = valid.index(DATA)
    write("flipped_bit.pth", valid[:position] + bytes([DATA[0] ^ 1]) + valid[position + 1 :], "bad_format", "damaged")
    write("overlapping.pth", overlapping(100, 1 << 20), "bad_format", "")
    shared = {"data/0": b"\1" * (1 << 20)}
    many = {"t%d" % i: tensor((1 << 18,), source=storage(count=1 << 18)) for i in range(2000)}
    write("shared_too_often.pth", archive(whole(dictionary(**many)), shared), "bad_format", "larger than the file")

    twice = io.BytesIO()
    with zipfile.ZipFile(twice, "w") as file:
        import warnings

        warnings.simplefilter("ignore")
        for name, content in (("a/data.pkl", whole(dictionary(w=good))), ("a/data/0", DATA), ("a/data/0", DATA)):
            file.writestr(name, content)
    write("entry_twice.pth", twice.getvalue(), "bad_format", "stands twice")
    write("two_pickles.pth", archive(whole(dictionary(w=good)), {"data/0": DATA, "b/data.pkl": whole(dictionary(w=good))}), "bad_format", "two state dicts")
    bits = bytearray(valid)
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        position = -1
        while (position := bits.find(signature, position + 1)) >= 0:
            bits[position + offset] |= 1
    write("encrypted.pth", bytes(bits), "bad_format", "encrypted")
    write("byteorder_damaged.pth", archive(whole(dictionary(w=good)), {"data/0": DATA, "byteorder": b"little "}), "bad_format", "big endian")
    for name, entries, words in (("keras.keras", ("config.json", "metadata.json", "model.weights.h5"), "Keras"), ("arrays.npz", ("a.npy",), "numpy"), ("other.zip", ("a.txt",), "no data.pkl")):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as file:
            for entry in entries:
                file.writestr(entry, b"x")
        write(name, out.getvalue(), "bad_format", words)
    write("nothing.zip", b"PK\5\6" + bytes(18), "bad_format", "no data.pkl")

    # Older files.
    body = whole(dictionary(w=good))
    full = legacy(body)
    for missing in (1, 10, 17, 30, len(full) // 2):
        write("legacy_cut_%d.pth" % missing, full[:-missing], "bad_format", "")
    write("legacy_magic_only.pth", full[:15], "bad_format", "ends too early")
    write("legacy_count.pth", legacy(body, storages=struct.pack("<q", 2**60) + DATA), "bad_format", "inside a storage")
    write("legacy_negative_count.pth", legacy(body, storages=struct.pack("<q", -1) + DATA), "bad_format", "inside a storage")
    write("legacy_stranger.pth", legacy(body, ("1",)), "bad_format", "belongs to no tensor")
    write("legacy_no_keys.pth", legacy(body, (), b""), "bad_format", "storage is missing")

    # Other files under this name.
    write("keras.pth", b"\x89HDF\r\n\x1a\n" + b"\0" * 100, "bad_format", "Keras")
    write("text.pth", b"I am no weight file.\n" * 9, "bad_format", "no weight file")
    write("empty.pth", b"", "bad_format", "empty")
    web = "web page"
    for name, content, words in (
        ("html", b"<!DOCTYPE html><html><body>404</body></html>", web), ("html_late", b"\xef\xbb\xbf\r\n  <HTML lang='en'>", web),
        ("xml", b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", web), ("json", b'{"message": "Not Found"}', "JSON"),
        ("lfs", b"version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 46830571\n" % 0, "Git LFS"),
        ("onnx", b"\x08\x07\x12\x07pytorch\x1a\x041.13:\x10", "ONNX"), ("saved_model", b"\x08\x01\x12\xf0\x01\x0a", "TensorFlow model"),
        ("tflite", b"\x1c\0\0\0TFL3" + bytes(40), "TensorFlow Lite"), ("gguf", b"GGUF\3\0\0\0", "GGUF"), ("npy", b"\x93NUMPY\1\0", "numpy"),
        ("gzip", b"\x1f\x8b\x08\0" + bytes(20), "unpack"), ("ancient_tar", b"storages".ljust(257, b"\0") + b"ustar\x0000" + bytes(500), "tar archive"),
        ("hdf5", b"\x89HDF\r\n\x1a\n" + bytes(20), "HDF5"),
    ):
        write("other_%s.pth" % name, content, "bad_format", words)
        write("other_%s.safetensors" % name, content, "bad_format", words)

    # Pickles by themselves, as pickle.dump writes them: what they ask for is still refused by name.
    import builtins
    import os

    class Call:
        def __init__(self, function, argument):
            self.answer = (function, (argument,))

        def __reduce__(self):
            return self.answer

    for protocol in range(6):
        marker = str(FOLDER / "a call has run")
        write("bare_system%d.pth" % protocol, pickle.dumps(Call(os.system, "touch '%s'" % marker), protocol), "unsafe_file", "%s.system" % os.name)
        write("bare_eval%d.bin" % protocol, pickle.dumps({"w": [1, Call(builtins.eval, "1")]}, protocol), "unsafe_file", ".eval")
        write("bare_list%d.ckpt" % protocol, pickle.dumps([1, 2], protocol), "bad_format", "")
    write("cats.txt", b"cats and dogs\nand more of them\n", "bad_format", "no weight file")
    write("pickle_only.pth", whole(dictionary(w=integer(1))), "bad_format", "neither")

    # Strange but true: the stride of a side of 1 never counts, and a list may hold itself beside the tensors.
    write("any_stride.pth", archive(whole(dictionary(w=tensor((1, 2, 1), (2**63 - 1, 2, 2**62), 1)))), "ok", "")
    write("itself_beside.pth", archive(whole(dictionary(x=b"]q\0h\0a", w=good))), "ok", "")
    (FOLDER / "manifest").write_text("".join(manifest))


def make_names():
    import torch
    import torchvision

    for name in dir(torch.nn.init):
        if name.endswith("_") and not name.startswith("_"):
            setattr(torch.nn.init, name, lambda tensor, *_, **__: tensor)  # only the names matter
    for name in ("alexnet convnext_tiny densenet121 efficientnet_b0 efficientnet_v2_s googlenet inception_v3 maxvit_t mnasnet0_5 mobilenet_v2 "
                 "mobilenet_v3_small regnet_x_400mf regnet_y_400mf resnet18 resnet50 resnext50_32x4d shufflenet_v2_x0_5 squeezenet1_0 squeezenet1_1 swin_t swin_v2_t "
                 "vgg11 vgg11_bn vit_b_16 wide_resnet50_2").split():
        options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
        names = torchvision.models.get_model(name, weights=None, **options).state_dict()
        (FOLDER / name).write_text("".join(key + "\n" for key in names))


{"names": make_names, "safetensors": make_safetensors, "pth": make_pth, "hostile": make_hostile}[sys.argv[1]]()
