# An image of your own, unchanged application; needs `npm install @quipu/sdk` in it.
#   docker build -f your-app.Dockerfile -t your-app .
#   docker run -e QUIPU_PROMETHEUS_TOKEN -p 8000:8000 -p 9464:9464 your-app
FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY . .
# Other hosts read the pages, so they listen on all addresses. Quipu refuses that without QUIPU_PROMETHEUS_TOKEN.
ENV OTEL_SERVICE_NAME=your-app \
    OTEL_EXPORTER_PROMETHEUS_HOST=0.0.0.0 \
    OTEL_EXPORTER_PROMETHEUS_PORT=9464
USER node
# 8000 is the application's own port, 9464 has /custom_metrics and /metrics.
EXPOSE 8000 9464
CMD ["node", "--import", "@quipu/sdk/register", "app.js"]
