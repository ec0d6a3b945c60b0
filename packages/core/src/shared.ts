import { PROCESS } from '@quipu/catalog/symbols'

/**
 * Returns the process's one value of this name; the first caller creates it.
 * Throws only what `create` throws.
 *
 * @example
 * const registry = shared('@quipu/http', () => new Map())
 */
export function shared<T>(name: string, create: () => T): T {
  const holder: typeof globalThis & { [PROCESS]?: Map<string, unknown> } = globalThis
  holder[PROCESS] ??= new Map()
  const values = holder[PROCESS]
  if (!values.has(name)) values.set(name, create())
  // Only this function sets values, under names with one type each.
  return values.get(name) as T
}
