export { observeRestify } from './restify/observe-restify.js'
export { type QuipuRestifyOptions, quipuRestify } from './restify/quipu-restify.js'
