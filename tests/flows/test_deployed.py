"""From `prefect.yaml` to a worker that runs what it says, in a copy of the repository."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.flows.extracts import BAD, GOOD, SOME_BAD, drop, write_contract
from tests.flows.server import Server, until

ROOT = Path(__file__).parents[2]
POOL = "weighbridge"


@dataclass(frozen=True, slots=True)
class Site:
    """A copy of the repository whose deployments are known to a server.

    Attributes:
        deployments: as the server knows them, by name.
    """

    server: Server
    folder: Path
    deployments: dict[str, dict[str, Any]]

    def request(self, name: str, parameters: dict[str, Any]) -> httpx.Response:
        """Ask for a run of a deployment, with parameters as the pages send them."""
        address = f"{self.server.api}/deployments/{self.deployments[name]['id']}/create_flow_run"
        body = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
        return httpx.post(address, json=body, timeout=30)


@pytest.fixture(scope="module")
def site(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "flows", folder / "flows", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "prefect.yaml", folder)
    server.prefect("--no-prompt", "work-pool", "create", "--type", "process", POOL, cwd=folder)
    server.prefect("--no-prompt", "deploy", "--all", cwd=folder)
    known = {d["name"]: d for d in server.ask("deployments/filter")}
    yield Site(server, folder, known)


def test_every_deployment_of_the_file_is_known(site: Site) -> None:
    declared = {d["name"]: d for d in yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]}
    assert set(site.deployments) == set(declared)
    for name, deployment in site.deployments.items():
        assert deployment["entrypoint"] == declared[name]["entrypoint"]
        assert deployment["work_pool_name"] == POOL
        (step,) = deployment["pull_steps"]
        assert step == {"prefect.deployments.steps.set_working_directory": {"directory": str(site.folder)}}
        if "contract" in deployment["parameters"]:
            assert (ROOT / deployment["parameters"]["contract"]).is_file()
        assert deployment["parameters"]["into"] == "demo-output"


def test_the_drop_folder_has_its_schedule_and_its_limit(site: Site) -> None:
    deployment = site.deployments["flights-drop-folder"]
    (schedule,) = deployment["schedules"]
    assert schedule["schedule"]["cron"] == "*/5 * * * *"
    assert schedule["active"]
    assert deployment["global_concurrency_limit"]["limit"] == 1
    assert deployment["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("on-demand", {"extract": 7}),
        ("on-demand", {"as_of": 7}),
        ("on-demand", {"contract": None}),
        ("flights-drop-folder", {"settle_seconds": -1}),
        ("flights-drop-folder", {"settle_seconds": "soon"}),
    ],
    ids=str,
)
def test_parameters_of_another_type_are_refused_before_anything_runs(
    site: Site, name: str, wrong: dict[str, Any]
) -> None:
    assert site.request(name, wrong).status_code in (409, 422)


def test_a_worker_runs_both_flows(site: Site) -> None:
    write_contract(site.folder)
    drop(site.folder, "one.csv", SOME_BAD)
    drop(site.folder, "two.csv", "id,name,age\n7,Alan,41\n")
    drop(site.folder / "inbox", "bad.csv", BAD)
    drop(site.folder / "inbox", "good.csv", GOOD)
    common = {"contract": "people.odcs.yaml", "into": "out"}
    one = {"extract": ["one.csv", "two.csv"], "as_of": "2026-01-31T00:00:00Z", **common}
    every = {"folder": "inbox", "settle_seconds": 0, "pattern": "*.csv", **common}
    asked = [site.request("on-demand", one).json(), site.request("flights-drop-folder", every).json()]

    site.server.prefect("worker", "start", "--pool", POOL, "--run-once", cwd=site.folder.parent)

    def ends() -> list[str]:
        known = [httpx.get(f"{site.server.api}/flow_runs/{run['id']}", timeout=30).json() for run in asked]
        return [r["state"]["name"] for r in known] if all(r["end_time"] for r in known) else []

    assert until(ends, 60) == ["PublishedWithWarnings", "Held"]
    assert (site.folder / "out" / "published" / "people" / "people" / "_delta_log").is_dir()
