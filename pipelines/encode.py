"""encode: features -> states of a quantum feature map, with diagnostics of its kernel."""

import argparse
from pathlib import Path

from fewqubit.config import load_settings
from fewqubit.files import read_json, read_npz, replacing, write_json, write_npz
from fewqubit.journal import stage_journal
from fewqubit.keys import root_key, stream
from fewqubit.progress import Progress
from fewqubit.quantum.diagnostics import caption
from fewqubit.quantum.drawing import draw_circuit
from fewqubit.quantum.encode import encode
from fewqubit.quantum.feature_maps import FEATURE_MAPS
from fewqubit.quantum.heat_map import draw_gram
from fewqubit.registry import resolve


def main() -> None:
    """Encode one data set with one feature map of params.yaml."""
    settings = load_settings()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", required=True, choices=sorted(settings.datasets))
    parser.add_argument("--feature-map", required=True, choices=sorted(settings.feature_maps))
    arguments = parser.parse_args()
    dataset, name = arguments.dataset, arguments.feature_map
    prepared = Path("artifacts/prepared") / dataset
    folder = Path("artifacts/encoded") / dataset / name
    with stage_journal(f"encode@{dataset}-{name}"):
        examples, classes = (
            read_npz(prepared / "examples.npz"),
            read_json(prepared / "classes.json"),
        )
        chosen = settings.feature_maps[name]
        circuit = resolve(chosen.kind, FEATURE_MAPS, "feature map")(
            chosen.n_qubits, chosen.repetitions, chosen.bandwidth
        )
        encoded = encode(
            circuit,
            examples["x"],
            examples["y"],
            classes["split"]["meta_train"],
            stream(root_key(settings.seed), "encode", dataset, name),
            Progress(f"encode {dataset}/{name}", len(examples["x"]), "row").update,
        )
        write_npz(folder / "states.npz", {"states": encoded.states, "projected": encoded.projected})
        write_npz(folder / "scaling.npz", encoded.scaling._asdict() | {"theta": encoded.theta})
        figures = {key: float(value) for key, value in encoded.diagnostics._asdict().items()}
        write_json(folder / "diagnostics.json", figures | {"rows": len(encoded.gram)})
        title, text = f"{dataset} · {name}", caption(encoded.diagnostics)
        with replacing(folder / "gram.png") as partial:
            draw_gram(partial, encoded.gram, encoded.labels, classes["names"], title, text)
        with replacing(folder / "circuit.png") as partial:
            draw_circuit(partial, circuit, title)


if __name__ == "__main__":
    main()
