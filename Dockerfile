# One image for the service, the sandbox and the command line. Node is the one that package.json brings for development.
FROM node:24.21.0-bookworm-slim AS manifest
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

FROM manifest AS build
RUN npm ci
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY libs libs
COPY apps apps
RUN npm run build

FROM manifest AS dependencies
RUN npm ci --omit=dev

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data EVENT_STORE_URL=sqlite:/data/room-ledger.db
WORKDIR /app
# A new volume mounted there takes the owner over: the one place, with /keys, that is ever written to.
RUN install -d -o node -g node /data /keys
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY deploy/make-audit-key.mjs deploy/
COPY package.json LICENSE ./
# By number, so that a cluster that refuses root can tell. It is the image's user node.
USER 1000:1000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# No shell in between: signals reach the service itself, which ends by SIGTERM within 10 s and reads its API keys again by SIGHUP.
# With a bound of its own Node clears up in time; with what the machine has it lets garbage grow to several times what it needs.
ENTRYPOINT ["node", "--max-old-space-size=1536", "--disable-warning=ExperimentalWarning", "dist/apps/cli/src/main.js"]
CMD ["serve"]
