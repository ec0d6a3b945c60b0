export { type ObserveRuntimeOptions, observeRuntime } from './runtime/observe-runtime.js'
