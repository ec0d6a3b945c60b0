export { type ModelServer, type ModelServerOptions, startModelServer } from './model-server.js'
export { type Script, withScript } from './script.js'
export type { Served } from './served.js'
export { countTokens } from './tokens.js'
