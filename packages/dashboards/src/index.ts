export { type Files, grafanaBoards } from './grafana-boards.js'
