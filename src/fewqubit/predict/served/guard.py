"""What stands around any served model: limits, one line for what is wrong, counts."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Protocol

import fewqubit
from fewqubit.base.extras import needs
from fewqubit.errors import DataError, FewqubitError
from fewqubit.predict.programs import n_compiled
from fewqubit.predict.served.meter import Meter
from fewqubit.predict.served.service import Limits, TooManyError, UnknownModelError

STATUS: dict[type[FewqubitError], int] = {UnknownModelError: 404, TooManyError: 409}
ROW = "a list of numbers, or an object of column names and cells (number, text, boolean, null)"
EXPECTED = {"rows": ROW, "queries": ROW, "labels": "a text, a number or a boolean"}
BODY_S = 60.0  # within which a body has come
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


def guarded_app(
    title: str, what: str, service: "Limited", meter: Meter, models: Callable[[], int]
) -> Any:
    """An application that keeps the limits of ``service``, answers errors in one line, and counts.

    Raises MissingExtraError: FastAPI is not installed.
    """
    with needs("pipeline", "a served model"):
        from fastapi import FastAPI
        from fastapi.responses import PlainTextResponse

    app = FastAPI(
        title=title,
        version=fewqubit.__version__,
        description=what,
        docs_url=None,  # their pages load scripts from elsewhere; /openapi.json is the schema
        redoc_url=None,
    )
    app.add_middleware(Guard, service=service, meter=meter)
    _add_handlers(app)

    def metrics() -> str:
        """Counts, latencies, memory and compiled programs, for Prometheus."""
        return meter.text({"models": models(), "programs_compiled": n_compiled()})

    app.get("/metrics", response_class=PlainTextResponse)(metrics)
    return app


def _add_handlers(app: Any) -> None:
    from fastapi import Request
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import JSONResponse
    from starlette.exceptions import HTTPException

    def refuse(_: Request, error: Exception) -> JSONResponse:
        status = next((s for kind, s in STATUS.items() if isinstance(error, kind)), None)
        if status is None:
            status = 422 if isinstance(error, DataError) else 500
        return JSONResponse({"error": str(error)}, status)

    def malformed(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return JSONResponse({"error": _malformed(error.errors()[0])}, 422)

    def elsewhere(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        asked = f"{request.method} {request.url.path:.80}"
        if error.status_code == 400:  # what FastAPI says of a body that is no JSON
            return JSONResponse({"error": f"{asked}: expected a body of JSON in UTF-8"}, 422)
        said = f"{asked} is not answered; /openapi.json lists what is"
        return JSONResponse({"error": said}, error.status_code, error.headers)

    app.add_exception_handler(FewqubitError, refuse)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, elsewhere)


def _malformed(fault: Mapping[str, Any]) -> str:
    """One line on the first thing that pydantic found; rows are counted from 1."""
    where: list[str | int] = [*fault["loc"][1:]]
    match where:
        case [str(field), int(row), *_] if field in EXPECTED:
            got = f"{fault['input']!r:.40}"
            return f"{field}, row {row + 1}: expected {EXPECTED[field]}, got {got}"
    return f"{'.'.join(map(str, where)) or 'the body'}: {fault['msg']}"


class Limited(Protocol):
    """A service that says what it takes."""

    limits: Limits


class Guard:
    """Refuses bodies that are too large and requests that are too many; counts the others."""

    def __init__(self, app: Any, service: Limited, meter: Meter) -> None:
        self.app, self.limits, self.meter, self.waiting = app, service.limits, meter, 0

    async def __call__(self, scope: Any, receive: Receive, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def telling(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        self.waiting += 1
        try:
            await self._answer(scope, receive, telling)
        finally:
            self.waiting -= 1
            route = getattr(scope.get("route"), "path", "other")
            name = f"{scope['method']} {route}"
            self.meter.count(name, status, time.perf_counter() - began)

    async def _answer(self, scope: Any, receive: Receive, send: Any) -> None:
        from fastapi.responses import JSONResponse

        if self.waiting > self.limits.waiting:
            message = f"expected at most {self.limits.waiting} requests at a time; come again"
            await JSONResponse({"error": message}, 503, {"Retry-After": "1"})(scope, receive, send)
            return
        try:
            async with asyncio.timeout(BODY_S):
                body = await self._body(scope, receive)
        except TimeoutError:
            message = f"expected the whole body within {BODY_S:g} s"
            await JSONResponse({"error": message}, 408)(scope, receive, send)
            return
        if body is None:
            message = f"expected a body of at most {self.limits.body} bytes; ask in parts"
            await JSONResponse({"error": message}, 413)(scope, receive, send)
            return
        await self.app(scope, _replaying(body, receive), send)

    async def _body(self, scope: Any, receive: Receive) -> bytes | None:
        """The whole body; None if it is too large, by its header or in fact."""
        told = dict(scope["headers"]).get(b"content-length", b"0")
        if told.isdigit() and int(told[:20]) > self.limits.body:
            return None
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self.limits.body:
                return None
        return body


def _replaying(body: bytes, receive: Receive) -> Receive:
    """``receive`` from its beginning, ``body`` in one piece."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> MutableMapping[str, Any]:
        return messages.pop() if messages else await receive()

    return replay
