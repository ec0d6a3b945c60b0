export { metricsDoc } from './docs/metrics-doc.js'
export { type Files, grafanaBoards } from './grafana-boards.js'
