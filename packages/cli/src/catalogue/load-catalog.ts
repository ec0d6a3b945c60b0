import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Catalog, mergeCatalogs } from '@quipu/catalog'
import { isObject } from '@quipu/catalog/builtin'
import { UsageError } from '../terminal/io.js'

/**
 * Loads and merges all catalogues that a module exports.
 * @throws UsageError if the module cannot be loaded or exports no catalogue
 */
export async function loadCatalog(file: string, cwd: string): Promise<Catalog> {
  const path = resolve(cwd, file)
  const exported: object = await import(pathToFileURL(path).href).catch((error: unknown) => {
    throw new UsageError(`cannot load ${file}: ${error instanceof Error ? error.message : String(error)}`)
  })
  const catalogs = Object.values(exported).filter(isCatalog)
  if (catalogs.length === 0) {
    throw new UsageError(`${file} exports no catalogue: export the result of defineMetrics() or defineEvents()`)
  }
  return mergeCatalogs(...new Set(catalogs))
}

function isCatalog(value: unknown): value is Catalog {
  return isObject(value) && isObject(value.metrics) && isObject(value.events)
}
