# syntax=docker/dockerfile:1
FROM rust:1.95-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends cmake && rm -rf /var/lib/apt/lists/*
WORKDIR /troupe
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/troupe/target \
    cargo build --release --locked && cp target/release/troupe /usr/local/bin/troupe

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /var/lib/troupe troupe
COPY --from=build /usr/local/bin/troupe /usr/local/bin/troupe
COPY --from=build /troupe/agents /usr/share/troupe/agents
USER troupe
WORKDIR /var/lib/troupe
# Models are fetched into the cache at the first start: mount a volume to keep them.
ENV TROUPE_CACHE=/var/lib/troupe/cache
EXPOSE 8080 8081
# `serve --listen 0.0.0.0:8080` or `worker --health 0.0.0.0:8081`
ENTRYPOINT ["troupe"]
CMD ["serve", "--listen", "0.0.0.0:8080"]
