import { builtinCatalog, type Catalog } from '@quipu/catalog/builtin'

/** Adds the built-in entries, which every recorder has. */
export function withBuiltins({ metrics, events }: Catalog): Catalog {
  return { metrics: { ...builtinCatalog.metrics, ...metrics }, events: { ...builtinCatalog.events, ...events } }
}
