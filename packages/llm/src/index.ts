export { type ObserveOptions, observeModelCalls } from './wire/observe-model-calls.js'
