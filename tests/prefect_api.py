"""What a person does in Prefect's pages, by the REST API behind them."""

import time
from typing import Any

import httpx

FINAL = {"COMPLETED", "FAILED", "CANCELLED", "CRASHED"}
STAGES = {"prepare", "train@a", "train@b", "report"}


class PrefectApi:
    """A deployment, such as ``experiment/nightly``, on the server at ``address``."""

    def __init__(self, address: str, name: str = "experiment/nightly") -> None:
        self.address, self._name = address, name
        self._client = httpx.Client(base_url=address, timeout=30)
        self._deployment: dict[str, Any] = {}

    def deployment_is_served(self) -> bool:
        answer = self._client.get(f"/deployments/name/{self._name}")
        self._deployment = answer.json() if answer.is_success else {}
        return self._deployment.get("status") == "READY"

    @property
    def deployment(self) -> dict[str, Any]:
        return self._deployment

    def start(self, **parameters: Any) -> str:
        """Ask for a run; its id."""
        path = f"/deployments/{self._deployment['id']}/create_flow_run"
        return str(self._post(path, {"parameters": parameters})["id"])

    def cancel(self, run: str) -> None:
        self._post(f"/flow_runs/{run}/set_state", {"state": {"type": "CANCELLING"}})

    def final_state(self, run: str, within: float = 60) -> str:
        """The type of the state in which the run ended."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            state = self._client.get(f"/flow_runs/{run}").json()["state"]
            if state["type"] in FINAL:
                return str(state["type"])
            time.sleep(0.3)
        raise AssertionError(f"still {state['type']} after {within} s")

    def state_name(self, run: str) -> str:
        """What the state of the run is called."""
        return str(self._client.get(f"/flow_runs/{run}").json()["state"]["name"])

    def set_cron(self, cron: str, *, active: bool) -> None:
        schedule = self._deployment["schedules"][0]["id"]
        path = f"/deployments/{self._deployment['id']}/schedules/{schedule}"
        change = {"schedule": {"cron": cron, "timezone": "UTC"}, "active": active}
        self._ask("PATCH", path, change)

    def scheduled_runs(self) -> list[str]:
        """Runs that the server's clock started and that began, or ended, since."""
        runs = self._post("/flow_runs/filter", {"sort": "START_TIME_ASC"})
        return [
            run["id"] for run in runs if run["auto_scheduled"] and run["start_time"] is not None
        ]

    def stages(self, run: str, field: str) -> dict[str, Any]:
        """A field of each task run of a run; the server learns of them a little later than we."""
        found = self._post("/task_runs/filter", {"flow_runs": {"id": {"any_": [run]}}})
        return {task["name"]: task[field] for task in found if task["name"] in STAGES}

    def artifacts(self, run: str) -> dict[str, Any]:
        """The data of the artifacts that a run made, by key."""
        found = self._post("/artifacts/filter", {"flow_runs": {"id": {"any_": [run]}}})
        return {artifact["key"]: artifact["data"] for artifact in found}

    def log(self, run: str) -> str:
        question = {"logs": {"flow_run_id": {"any_": [run]}}, "sort": "TIMESTAMP_ASC"}
        return "\n".join(line["message"] for line in self._post("/logs/filter", question))

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        return self._ask("POST", path, body).json()

    def _ask(self, verb: str, path: str, body: dict[str, Any]) -> httpx.Response:
        """Asks again when SQLite is busy, as Prefect's own client does."""
        for _ in range(10):
            answer = self._client.request(verb, path, json=body)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(0.5)
        assert answer.is_success, answer.text
        return answer
