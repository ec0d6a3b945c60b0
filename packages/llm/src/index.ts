export { instrumentFetch } from './clients/instrument-fetch.js'
export { type ObserveOptions, observeModelCalls } from './wire/observe-model-calls.js'
