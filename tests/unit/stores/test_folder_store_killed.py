# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""Writers to the folder store that die: at every step, in the middle of a write, and at random moments."""

import hashlib
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from adseal.stores import Store, open_store

SIZE = 1_200_000

# Forks two writers per file-system step: one kills itself before it, one in the next long write after it.
AT_EVERY_STEP = textwrap.dedent("""
    import os, resource, signal, sys
    from pathlib import Path
    from adseal.stores.directory import DirectoryStore

    root, source = Path(sys.argv[1]), Path(sys.argv[2])

    def die():
        os.kill(os.getpid(), signal.SIGKILL)

    def die_in_the_next_long_write():
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, resource.RLIM_INFINITY))

    def at(step, act):
        def hook(event, arguments):
            nonlocal step
            if event in ("open", "os.link", "os.rename", "os.remove", "os.mkdir", "fcntl.flock"):
                step -= 1
                if step == 0:
                    act()
        sys.addaudithook(hook)

    def died(name, step, act):
        child = os.fork()
        if child == 0:
            at(step, act)
            store = DirectoryStore(root / name)
            store.put("run/ad.mp4", source, content_type="video/mp4", metadata={"n": "1"})
            os._exit(0)
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])

    step, in_writes = 1, 0
    while died(f"before-{step:03}", step, die):
        in_writes += died(f"after-{step:03}", step, die_in_the_next_long_write)
        step += 1
    sys.exit(None if in_writes else "no writer died in mid-write")
""")

AT_RANDOM = textwrap.dedent("""
    import sys
    from pathlib import Path
    from adseal.stores.directory import DirectoryStore
    store = DirectoryStore(sys.argv[1])
    print("go", flush=True)
    for n in range(10_000):
        store.put(f"run/{n}.mp4", Path(sys.argv[2]), content_type="video/mp4", metadata={"n": str(n)})
""")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.mp4"
    path.write_bytes(os.urandom(SIZE))
    return path


def whole_objects(root: Path, source: Path) -> dict[str, str]:
    """What a stranger sees in the folder, after making sure that it is whole and described: key to n."""
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    visible = [p for p in root.rglob("*") if p.is_file() and ".adseal" not in p.parts]
    for path in visible:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, f"{path} is half-written"
    listed = {o.key: o.metadata["n"] for o in open_store(str(root)).list()}
    assert set(listed) == {p.relative_to(root).as_posix() for p in visible}, "an object without its record"
    return listed


def put(store: Store, key: str, source: Path, n: str) -> bool:
    return store.put(key, source, content_type="video/mp4", metadata={"n": n}).already_there


def test_a_writer_that_dies_at_any_step_leaves_a_whole_object_or_none(tmp_path: Path, source: Path) -> None:
    root = tmp_path / "roots"
    subprocess.run([sys.executable, "-c", AT_EVERY_STEP, str(root), str(source)], check=True, timeout=120)
    died = sorted(root.iterdir())
    assert len(died) > 24, "too few steps were seen to prove anything"
    appeared = []
    for place in died:
        appeared.append(bool(whole_objects(place, source)))
        store = open_store(str(place))
        assert put(store, "run/ad.mp4", source, "1") is appeared[-1]
        assert put(store, "run/other.mp4", source, "2") is False
        assert whole_objects(place, source) == {"run/ad.mp4": "1", "run/other.mp4": "2"}
        assert not list(place.rglob("*.part"))
    assert True in appeared
    assert False in appeared


def test_a_writer_killed_from_outside_leaves_whole_objects_only_and_the_next_one_goes_on(
    tmp_path: Path, source: Path
) -> None:
    root = tmp_path / "root"
    for delay_s in (0.01, 0.06):
        with subprocess.Popen(
            [sys.executable, "-c", AT_RANDOM, str(root), str(source)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            with pytest.raises(subprocess.TimeoutExpired):
                writer.wait(delay_s)
            writer.kill()
        listed = whole_objects(root, source)
        assert all(n == Path(key).stem for key, n in listed.items())
    put(open_store(str(root)), f"run/{len(listed)}.mp4", source, str(len(listed)))
    assert len(whole_objects(root, source)) == len(listed) + 1
    assert not list(root.rglob("*.part"))
