import { PROCESS } from '@quipu/catalog/symbols'

/** The process's one value of this name, made by whoever asks first. */
export function shared<T>(name: string, create: () => T): T {
  const holder: typeof globalThis & { [PROCESS]?: Map<string, unknown> } = globalThis
  holder[PROCESS] ??= new Map()
  const values = holder[PROCESS]
  if (!values.has(name)) values.set(name, create())
  // Only this function puts values there, under names that each have one type.
  return values.get(name) as T
}
