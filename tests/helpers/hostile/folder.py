"""A folder whose modules mean harm to whoever runs Python in it."""

NAMES = (
    "json", "agents", "engine", "system", "safetensors", "lance", "torch", "numpy", "random",
    "struct", "subprocess", "yaml", "selectors", "pickle", "ray", "site", "sitecustomize", "rich",
    "textual", "cyclopts", "openvino", "pyarrow", "scipy", "tests", "zlib_ng",
)  # fmt: skip


def hostile_folder(folder):
    """Fill a folder with modules that leave a trace and raise if they are imported."""
    for name in NAMES:
        (folder / f"{name}.py").write_text(
            f"open({str(folder / 'RAN')!r}, 'a').write({name!r} + '\\n')\n"
            f"raise ImportError('{name} of the working directory')\n"
        )
    return folder


def modules_run(folder):
    """The names of those that were imported."""
    trace = folder / "RAN"
    return trace.read_text().split() if trace.exists() else []
