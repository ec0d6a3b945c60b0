export { instrumentFetch } from './sources/instrument-fetch.js'
export { type ObserveOptions, observeModelCalls } from './sources/observe-model-calls.js'
