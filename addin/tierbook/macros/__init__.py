"""VBA projects made from source text, on any machine: what Excel calls vbaProject.bin."""

from .project import REFERENCES, Reference, vba_project
from .source import Kind, Module

__all__ = ["REFERENCES", "Kind", "Module", "Reference", "vba_project"]
