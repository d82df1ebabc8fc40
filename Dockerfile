# The server and its page in Debian 13 (or 12: --build-arg DEBIAN=bookworm): built in two stages,
# which hold the compiler and npm, and run in a third, which does not.
ARG DEBIAN=trixie
FROM debian:${DEBIAN}-slim AS build
WORKDIR /source
# The list of packages has one home; it rarely changes, so this layer is kept. No test is built
# here.
COPY scripts/common.sh scripts/
RUN bash -c 'source scripts/common.sh && install_missing "${server_packages[@]}"' \
    && rm -rf /var/lib/apt/lists/*
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY include include
COPY src src
RUN cmake --preset release \
    && cmake --build --preset release --target tickcast \
    && strip build/release/src/tickcast
# The libraries' packages have other names in each release: those that the binary was linked with.
RUN bash -c 'source scripts/common.sh && library_packages build/release/src/tickcast' >packages

FROM debian:${DEBIAN}-slim AS page
WORKDIR /source
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates nodejs npm \
    && rm -rf /var/lib/apt/lists/*
COPY web/package.json web/package-lock.json web/
RUN cd web && npm ci --omit=dev --no-audit --no-fund
COPY docs/openapi.yaml docs/asyncapi.yaml docs/
COPY web web
RUN node web/tools/assemble.mjs /page

FROM debian:${DEBIAN}-slim
COPY --from=build /source/packages /usr/local/share/tickcast/packages
RUN apt-get update \
    && xargs -a /usr/local/share/tickcast/packages apt-get install -y --no-install-recommends \
    && apt-get clean \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /source/build/release/src/tickcast /usr/local/bin/tickcast
COPY --from=page /page /usr/local/share/tickcast/web
ENV TICKCAST_WEB_ROOT=/usr/local/share/tickcast/web
# A number, so that an orchestrator can see that it is not root. It owns nothing and writes nothing.
USER 65532:65532
EXPOSE 8080 8081
# Settings come as flags or as TICKCAST_… variables. The admin listener is the container's own
# unless TICKCAST_ADMIN_LISTEN says otherwise.
ENTRYPOINT ["tickcast"]
# bash speaks TCP by itself: no curl in the image. /livez is 503 once a shard has been stuck for 5
# s. It asks 127.0.0.1:8081 in plain HTTP, so a container with the admin listener on another port,
# on an address without the loopback, or with TLS (--admin-tls) needs a check of its own (docker run
# --health-cmd, healthcheck: in a compose file).
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8081 && printf 'GET /livez HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r -t 2 _ status _ <&3 && [ \"$status\" = 200 ]"]
