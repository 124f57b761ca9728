"""A PostgreSQL of our own: made once, started, watched, stopped."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from doorward.supervisor import leftovers
from doorward.supervisor.binaries import postgres_programs
from doorward.supervisor.launch import launch
from doorward.supervisor.owner import Owner, database_owner
from doorward.supervisor.refusal import Refusal

MAJOR = "18"
ROLE = "doorward"
DATABASE = "doorward"
SUPERUSER = "postgres"
# A socket's path must fit 107 bytes (sockaddr_un), and PostgreSQL adds this name to the folder's.
SOCKET = ".s.PGSQL.5432"
SOCKET_LIMIT = 107
ENVIRON = {"LANG": "C.UTF-8", "PATH": os.defpath}

LOCALE = (
    "--encoding=UTF8",
    "--locale=C",
    # Trigram search asks the C library what a letter is: plain C knows only A to Z.
    "--lc-ctype=C.UTF-8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
CONNECTIONS = 100
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "wal_compression": "pglz",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # Statements and details carry people's data, which has no place in a log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Cluster:
    """One database cluster: `folder` belongs to `owner`, and so does `sockets`, where it listens.

    `password` opens the role of Doorward, `superuser_password` that of the superuser.
    """

    folder: Path
    sockets: Path
    programs: Path
    owner: Owner
    log: Path
    password: str
    superuser_password: str
    durable: bool = True
    connections: int = CONNECTIONS

    @property
    def files(self) -> Path:
        """The data folder in PostgreSQL's sense."""
        return self.folder / MAJOR

    @property
    def url(self) -> str:
        """The address of the database, password included: for environments, never for a log."""
        where = urlencode({"host": str(self.sockets)})
        return f"postgresql://{ROLE}:{quote(self.password, safe='')}@/{DATABASE}?{where}"

    def exists(self) -> bool:
        return self.files.exists()

    def create(self) -> None:
        """Make the cluster with its role and its database, all of it or nothing."""
        self._refuse_other_versions()
        unfinished = self.folder / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._initialise(unfinished)
        self._add_database(unfinished)
        unfinished.rename(self.files)

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server, after ending what an earlier supervisor may have left of it."""
        leftovers.end(leftovers.postgres_of(self.files), gently=signal.SIGQUIT, seconds=5)
        # Nothing of ours runs, so what still claims it names the dead or a stranger.
        for claim in (self.files / "postmaster.pid", self.sockets / f"{SOCKET}.lock"):
            claim.unlink(missing_ok=True)
        settings = SETTINGS if self.durable else SETTINGS | THROWAWAY
        settings = settings | {"max_connections": str(self.connections)}
        command = [str(self.programs / "postgres"), "-D", str(self.files), "-k", str(self.sockets)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            # Immediate shutdown: the recovery at the next start is quicker than a last checkpoint.
            return launch(command, log=log, environ=ENVIRON, owner=self.owner, death=signal.SIGQUIT)

    def ready(self, server: subprocess.Popen[bytes]) -> bool:
        """Whether `server` takes connections, by its own word in the pid file."""
        try:
            lines = (self.files / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and int(lines[0]) == server.pid and lines[7].strip() == "ready"

    def wait(self, server: subprocess.Popen[bytes], tell: Callable[[float], None]) -> None:
        """Return when `server` is ready; `tell` hears the seconds since, every five seconds.

        There is no limit: after a power cut recovery takes as long as it takes.
        """
        begun = told = time.monotonic()
        while not self.ready(server):
            if server.poll() is not None:
                raise Refusal(f"The database did not start: the reason stands in {self.log}.")
            now = time.monotonic()
            if now - told >= 5:
                told = now
                tell(now - begun)
            time.sleep(0.02)

    def stop(self, server: subprocess.Popen[bytes], seconds: float = 2.0) -> None:
        """Shut down fast, and at once what does not end within `seconds`."""
        for sign, patience in ((signal.SIGINT, seconds), (signal.SIGQUIT, 0.6)):
            if server.poll() is None:
                server.send_signal(sign)
                _wait(server, patience)
        leftovers.end(leftovers.postgres_of(self.files))
        server.wait()

    def _initialise(self, files: Path) -> None:
        password_file = self._password_file()
        command = [str(self.programs / "initdb"), "-D", str(files), "-U", SUPERUSER]
        command += ["--auth=scram-sha-256", f"--pwfile={password_file}", *LOCALE]
        command += ["--no-instructions"] + ([] if self.durable else ["--no-sync"])
        try:
            self._run(command)
        finally:
            password_file.unlink()

    def _add_database(self, files: Path) -> None:
        """Add role and database before anybody can connect: the server runs for us alone."""
        command = [str(self.programs / "postgres"), "--single", "-D", str(files)]
        command += ["-c", "exit_on_error=true", "-c", "log_min_error_statement=panic"]
        command += ["-c", "log_checkpoints=off", "postgres"]
        # CREATEDB: the test suite makes its own databases beside this one.
        statements = (
            f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{self.password}';\n"
            f"CREATE DATABASE {DATABASE} OWNER {ROLE};\n"
        )
        self._run(command, statements.encode())

    def _run(self, command: list[str], statements: bytes = b"") -> None:
        with self.log.open("ab") as log:
            program = launch(
                command, log=log, environ=ENVIRON, owner=self.owner, stdin=subprocess.PIPE
            )
            program.communicate(statements)
        if program.returncode != 0:
            raise Refusal(f"The database could not be made: the reason stands in {self.log}.")

    def _password_file(self) -> Path:
        """Write the superuser's password where its owner, and nobody else, can read it."""
        path = self.folder / ".password"
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            os.fchown(file.fileno(), self.owner.uid, self.owner.gid)
            file.write(self.superuser_password)
        return path

    def _refuse_other_versions(self) -> None:
        for folder in self.folder.iterdir():
            if folder.name.isdigit():
                raise Refusal(
                    f"The database in {folder} was made by PostgreSQL {folder.name}, and this "
                    f"Doorward brings {MAJOR}: restore a backup into a new folder, "
                    "or go back to the Doorward that made it."
                )


