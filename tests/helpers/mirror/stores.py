"""Runs of a few small files, and stores that fail."""

import shutil

from insei.selfplay.mirror.store import StoreError, open_store


def write_files(folder, files):
    """Files by name, in a folder that may be there."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(text)


def small_run(path, generation=1):
    """What looks like a run to a mirror."""
    write_files(path, {"config.yaml": "name: x\n", "lock": "1", "log.txt": "one\n"})
    add_generation(path, generation)
    return path


def add_generation(path, generation):
    """Another checkpoint, the oldest of them deleted; and its games, and curves."""
    checkpoint = f"checkpoints/{generation:06}"
    table = {
        f"games.lance/_versions/{2**64 - generation}.manifest": f"version {generation}",
        f"games.lance/data/{generation}.lance": f"games {generation}",
    }
    write_files(path, table)
    net = {f"{checkpoint}/weights.safetensors": f"w{generation}", f"{checkpoint}/x.json": "{}"}
    write_files(path, {**net, "tensorboard/events.1": f"curves to {generation}"})
    shutil.rmtree(path / f"checkpoints/{generation - 2:06}", ignore_errors=True)


def contents(path, left_out=("lock", "now.json", "mirror.json", "latest_version_hint.json")):
    """The bytes of all files of a folder, by name."""
    return {
        str(file.relative_to(path)): file.read_bytes()
        for file in sorted(path.rglob("*"))
        if file.is_file() and file.name not in left_out
    }


class FailingStore:
    """A store that is gone after so many calls; "half" of the last one may still happen.

    Args:
        num_calls: that succeed; None: all.
    """

    def __init__(self, url, num_calls=None):
        self.store = open_store(url)
        self.url = url
        self.num_calls = num_calls
        self.calls = []

    def _call(self, name, *arguments):
        if self.num_calls is not None and len(self.calls) >= self.num_calls:
            raise StoreError("ConnectionError: gone")
        self.calls.append((name, *arguments))
        return getattr(self.store, name)(*arguments)

    def names(self, folder):
        return self._call("names", folder)

    def read(self, name):
        return self._call("read", name)

    def write(self, name, data):
        return self._call("write", name, data)

    def upload(self, source, name):
        return self._call("upload", source, name)

    def download(self, name, target):
        return self._call("download", name, target)

    def delete(self, names):
        for name in names:
            self._call("delete", [name])
