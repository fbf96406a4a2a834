"""Pictures in requests to a served model: a text in base64, never a number, never a path."""

from io import StringIO

import pandas as pd
from mlflow.types import ColSpec, DataType, Schema
from mlflow.types.schema import AnyType

from fewqubit.data.pictures.decode import PICTURE
from fewqubit.tracking.registered.models import _numbers
from fewqubit.tracking.serving.requests import parse_csv


def test_a_picture_is_a_text_in_the_signature() -> None:
    types = {one.name: one.type for one in _numbers(pd.Index(["width", PICTURE]))}
    assert types == {"width": DataType.double, PICTURE: DataType.string}


def test_a_request_in_csv_may_hold_pictures() -> None:
    label = ColSpec(AnyType(), "label", required=False)
    schema = Schema([label, ColSpec(DataType.string, PICTURE), ColSpec(DataType.double, "x")])
    table = parse_csv(StringIO(f"label,{PICTURE},x\n7,1234,5\n,NaN,6\n"), schema)
    assert table[PICTURE].tolist() == ["1234", "NaN"]
    assert table["x"].tolist() == [5.0, 6.0]
    assert table["label"].tolist() == ["7", ""]
