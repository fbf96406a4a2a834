"""Pictures through frozen encoders: the loading code on small random networks, where torch is."""

import json
from pathlib import Path

import numpy as np
import pytest

from drawn_pictures import draw_digits
from fewqubit.config import Images
from fewqubit.data.embeddings import Embed
from fewqubit.data.features import Transform
from fewqubit.data.pictures.settings import Pictures
from fewqubit.data.read import read_raw
from fewqubit.errors import DataError
from fewqubit.predict.door import rows_as_in_training

EPISODES = {"n_way": 2, "n_shot": 1, "n_query": 2, "n_validation": 3, "n_test": 4}
IMAGES = [np.random.default_rng(n).integers(0, 256, (32, 32, 3), np.uint8) for n in range(3)]


def read(folder: Path, embed: Embed, size: int = 32) -> object:
    settings = Images(
        source="images", path=str(folder), pictures=Pictures(size), embed=embed, episodes=EPISODES
    )
    return read_raw(settings)


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Embed:
    """A function of one's own: the mean of each colour."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own/__init__.py").touch()
    code = "import numpy as np\n\ndef means(images):\n"
    code += "    return np.stack([one.mean((0, 1)) for one in images])\n"
    (tmp_path / "own/eyes.py").write_text(code)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return Embed("own.eyes:means", normalize=False)


def test_a_function_of_ones_own_sees_levels_and_answers_the_same_later(
    own: Embed, tmp_path: Path
) -> None:
    raw = read(draw_digits(tmp_path / "pictures", 3, 4), own)
    assert raw.x.shape == (12, 3)
    assert np.allclose(raw.x, [image.mean((0, 1)) for image in raw.examples])
    transform = Transform((3,), False, pictures=raw.pictures, embedding=raw.embedding)
    levels = np.stack(raw.examples)
    assert np.allclose(rows_as_in_training(levels, transform), raw.x)
    assert np.allclose(rows_as_in_training(raw.x, transform), raw.x), "vectors are vectors"


def test_another_encoder_than_in_training_is_refused(own: Embed, tmp_path: Path) -> None:
    raw = read(draw_digits(tmp_path / "pictures", 3, 2), own)
    other = raw.embedding._replace(checksum="0" * 64)
    transform = Transform((3,), False, pictures=raw.pictures, embedding=other)
    with pytest.raises(DataError, match="expected the encoder that the model was trained with"):
        rows_as_in_training(np.stack(raw.examples), transform)


@pytest.fixture
def vit(tmp_path: Path) -> Path:
    """A vision transformer of 16 numbers, saved as the hub has them."""
    transformers = pytest.importorskip("transformers", reason="no transformers")
    torch = pytest.importorskip("torch", reason="no torch")
    torch.manual_seed(0)
    config = transformers.ViTConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        image_size=32,
        patch_size=16,
    )
    folder = tmp_path / "vit"
    transformers.ViTModel(config).save_pretrained(folder)
    known = {"image_mean": [0.5, 0.4, 0.3], "image_std": [0.5, 0.25, 0.2]}
    (folder / "preprocessor_config.json").write_text(json.dumps(known))
    return folder


@pytest.mark.parametrize("pooling", ["first", "mean"])
def test_a_vision_transformer_is_read_from_its_folder(vit: Path, pooling: str) -> None:
    """Against the model itself, fed by hand."""
    import torch
    from transformers import ViTModel

    from fewqubit.data.embeddings import FrozenEncoder, vectors

    embed = Embed(str(vit), library="transformers", pooling=pooling, normalize=False, batch=2)
    found = vectors(IMAGES, embed, cache=None, encoder=FrozenEncoder.of(embed, "images"))
    levels = (np.stack(IMAGES) / 255 - [0.5, 0.4, 0.3]) / [0.5, 0.25, 0.2]
    pixels = torch.tensor(levels.transpose(0, 3, 1, 2), dtype=torch.float32)
    with torch.no_grad():
        states = ViTModel.from_pretrained(vit).eval()(pixels).last_hidden_state
    expected = states[:, 0] if pooling == "first" else states.mean(1)
    assert np.allclose(found, expected.numpy(), atol=1e-5)


def test_a_size_that_the_network_does_not_take_is_said(vit: Path, tmp_path: Path) -> None:
    folder = draw_digits(tmp_path / "pictures", 3, 2)
    with pytest.raises(DataError, match=r"expected images of 32 × 32.*set pictures\.size to 32"):
        read(folder, Embed(str(vit), library="transformers"), size=48)


def test_a_network_of_timm_is_read_from_its_folder(tmp_path: Path) -> None:
    timm = pytest.importorskip("timm", reason="no timm")
    torch = pytest.importorskip("torch", reason="no torch")
    from safetensors.torch import save_file

    from fewqubit.data.embeddings import FrozenEncoder, vectors

    torch.manual_seed(0)
    model = timm.create_model("resnet10t", pretrained=False, num_classes=5).eval()
    folder = tmp_path / "resnet"
    folder.mkdir()
    mean, std = [0.1, 0.2, 0.3], [0.4, 0.5, 0.6]
    about = {"input_size": [3, 32, 32], "mean": mean, "std": std, "num_classes": 5}
    about |= {"first_conv": "conv1.0", "classifier": "fc"}
    config = {"architecture": "resnet10t", "num_classes": 5, "pretrained_cfg": about}
    (folder / "config.json").write_text(json.dumps(config))
    save_file(model.state_dict(), folder / "model.safetensors")
    embed = Embed(str(folder), library="timm", normalize=False)
    found = vectors(IMAGES, embed, cache=None, encoder=FrozenEncoder.of(embed, "images"))
    levels = ((np.stack(IMAGES) / 255 - mean) / std).transpose(0, 3, 1, 2)
    with torch.no_grad():
        states = model.forward_features(torch.tensor(levels, dtype=torch.float32))
    assert np.allclose(found, states.mean((2, 3)).numpy(), atol=1e-4)


def test_a_folder_without_a_network_is_one_line(tmp_path: Path) -> None:
    pytest.importorskip("timm", reason="no timm")
    from fewqubit.data.embeddings import FrozenEncoder, vectors

    embed = Embed(str(tmp_path), library="timm")
    with pytest.raises(DataError, match="cannot be read as a model") as raised:
        vectors(IMAGES, embed, cache=None, encoder=FrozenEncoder.of(embed, "images"))
    assert "\n" not in str(raised.value)
