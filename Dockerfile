# syntax=docker/dockerfile:1
# The program as an image: built into its Debian package, which is installed into a slim Debian.
# tests/package/image_test.py runs the steps of both stages without Docker.
FROM debian:12-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
        gcc libc6-dev cmake ninja-build pkg-config dpkg-dev file \
        librdkafka-dev libpq-dev libavro-dev libjansson-dev libcurl4-openssl-dev libmicrohttpd-dev uuid-dev libssl-dev \
        ca-certificates npm
WORKDIR /src
COPY . .
RUN npm install --no-audit --no-fund uplot@1.6.32
RUN cmake --preset package -D SM_UPLOT=/src/node_modules/uplot/dist && cmake --build --preset package && cpack --preset package

FROM debian:12-slim
COPY --from=build /src/build-package/*.deb /tmp/
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates /tmp/*.deb \
    && rm -rf /tmp/*.deb /var/lib/apt/lists/*
USER secretmagic
# True while Kafka and PostgreSQL answer it; the figures are in the health check's log.
HEALTHCHECK --interval=15s --timeout=10s --start-period=30s --retries=3 \
    CMD ["secretmagic", "status", "--timeout", "5s"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["secretmagic"]
CMD ["run"]
