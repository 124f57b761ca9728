"""The installation's own PostgreSQL: its place and passwords in the data folder, its keeper."""

from doorward.kit.connections import wanted
from doorward.supervisor.binaries import postgres_programs
from doorward.supervisor.folder import DataFolder
from doorward.supervisor.owner import Owner
from doorward.supervisor.parts import Keeper
from doorward.supervisor.postgres import CONNECTIONS, Cluster, new_password, owned_folder
from doorward.supervisor.terminal import detail, step

NAME = "postgres"


def cluster_of(folder: DataFolder, owner: Owner, fronts: int) -> Cluster:
    """Return the cluster in `folder`, with the folders and secrets it needs made ready.

    It takes as many connections as so many front processes and a worker open.
    """
    return Cluster(
        folder=owned_folder(folder.postgres, owner),
        sockets=owned_folder(folder.sockets, owner),
        programs=postgres_programs(folder.path / "pgsql", owner),
        owner=owner,
        log=folder.log(NAME),
        password=_password(folder, "database.password"),
        superuser_password=_password(folder, "postgres.password"),
        connections=max(CONNECTIONS, wanted(fronts)),
    )


def start_database(cluster: Cluster, folder: DataFolder) -> Keeper:
    """Start the database, made if need be, and return its keeper once it takes connections."""
    if not cluster.exists():
        with step("database made"):
            cluster.create()
    keeper = Keeper(NAME, folder, start=cluster.start, stop=cluster.stop)
    with step("database started"):
        try:
            cluster.wait(keeper.start(), _recovering)
        except BaseException:
            keeper.stop()
            raise
    return keeper


def _recovering(seconds: float) -> None:
    detail(f"the database puts itself in order after a sudden end: {seconds:.0f} s so far")


def _password(folder: DataFolder, name: str) -> str:
    return folder.secret(name, new_password).read_text(encoding="ascii").strip()
