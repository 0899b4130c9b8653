"""OpenVINO, imported without its telemetry.

That would send each import to Google Analytics, without asking, from a process that it forks. Where
there is no network, an import would take up to three seconds longer, and print a traceback when its
process is ended.
"""

import sys

sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # as if not installed

import openvino as ov  # noqa: E402
from openvino import opset13 as op  # noqa: E402

__all__ = ["op", "ov"]
