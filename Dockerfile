# syntax=docker/dockerfile:1
# thin and the simulator: built with the Swift image, run on plain Debian of the same release.
FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libcurl4-openssl-dev libmosquitto-dev libpq-dev pkg-config zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
# Dependencies first: they change seldom, and their layer is kept.
COPY Package.swift ./
COPY Sources/CCurl Sources/CCurl
COPY Sources/CIconv Sources/CIconv
COPY Sources/CLibPQ Sources/CLibPQ
COPY Sources/CMosquitto Sources/CMosquitto
COPY Sources/CZlib Sources/CZlib
RUN swift package resolve
COPY Sources Sources
COPY Tests Tests
COPY bench bench
RUN swift build -c release --static-swift-stdlib --product thin \
    && swift build -c release --static-swift-stdlib --product simulator \
    && mkdir /out \
    && cp "$(swift build -c release --static-swift-stdlib --show-bin-path)/thin" \
          "$(swift build -c release --static-swift-stdlib --show-bin-path)/simulator" /out/ \
    && find "$(swift build -c release --static-swift-stdlib --show-bin-path)" -maxdepth 1 -name '*.resources' -exec cp -R {} /out/ \; \
    && strip /out/thin /out/simulator

FROM python:3.12-slim-bookworm AS docs
COPY scripts/requirements-docs.txt scripts/docs_assets.py /docs/
RUN pip download --no-deps --require-hashes --dest /docs -r /docs/requirements-docs.txt \
    && python /docs/docs_assets.py /docs/*.whl /docs/assets

# The page's library for charts.
FROM debian:bookworm-slim AS web
RUN apt-get update \
    && apt-get install -y --no-install-recommends libjs-dygraphs \
    && rm -rf /var/lib/apt/lists/* \
    && mkdir /web-assets \
    && cp -L /usr/share/javascript/dygraphs/dygraph.min.js /usr/share/javascript/dygraphs/dygraph.min.css /web-assets/

# The training worker, an image of its own (docker build --target trainer).
FROM python:3.11-slim-bookworm AS trainer
COPY trainer/requirements.txt /app/requirements.txt
RUN pip install --no-cache-dir -r /app/requirements.txt \
    && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin millwright
COPY trainer/millwright_trainer /app/millwright_trainer
COPY tools/servemlkit /app/servemlkit
ENV PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 SERVE_ML_ROOT=/app/serve_ml
WORKDIR /app
USER 10001:10001
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "millwright_trainer"]

FROM debian:bookworm-slim AS runtime
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libcurl4 libmosquitto1 libpq5 libstdc++6 tzdata zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin millwright
COPY --from=build /out/ /usr/local/bin/
COPY --from=docs /docs/assets /app/docs-assets
COPY --from=web /web-assets /app/web-assets
COPY web /app/web
COPY sql /app/sql
COPY migrations /app/migrations
ENV MILLWRIGHT_SQL=/app THIN_DOCS_ASSETS=/app/docs-assets THIN_WEB_ASSETS=/app/web-assets SERVE_ML_ROOT=/app/serve_ml THIN_HTTP=0.0.0.0:8000 THIN_METRICS=0.0.0.0:9091 LOG_FORMAT=json
WORKDIR /app
USER 10001:10001
EXPOSE 8000 9091
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["thin", "healthcheck"]
ENTRYPOINT ["thin"]
CMD ["serve"]
