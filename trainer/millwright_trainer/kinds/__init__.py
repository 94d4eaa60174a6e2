"""What can be trained: a kind's name and the module that does it. Modules are loaded by the process that computes, and by no other."""

import importlib
from types import ModuleType

MODULES = {
    "autoencoder": ".autoencoder",
    "window_autoencoder": ".window_autoencoder",
    "rul": ".rul",
    "threshold": ".threshold",
}
NAMES = tuple(MODULES)


def load(kind: str) -> ModuleType:
    """A module with train(context) → Result."""
    return importlib.import_module(MODULES[kind], __package__)
