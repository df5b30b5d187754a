# Rotor's image: one program, Node's runtime, no shell. Build it with `npm run image`, which says what
# it is built from; without that the build fails. scripts/pin-base.sh adds the digest of the base.
FROM node:24.21.0-bookworm-slim AS base
WORKDIR /app

# What was sent must be what the commit holds. Below /ship lies what goes along, under one time for all
# files: two builds of a commit are the same layers.
FROM base AS source
ARG ROTOR_COMMIT=""
ARG ROTOR_VERSION=""
ARG ROTOR_BUILT_AT=""
ARG ROTOR_DIRTY=""
COPY . .
RUN ["node", "scripts/image/check-commit.ts"]
RUN ["chmod", "--recursive", "u=rwX,go=rX", "/app"]
RUN ["mkdir", "--parents", "/ship/code/scripts", "/ship/data/data"]
RUN ["cp", "--recursive", "src", "package.json", "CHANGELOG.md", ".rotor-commit", "/ship/code/"]
RUN ["cp", "scripts/self-test.ts", "scripts/self-test.json", "/ship/code/scripts/"]
RUN ["cp", "--recursive", "data/sample", "/ship/data/data/"]
RUN ["find", "/ship", "-exec", "touch", "--no-dereference", "--date=@0", "{}", "+"]

# Packages as the lockfile names them, without scripts, without what a running desk never opens.
FROM base AS packages
COPY package.json package-lock.json .npmrc ./
RUN ["npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
COPY scripts/image/prune.ts scripts/image/
RUN ["node", "scripts/image/prune.ts"]
RUN ["chmod", "--recursive", "u=rwX,go=rX", "/app"]
RUN ["mkdir", "--parents", "/ship"]
RUN ["cp", "--recursive", "node_modules", "/ship/"]
RUN ["find", "/ship", "-exec", "touch", "--no-dereference", "--date=@0", "{}", "+"]

# The system below it: the node program and the libraries that it and its addons link to.
FROM packages AS system
COPY scripts/image/assemble.ts scripts/image/
RUN ["node", "scripts/image/assemble.ts", "/rootfs", "/state"]
RUN ["find", "/rootfs", "/state", "-exec", "touch", "--no-dereference", "--date=@0", "{}", "+"]

FROM scratch AS runtime
ENV PATH=/usr/local/bin \
    NODE_ENV=production \
    TZ=UTC \
    STATE_DIR=/data \
    NODE_COMPILE_CACHE=/data/compile-cache
COPY --from=system /rootfs/ /
COPY --from=system --chown=10001:10001 /state/ /
# In the order of change: a deploy sends no layer that the server has.
COPY --from=packages /ship/ /app/
COPY --from=source /ship/data/ /app/
COPY --from=source /ship/code/ /app/
WORKDIR /app
USER 10001:10001

# The image's own files decide on the sample bars. The last stage needs the report, so nobody can
# leave this one out.
FROM runtime AS self-test
RUN ["node", "scripts/self-test.ts", "/tmp/ship/self-test.json"]

# The allocator gives back what a thread leaves behind: one arena, and a mapping for each large buffer. V8
# collects garbage often rather than grow, and does not let the young generation grow while it marks the old
# one; docs/operations.md has the figures. scripts/deploy/remote.sh warms up with the same flags.
FROM runtime AS rotor
COPY --from=self-test --chown=0:0 /tmp/ship/ /app/
ARG ROTOR_COMMIT=""
ARG ROTOR_VERSION=""
ARG ROTOR_BUILT_AT=""
ARG ROTOR_DIRTY=""
ENV ROTOR_COMMIT=${ROTOR_COMMIT} \
    ROTOR_VERSION=${ROTOR_VERSION} \
    ROTOR_BUILT_AT=${ROTOR_BUILT_AT} \
    ROTOR_DIRTY=${ROTOR_DIRTY} \
    MALLOC_ARENA_MAX=1 \
    MALLOC_MMAP_THRESHOLD_=16384 \
    MALLOC_TRIM_THRESHOLD_=65536 \
    UV_THREADPOOL_SIZE=2
LABEL org.opencontainers.image.title="rotor" \
      org.opencontainers.image.description="A sector-rotation trading desk that lives in Discord." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${ROTOR_VERSION}" \
      org.opencontainers.image.revision="${ROTOR_COMMIT}" \
      org.opencontainers.image.created="${ROTOR_BUILT_AT}" \
      rotor.dirty="${ROTOR_DIRTY}"
VOLUME ["/data"]
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "src/ops/healthcheck.ts"]
CMD ["node", "--max-old-space-size=96", "--max-semi-space-size=1", "--v8-pool-size=1", "--optimize-for-size", "--no-separate-gc-phases", "src/main.ts"]
