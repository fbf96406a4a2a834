"""encode: features -> states of a quantum feature map, with diagnostics of its kernel."""

import argparse
from pathlib import Path

from fewqubit.config import load_settings
from fewqubit.data import load_examples
from fewqubit.files import read_json, replacing, write_json, write_npz
from fewqubit.keys import root_key, stream
from fewqubit.progress import Progress
from fewqubit.quantum.diagnostics import caption
from fewqubit.quantum.drawing import draw_circuit
from fewqubit.quantum.encode import encode
from fewqubit.quantum.heat_map import draw_gram
from fewqubit.quantum.named import find_feature_map
from fewqubit.registry import resolve
from fewqubit.stage import stage

PREPARED, ENCODED = Path("artifacts/prepared"), Path("artifacts/encoded")


def main() -> None:
    """Encode one data set with one feature map of params.yaml."""
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("--dataset", "--feature-map"):
        parser.add_argument(option, required=True)
    asked = parser.parse_args()
    dataset, name = asked.dataset, asked.feature_map
    prepared, folder = PREPARED / dataset, ENCODED / dataset / name
    with stage(f"encode@{dataset}-{name}"):
        settings = load_settings()
        chosen = resolve(name, settings.feature_maps, "feature map")
        circuit = find_feature_map(chosen.kind)(
            chosen.n_qubits, chosen.repetitions, chosen.bandwidth
        )
        examples = load_examples(prepared / "examples.npz")
        classes = read_json(prepared / "classes.json")
        encoded = encode(
            circuit,
            examples.x,
            examples.y,
            classes["split"]["meta_train"],
            stream(root_key(settings.seed), "encode", dataset, name),
            Progress(f"encode {dataset}/{name}", len(examples.x), "row").update,
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
