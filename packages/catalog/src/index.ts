export { type BuiltinEvents, type BuiltinMetrics, builtinCatalog } from './builtin-catalog.js'
