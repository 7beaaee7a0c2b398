"""A VBA project written from text: compression, container and records as in the specifications [MS-OVBA] and [MS-CFB].

Only source is written. The performance cache, which only Office can make, is left out; Office then compiles the source
when it opens the project ([MS-OVBA] 2.3.4.1: a version of 0xFFFF).
"""

from canbao_generator.vba.project import Module, ModuleKind, VbaProject, build_project

__all__ = ["Module", "ModuleKind", "VbaProject", "build_project"]
