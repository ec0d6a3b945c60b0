export { observeHapi } from './hapi/observe-hapi.js'
export { type QuipuHapiOptions, quipuHapi } from './hapi/quipu-hapi.js'
