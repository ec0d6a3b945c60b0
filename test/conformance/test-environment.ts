import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs a function with changed environment variables; undefined removes one. */
export async function withEnvironment<T>(
  variables: Readonly<Record<string, string | undefined>>,
  fn: () => T | Promise<T>,
): Promise<T> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const)
  const set = (name: string, value: string | undefined): void => {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  for (const [name, value] of Object.entries(variables)) set(name, value)
  try {
    return await fn()
  } finally {
    for (const [name, value] of before) set(name, value)
  }
}

/** Runs a function with a temporary folder, which is removed afterwards. */
export async function withFolder<T>(fn: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'quipu-conformance-'))
  try {
    return await fn(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Runs a function as in a new process: the state that packages share under global symbols is set aside, so that the
 * recorder of the process is created again, from the current environment.
 */
export async function withFreshProcess<T>(fn: () => T | Promise<T>): Promise<T> {
  const shared = Object.getOwnPropertySymbols(globalThis).filter((symbol) => symbol.description?.startsWith('quipu.'))
  const before = shared.map((symbol) => [symbol, Reflect.get(globalThis, symbol)] as const)
  for (const symbol of shared) Reflect.deleteProperty(globalThis, symbol)
  try {
    return await fn()
  } finally {
    for (const [symbol, value] of before) Reflect.set(globalThis, symbol, value)
  }
}
