"""tierbook.xlam and the macro templates, built from source."""

from .make import ADDIN, Built, addin_bytes, build, template_bytes, template_macros

__all__ = ["ADDIN", "Built", "addin_bytes", "build", "template_bytes", "template_macros"]
