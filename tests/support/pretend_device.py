"""A device other than the CPU, for machines that have none: operands must lie in one place.

It computes on the CPU and goes by the name ``meta``, the one other device that every torch knows.
Code under test says ``.to(...)``, ``.cpu()`` and ``device=`` as ever; where it forgets to, as a GPU
would not forgive, :class:`MixedDevicesError` names the operation. Composite operations come apart
only outside ``torch.inference_mode``, so tests use ``torch.no_grad``.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_iter, tree_map

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Self

PRETENDED = torch.device("meta")
_CPU = torch.device("cpu")
_MOVES = (torch.ops.aten._to_copy.default, torch.ops.aten.copy_.default)
# Indices may lie on the CPU while the data does not, never the other way round.
_INDEXING = (
    torch.ops.aten.index.Tensor,
    torch.ops.aten.index_put_.default,
    torch.ops.aten.index_put.default,
    torch.ops.aten._index_put_impl_.default,
)
_MAKERS = (torch.tensor, torch.as_tensor)
_BRACKETS = (torch.Tensor.__getitem__, torch.Tensor.__setitem__)


class MixedDevicesError(RuntimeError):
    """Operands of one operation lie on different devices."""


class Elsewhere(torch.Tensor):
    """A tensor on the pretended device; the numbers lie in ``inner``."""

    inner: torch.Tensor

    @staticmethod
    def __new__(cls, inner: torch.Tensor) -> Self:
        made = torch.Tensor._make_wrapper_subclass(
            cls,
            inner.shape,
            strides=inner.stride(),
            storage_offset=inner.storage_offset(),
            dtype=inner.dtype,
            device=PRETENDED,
        )
        made.inner = inner
        return made

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if func is torch.Tensor.tolist:
            return args[0].detach().inner.tolist()
        if func is torch.Tensor.new_tensor:
            kind = kwargs.get("dtype") or args[0].dtype
            return torch.tensor(args[1], dtype=kind).to(PRETENDED)
        if func in _BRACKETS:
            args = (args[0], _made_here(args[1]), *args[2:])
        with torch._C.DisableTorchFunctionSubclass():
            return func(*args, **kwargs)

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        return _run(func, args, kwargs or {})


class _Operations(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        return _run(func, args, kwargs or {})


class _Makers(TorchFunctionMode):
    """``torch.tensor`` fills its tensor before any dispatch; so it is made here and moved."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if func in _MAKERS and _is_pretended(kwargs.get("device")):
            del kwargs["device"]
            return func(*args, **kwargs).to(PRETENDED)
        return func(*args, **kwargs)


@contextlib.contextmanager
def pretended_device() -> Iterator[torch.device]:
    """The device, as long as the block runs."""
    with _Makers(), _Operations():
        yield PRETENDED


def _made_here(index: Any) -> Any:
    """An index whose lists are tensors: torch would fill theirs before any dispatch."""
    if isinstance(index, tuple):
        return tuple(_made_here(part) for part in index)
    return (
        torch.tensor(index, dtype=None if index else torch.long)
        if isinstance(index, list)
        else index
    )


def _is_pretended(device: Any) -> bool:
    return device is not None and torch.device(device) == PRETENDED


def _run(func: Any, args: Any, kwargs: Any) -> Any:
    if func is torch.ops.aten._has_compatible_shallow_copy_type.default:
        return not any(isinstance(t, Elsewhere) for t in args)  # so a module takes new parameters
    tensors = [t for t in tree_iter((args, kwargs)) if isinstance(t, torch.Tensor)]
    there = [t for t in tensors if isinstance(t, Elsewhere)]
    _check(func, args, tensors, there)
    given = kwargs.get("device")
    target = bool(there) if given is None else _is_pretended(given)
    if given is not None:
        kwargs = {**kwargs, "device": _CPU}
    result = func(*tree_map(_inner, args), **tree_map(_inner, kwargs))
    if func._schema.is_mutable and not _returns_new(func):
        return _same(func, args, kwargs)
    return tree_map(lambda t: _placed(t, there=target), result)


def _check(func: Any, args: Any, tensors: list[torch.Tensor], there: list[Elsewhere]) -> None:
    assert all(isinstance(t, Elsewhere) or t.device == _CPU for t in tensors), func
    if not there or func in _MOVES:
        return
    if func in _INDEXING:
        tensors = [args[0], *[t for t in args[1] if isinstance(t, Elsewhere)], *args[2:3]]
    if any(not isinstance(t, Elsewhere) and t.dim() > 0 for t in tensors):
        raise MixedDevicesError(f"{func} with operands on both devices")
    if func in _INDEXING and not isinstance(args[0], Elsewhere):
        raise MixedDevicesError(f"{func}: data on the CPU, index elsewhere")


def _returns_new(func: Any) -> bool:
    return any(r.alias_info is None for r in func._schema.returns)


def _same(func: Any, args: Any, kwargs: Any) -> Any:
    """The arguments that an operation in place gives back."""
    back = []
    for returned in func._schema.returns:
        for index, wanted in enumerate(func._schema.arguments):
            same = wanted.alias_info is not None and returned.alias_info is not None
            if same and wanted.alias_info.before_set == returned.alias_info.before_set:
                back.append(args[index] if index < len(args) else kwargs[wanted.name])
                break
    return back[0] if len(back) == 1 else tuple(back) or None


def _inner(value: Any) -> Any:
    return value.inner if isinstance(value, Elsewhere) else value


def _placed(value: Any, *, there: bool) -> Any:
    return Elsewhere(value) if there and isinstance(value, torch.Tensor) else value
