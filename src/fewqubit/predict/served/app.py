"""HTTP around a service: JSON in and out, an OpenAPI schema, one line for what is wrong."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StrictBool, StrictFloat, StrictInt, StrictStr

import fewqubit
from fewqubit.predict.served.guard import guarded_app
from fewqubit.predict.served.meter import Meter
from fewqubit.predict.served.service import Answers, Service

Label = StrictBool | StrictInt | StrictFloat | StrictStr
Cell = StrictBool | StrictInt | StrictFloat | StrictStr | None
Row = list[float] | dict[str, Cell]


class Body(BaseModel):
    """A request's or an answer's body; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid")


class Support(Body):
    """Labelled rows: numbers in the order of training, or cells by the names of its columns."""

    rows: list[Row]
    labels: list[Label]


class Question(Support):
    """Labelled rows, and rows to answer."""

    queries: list[Row]


class Queries(Body):
    """Rows to answer."""

    queries: list[Row]


class Answered(Body):
    """A label for each query, and a probability for each of ``classes``; labels as they came.

    A label is null for a query of none of the classes, where the model was taught to say so.
    """

    classes: list[Label]
    labels: list[Label | None]
    probabilities: list[list[float]]


class Learned(Body):
    """A model that has adapted."""

    name: str
    classes: list[Label]


def build_app(service: Service, about: dict[str, Any], example: dict[str, Any]) -> Any:
    """The FastAPI application. ``about`` describes the model, ``example`` is a valid request.

    Raises MissingExtraError: FastAPI is not installed.
    """
    title = "Fewqubit: a few-shot model"
    what = "Adapt to a few labelled rows and answer others; or adapt once, ask by name."
    meter = Meter()
    app = guarded_app(title, what, service, meter, lambda: len(service.known()))
    from fastapi import Body as Given

    support = {key: example[key] for key in ("rows", "labels") if key in example}
    asked = {key: example[key] for key in ("queries",) if key in example}
    question = Annotated[Question, Given(examples=[example] if example else None)]
    supported = Annotated[Support, Given(examples=[support] if support else None)]
    queried = Annotated[Queries, Given(examples=[asked] if asked else None)]

    def predict(body: question) -> Answered:
        """Adapt to the labelled rows, and answer the queries."""
        return _answered(service.answer(body.rows, body.labels, body.queries))

    def learn(name: str, body: supported) -> Learned:
        """Adapt once, and keep the model by its name."""
        classes: Any = service.learn(name, body.rows, body.labels)
        return Learned(name=name, classes=classes)

    def ask(name: str, body: queried) -> Answered:
        """Answer the queries by a model that has adapted."""
        return _answered(service.ask(name, body.queries))

    def models() -> list[Learned]:
        """The models that have adapted."""
        known: Any = service.known()
        return [Learned(name=name, classes=classes) for name, classes in known.items()]

    def forget(name: str) -> None:
        """Drop a model that has adapted."""
        service.forget(name)

    def health() -> dict[str, Any]:
        """That the server answers, what it serves and what it takes."""
        return {
            "status": "ok",
            "version": fewqubit.__version__,
            "model": about,
            "limits": service.limits._asdict(),
            "uptime_seconds": round(meter.uptime, 1),
        }

    app.post("/predict", response_model=Answered)(predict)
    app.get("/models")(models)
    app.put("/models/{name}", status_code=201)(learn)
    app.delete("/models/{name}", status_code=204)(forget)
    app.post("/models/{name}/predict", response_model=Answered)(ask)
    app.get("/health")(health)
    return app


def _answered(answers: Answers) -> Answered:
    return Answered.model_construct(**answers._asdict())
