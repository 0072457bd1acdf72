from __future__ import annotations

import pytest
import torch

from sam3_annotator.errors import DeviceTrouble
from sam3_annotator.inference import device as module
from sam3_annotator.inference import machine as facts
from sam3_annotator.inference.device import (
    choose,
    is_out_of_memory,
    memory,
    translated,
    trouble_from,
    unusable_gpu,
)


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine whose devices a test invents; only the CPU unless it says otherwise."""

    class Machine:
        def has(self, *kinds, capability=(9, 0), bf16_gain=1.0):
            monkeypatch.setattr(module, "_is_available", lambda kind: kind in {*kinds, "cpu"})
            monkeypatch.setattr(torch.cuda, "is_available", lambda: "cuda" in kinds)
            monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: capability)
            monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
            monkeypatch.setattr(module, "_title", lambda device: device.type.upper())
            monkeypatch.setattr(module, "cpu_gain_of_bf16", lambda: bf16_gain)

        def shows_an_nvidia_gpu(self, driver="470.82.01"):
            version = tmp_path / "version"
            version.write_text(f"NVRM version: NVIDIA UNIX x86_64 Kernel Module  {driver}  Wed")
            monkeypatch.setattr(facts, "_NVIDIA_SIGNS", (version,))

        def torch_is_built_for(self, cuda):
            monkeypatch.setattr(torch.version, "cuda", cuda)

    invented = Machine()
    invented.has()
    monkeypatch.setattr(facts, "_NVIDIA_SIGNS", (tmp_path / "none",))
    return invented


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (("cuda", "xpu", "mps"), "cuda"),
        (("xpu", "mps"), "xpu"),
        (("mps",), "mps"),
        ((), "cpu"),
    ],
)
def test_best_device_is_taken_in_order(machine, kinds, expected):
    machine.has(*kinds)
    assert choose().torch_device.type == expected


@pytest.mark.parametrize(
    ("kinds", "facts", "expected"),
    [
        (("cuda",), {"capability": (8, 0)}, torch.bfloat16),
        (("cuda",), {"capability": (7, 5)}, torch.float16),
        (("xpu",), {}, torch.bfloat16),
        (("mps",), {}, torch.float16),
        ((), {"bf16_gain": 1.1}, torch.float32),
        ((), {"bf16_gain": 4.0}, torch.bfloat16),
    ],
)
def test_precision_follows_the_device(machine, kinds, facts, expected):
    machine.has(*kinds, **facts)
    assert choose().dtype is expected


def test_the_users_choice_wins(machine):
    machine.has("cuda")
    chosen = choose("cpu", "fp32")
    assert (chosen.torch_device.type, chosen.dtype, chosen.title) == (
        "cpu",
        torch.float32,
        "CPU, fp32",
    )


@pytest.mark.parametrize("name", ["cuda", "cuda:7", "toaster", "meta"])
def test_unusable_devices_are_refused_by_name(machine, name):
    machine.has(*(["cuda"] if name == "cuda:7" else []))
    with pytest.raises(DeviceTrouble, match=name):
        choose(name)


def test_unknown_precision_is_refused(machine):
    with pytest.raises(DeviceTrouble, match="no precision called int3"):
        choose("cpu", "int3")


def test_old_driver_is_told_and_never_a_silent_fallback(machine):
    machine.shows_an_nvidia_gpu()
    machine.torch_is_built_for("13.0")
    chosen = choose()
    assert chosen.torch_device.type == "cpu"
    assert "driver (470.82.01) does not work with" in chosen.warning
    with pytest.raises(DeviceTrouble, match=r"driver \(470\.82\.01\)"):
        choose("cuda")


def test_torch_without_cuda_beside_a_gpu_is_told(machine):
    machine.shows_an_nvidia_gpu()
    machine.torch_is_built_for(None)
    assert "built without CUDA" in choose().warning


def test_no_warning_without_a_gpu(machine):
    assert unusable_gpu() == ""
    assert choose().warning == ""


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        RuntimeError(
            "[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory"
        ),
        RuntimeError("MPS backend out of memory (MPS allocated: 8 GB)"),
        MemoryError(),
    ],
)
def test_out_of_memory_is_told_on_every_device(error):
    assert is_out_of_memory(error)
    with pytest.raises(DeviceTrouble, match="out of memory") as caught, translated():
        raise error
    assert caught.value.__cause__ is error


def test_gpu_faults_are_told():
    trouble = trouble_from(
        RuntimeError("CUDA error: an illegal memory access was encountered\nmore")
    )
    assert trouble is not None
    assert "an illegal memory access" in str(trouble)
    assert "more" not in trouble.message


def test_our_own_bugs_stay_bugs():
    error = RuntimeError("mat1 and mat2 shapes cannot be multiplied")
    assert trouble_from(error) is None
    with pytest.raises(RuntimeError, match="mat1"), translated():
        raise error


def test_memory_figures_add_up():
    figures = memory(torch.device("cpu"))
    assert figures.total_bytes >= figures.free_bytes > 0
    assert 0 < figures.ours_bytes < figures.total_bytes
    assert facts.machine_memory().total_bytes == figures.total_bytes


def test_probe_gives_a_ratio():
    assert module.cpu_gain_of_bf16() > 0
