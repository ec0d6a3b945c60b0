export { type ObserveRuntimeOptions, observeRuntime } from './observe-runtime.js'
