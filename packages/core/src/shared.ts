/**
 * What every copy of the package in a process shares, CommonJS and ESM, however often a bundler has duplicated it: one
 * recorder and one context. The key changes when what is shared no longer fits.
 */
const KEY = Symbol.for('quipu.process.v1')

/** The process's one value of this name, made by whoever asks first. */
export function shared<T>(name: string, create: () => T): T {
  const holder: typeof globalThis & { [KEY]?: Map<string, unknown> } = globalThis
  holder[KEY] ??= new Map()
  const values = holder[KEY]
  if (!values.has(name)) values.set(name, create())
  // Only this function puts values there, under names that each have one type.
  return values.get(name) as T
}
