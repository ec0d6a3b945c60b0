# Your own application, unchanged: `npm install @quipu/sdk` in it, and this image.
#   docker build -f your-app.Dockerfile -t your-app .
#   docker run -e QUIPU_PROMETHEUS_TOKEN -p 8000:8000 -p 9464:9464 your-app
FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY . .
# The pages are read from other hosts: they listen on all addresses, which Quipu refuses without QUIPU_PROMETHEUS_TOKEN.
ENV OTEL_SERVICE_NAME=your-app \
    OTEL_EXPORTER_PROMETHEUS_HOST=0.0.0.0 \
    OTEL_EXPORTER_PROMETHEUS_PORT=9464
USER node
# 8000 is the application's own port, 9464 has /custom_metrics and /metrics.
EXPOSE 8000 9464
CMD ["node", "--import", "@quipu/sdk/register", "app.js"]
