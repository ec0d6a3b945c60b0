# The example application, for docker-compose.yml and deploy/kubernetes.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npm ci --no-audit --no-fund && npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app ./
# User 1000: readers of its activity log must run as the same user.
USER node
EXPOSE 8000
CMD ["node", "examples/securetrack/dist/main.js", "--port", "8000"]
