"""A project as the pipeline leaves it, small and made by hand: results, journals, dvc.lock."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path

from ruamel.yaml import YAML

from fewqubit.tracking.checksums import checksum

SEEDS, STEPS = 2, 3
PARAMS = Path(__file__).parents[1] / "params.yaml"
LEARNER = {
    "kind": "protonet",
    "encoder": {"kind": "mlp"},
    "circuit": {"feature_map": "angle", "n_qubits": 2},
}
TRAINED = ("learner.json", "params.safetensors", "curve.csv")


class Project:
    """Writes results into ``root`` and locks them, as stages and DVC would."""

    def __init__(self, root: Path):
        self.root = root
        self.stages: dict[str, dict] = {}
        self._prepare()

    def learner(self, name: str = "protonet", arm: str = "quantum", rate: float = 0.1) -> None:
        """Train and evaluate; a result's files depend on ``rate`` alone."""
        trained, item = f"artifacts/trained/digits/{name}/{arm}", f"digits-{name}-{arm}"
        settings = {"kind": name, "encoder": {"kind": "mlp", "widths": [8, 4]}, "inner_lr": rate}
        learner = {
            "format": 1,
            "learner": name,
            "arm": arm,
            "dataset": "digits",
            "settings": settings,
            "n_parameters": {"encoder": 20, "circuit": 6, "head": 0, "total": 26},
            "validation_accuracy": [0.4 + 2 * rate, 0.4 + rate],
            "circuit_evaluations": {"train": 100, "adapt": 4, "predict_per_query": 1},
        }
        self.write(f"{trained}/learner.json", json.dumps(learner))
        self.write(f"{trained}/params.safetensors", f"parameters after {rate}")
        curve = [
            {
                "step": step,
                "seed": seed,
                "train_loss": 1 - rate * step,
                "train_accuracy": "" if step == 0 else 0.5 + rate * step,
                "validation_accuracy": 0.4 + rate * (step if seed else 2 - step),
            }
            for step in range(STEPS)
            for seed in range(SEEDS)
        ]
        self.table(f"{trained}/curve.csv", curve)
        self.lock(
            f"meta_train@{item}",
            deps=["artifacts/prepared/digits/examples.npz"],
            outs=[
                f"{trained}/{file}" for file in ("learner.json", "params.safetensors", "curve.csv")
            ],
            params={"seed": 7, f"learners.{name}": settings},
        )
        self.evaluated(f"evaluate@{item}", name, arm, 0.5 + rate, [f"{trained}/params.safetensors"])

    def baseline(self, name: str = "svm", rate: float = 0.1) -> None:
        """Evaluate a baseline."""
        examples = ["artifacts/prepared/digits/examples.npz"]
        self.evaluated(f"baseline@digits-{name}", name, "baseline", 0.4 + rate, examples)

    def evaluated(self, stage: str, name: str, arm: str, accuracy: float, deps: list[str]) -> None:
        folder = f"artifacts/evaluated/digits/{name}/{arm}"
        metrics = {
            "accuracy": accuracy,
            "accuracy_low": accuracy - 0.02,
            "accuracy_high": accuracy + 0.02,
            "accuracy_before": 0.25,
            "accuracy_permuted": 0.251,
            "chance": 0.25,
            "n_parameters": 26,
        }
        files = ["metrics.json", "episodes.parquet", "confusion.csv", "adaptation.csv"]
        if arm == "baseline":
            metrics["tuned_cost"] = 10.0
        else:
            cost = {"shots_adapt": 0, "shots_per_query": 512, "depth": 40, "two_qubit_gates": None}
            self.write(f"{folder}/cost.json", json.dumps(cost))
            files.append("cost.json")
        self.write(f"{folder}/metrics.json", json.dumps(metrics))
        self.write(f"{folder}/episodes.parquet", f"episodes {accuracy}")
        self.table(f"{folder}/confusion.csv", [{"true_class": "4", "predicted_class": "7"}])
        adaptation = [
            {"setting": "shots", "value": shots, "seed": seed, "accuracy": accuracy + shots / 100}
            for shots in (1, 5)
            for seed in range(SEEDS)
        ]
        self.table(f"{folder}/adaptation.csv", adaptation)
        params = {"seed": 7, "baselines": {f"{name}_cost": [1.0, 10.0], "other_cost": [2.0]}}
        self.lock(stage, deps, [f"{folder}/{file}" for file in files], params)

    def encode(self) -> None:
        """Kernel plots of one feature map."""
        folder = "artifacts/encoded/digits/zz"
        for plot in ("gram.png", "circuit.png"):
            self.write(f"{folder}/{plot}", f"a picture: {plot}")
        outs = [f"{folder}/gram.png", f"{folder}/circuit.png"]
        self.lock("encode@digits-zz", ["artifacts/prepared/digits/examples.npz"], outs, {"seed": 7})

    def report(self) -> None:
        """A report on everything that is evaluated."""
        self.write("reports/report.html", "<title>report</title>")
        self.lock("report", ["artifacts/evaluated"], ["reports/report.html"], {})

    def lock(self, stage: str, deps: Iterable[str], outs: Iterable[str], params: dict) -> None:
        """What DVC does when a stage has ended."""
        entry = {"cmd": f"python -m pipelines.{stage.partition('@')[0]} {stage}"}
        entry |= {"params": {"params.yaml": params}} if params else {}
        for kind, paths in (("deps", deps), ("outs", outs)):
            entry[kind] = [
                {"path": path, "hash": "md5", "md5": checksum(self.root / path)} for path in paths
            ]
        self.stages[stage] = entry
        with (self.root / "dvc.lock").open("w") as stream:
            YAML(typ="safe").dump({"schema": "2.0", "stages": self.stages}, stream)
        self.settings()

    def settings(self, learners: Iterable[str] | None = None) -> None:
        """A params.yaml whose run has all that is locked, or no other than these ``learners``."""
        found = {tuple(out.split("/")[2:5]) for out in self._locked("artifacts/evaluated/")}
        maps = {out.split("/")[3] for out in self._locked("artifacts/encoded/")}
        trained = {learner for _, learner, arm in found if arm != "baseline"}
        run = {
            "datasets": ["digits"],
            "feature_maps": sorted(maps),
            "learners": sorted(trained if learners is None else learners) or ["protonet"],
            "arms": sorted({arm for _, _, arm in found} - {"baseline"}) or ["quantum"],
            "baselines": sorted(learner for _, learner, arm in found if arm == "baseline"),
        }
        params = YAML(typ="safe").load(PARAMS) | {"run": run}
        shipped = params["learners"]
        params["learners"] = {name: shipped.get(name, LEARNER) for name in {*shipped, *trained}}
        with (self.root / "params.yaml").open("w") as stream:
            YAML(typ="safe").dump(params, stream)

    def _locked(self, folder: str) -> list[str]:
        outs = [out["path"] for entry in self.stages.values() for out in entry["outs"]]
        return [path for path in outs if path.startswith(folder)]

    def table(self, path: str, rows: list[dict]) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        with (self.root / path).open("w", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0])
            writer.writeheader()
            writer.writerows(rows)

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def _prepare(self) -> None:
        folder = "artifacts/prepared/digits"
        summary = {"manifest_validation": "a" * 64, "manifest_test": "b" * 64}
        summary |= {"n_classes": {"meta_test": 4}, "episodes": {"n_way": 4, "n_shot": 1}}
        self.write(f"{folder}/examples.npz", "features")
        self.write(f"{folder}/summary.json", json.dumps(summary))
        outs = [f"{folder}/examples.npz", f"{folder}/summary.json"]
        self.lock("prepare@digits", [], outs, {"seed": 7})
