"""encode: features -> states of a quantum feature map, with a look at its kernel."""

from pathlib import Path

from fewqubit.base.io.cards import write_card
from fewqubit.base.io.files import replacing, write_npz
from fewqubit.base.io.progress import Progress
from fewqubit.base.keys import root_key, stream
from fewqubit.base.registry import look_up
from fewqubit.circuits.named import find_feature_map
from fewqubit.config import load_settings
from fewqubit.data import load_examples
from fewqubit.data.prepared import read_classes
from fewqubit.diagnostics import caption
from fewqubit.diagnostics.pictures.circuit import draw_circuit
from fewqubit.diagnostics.pictures.concentration import draw_concentration
from fewqubit.diagnostics.pictures.heat_map import draw_gram
from fewqubit.stages.encode import encode
from fewqubit.stages.look import as_json, look
from fewqubit.stages.process import asked, stage

PREPARED, ENCODED = Path("artifacts/prepared"), Path("artifacts/encoded")
CARD = "diagnostics.json"
FILES = ("states.npz", "scaling.npz", "gram.png", "concentration.png", "circuit.png")


def main() -> None:
    """Encode one data set with one feature map of params.yaml."""
    dataset, name = asked(__doc__, "dataset", "feature_map")
    prepared, folder = PREPARED / dataset, ENCODED / dataset / name
    with stage(f"encode@{dataset}-{name}"):
        settings = load_settings()
        chosen = look_up(name, settings.feature_maps, "feature map")
        make = find_feature_map(chosen.kind)
        circuit = make(chosen.n_qubits, chosen.repetitions, chosen.bandwidth)
        classes = read_classes(prepared, ["examples.npz"])
        examples = load_examples(prepared / "examples.npz")
        key = stream(root_key(settings.seed), "encode", dataset, name)
        report = Progress(f"encode {dataset}/{name}", len(examples.x), "row").update
        split = classes["split"]["meta_train"]
        encoded = encode(circuit, examples.x, examples.y, split, key, report)
        write_npz(folder / "states.npz", {"states": encoded.states, "projected": encoded.projected})
        write_npz(folder / "scaling.npz", encoded.scaling._asdict() | {"theta": encoded.theta})
        scans = look(chosen, circuit, encoded, key)
        title, text = f"{dataset} · {name}", caption(encoded.diagnostics)
        with replacing(folder / "gram.png") as partial:
            labels, names = encoded.sample.labels, classes["names"]
            draw_gram(partial, encoded.gram, labels, names, title, text)
        with replacing(folder / "concentration.png") as partial:
            draw_concentration(partial, scans.bandwidths, scans.qubits, scans.configured, title)
        with replacing(folder / "circuit.png") as partial:
            draw_circuit(partial, circuit, title)
        write_card(folder / CARD, as_json(encoded, scans), FILES)


if __name__ == "__main__":
    main()