def owned_folder(path: Path, owner: Owner) -> Path:
    """Make `path` a folder that `owner` alone may enter; refuse one that is somebody else's."""
    try:
        path.mkdir(mode=0o700)
        os.chown(path, owner.uid, owner.gid)
    except FileExistsError:
        there = path.lstat()
        if not path.is_dir() or path.is_symlink() or there.st_uid != owner.uid:
            raise Refusal(
                f"{path} does not belong to the database's user: "
                f"run `chown -R {owner.name or owner.uid} {path}`, or move it away."
            ) from None
        path.chmod(0o700)
    return path


def fits_a_socket(folder: Path) -> bool:
    return len(os.fsencode(folder / SOCKET)) <= SOCKET_LIMIT


def new_password() -> str:
    return secrets.token_urlsafe(24)


@contextmanager
def running_cluster(folder: Path | None = None, *, durable: bool = False) -> Iterator[str]:
    """Run a throwaway cluster and yield the address of its database (a DATABASE_URL).

    Without `folder` it lives in a temporary folder of its own. As root `folder` must be one that
    the database's user can pass through, which the folders of pytest are not. The role may create
    databases. Enter it in the main thread; it ends with the process, however that ends.
    """
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="doorward-") as temporary:
            Path(temporary).chmod(0o711)
            with running_cluster(Path(temporary), durable=durable) as url:
                yield url
        return
    cluster = _throwaway(folder, durable=durable)
    shutil.rmtree(cluster.files, ignore_errors=True)
    cluster.create()
    server = cluster.start()
    try:
        cluster.wait(server, lambda seconds: None)
        yield cluster.url
    finally:
        cluster.stop(server)


def _throwaway(folder: Path, *, durable: bool) -> Cluster:
    owner = database_owner()
    if not owner.reaches(folder):
        raise Refusal(f"The database's user cannot enter {folder}: choose a folder it can enter.")
    return Cluster(
        folder=owned_folder(folder / "postgres", owner),
        sockets=owned_folder(folder / "sockets", owner),
        programs=postgres_programs(folder / "pgsql", owner),
        owner=owner,
        log=folder / "postgres.log",
        password=new_password(),
        superuser_password=new_password(),
        durable=durable,
    )


def _wait(server: subprocess.Popen[bytes], seconds: float) -> None:
    try:
        server.wait(seconds)
    except subprocess.TimeoutExpired:
        return
