# The binary is compiled where Go is, and runs where only what it calls is.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o /ensemble ./cmd/ensemble

# Its PostgreSQL programs are those of version 17, as the database of docker-compose.yml.
FROM debian:trixie-slim
# ffmpeg reads video and sound, pg_dump and pg_restore make backups and try them out,
# ca-certificates know the peers, curl asks /healthz.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl ffmpeg postgresql-client \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin ensemble \
 && install -d -o ensemble -g ensemble -m 0750 /data
COPY --from=build /ensemble /usr/local/bin/ensemble

USER ensemble
WORKDIR /data
VOLUME /data
ENV ENSEMBLE_DATA=/data ENSEMBLE_LISTEN=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD ["curl", "--fail", "--silent", "--show-error", "--output", "/dev/null", "http://127.0.0.1:8080/healthz"]
ENTRYPOINT ["ensemble"]
CMD ["serve"]
