# A served model in a container:
#
#   docker build -t fewqubit-model --build-arg MODEL=path/to/a/saved/model .
#   docker run --rm -p 127.0.0.1:8000:8000 fewqubit-model
#
# MODEL is a folder inside this one: what FewShotClassifier.save or `fewqubit adapt --save` wrote, or
# the folder `model` of a walk through a stream. Packages come from requirements.lock, by their
# hashes; pip is made current first, since older ones look past the lock where one package asks for
# another with extras. The server knows no users: publish the port on loopback, or put a proxy in front.
FROM python:3.12-slim AS built
WORKDIR /build
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --upgrade pip \
 && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim
ARG MODEL=model
RUN useradd --create-home fewqubit
COPY --from=built /venv /venv
COPY --chown=fewqubit ${MODEL} /home/fewqubit/model
USER fewqubit
WORKDIR /home/fewqubit
ENV PATH=/venv/bin:$PATH MPLCONFIGDIR=/tmp/matplotlib
EXPOSE 8000
HEALTHCHECK --start-period=60s CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health')"
CMD ["fewqubit", "serve", "model", "--host", "0.0.0.0", "--port", "8000"]
