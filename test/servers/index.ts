// The real servers and parsers of the tests; `install.sh` beside this file installs them.
export {
  type Collector,
  type CollectorEndpoints,
  type CollectorOptions,
  startCollector,
  validateCollectorConfig,
} from './collector.js'
export { describeWithServer } from './describe-with-server.js'
export { freePort } from './free-port.js'
export {
  type PageFamily,
  type PageSample,
  type ParsedPage,
  parseOpenMetrics,
  parsePrometheusText,
} from './parse-page.js'
export { type Prometheus, type PrometheusOptions, startPrometheus, type Target } from './prometheus.js'
export type { PrometheusConfig, ScrapeJob } from './prometheus-config.js'
export type { PromqlServer, QueryResult } from './promql.js'
export { checkMetricsPage, type MetricsPageCheck, promtool } from './promtool.js'
export { type Redis, startRedis } from './redis.js'
export type { RunResult } from './run-program.js'
export { findServer, requireServer, type ServerName, serverPath } from './server-path.js'
export { startVictoriaMetrics, type VictoriaMetrics, type VictoriaMetricsOptions } from './victoria-metrics.js'
export { waitUntil } from './wait-until.js'
