export { bridge, type PromClientRegistry } from './prom-client/bridge.js'
