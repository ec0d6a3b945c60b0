import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { LoadedLibrary } from './libraries.js'

/**
 * The framework of an application that Nitro has built, such as Nuxt: its server, `.output/server/index.mjs`, contains
 * the framework's modules, so that no hook sees them. Its routes are known by `quipuNitro` only.
 *
 * @param entry path of the application's main file
 * @param isObserved whether the application uses `quipuNitro`
 */
export function builtNitro(entry: string | undefined, isObserved: boolean): LoadedLibrary | undefined {
  if (entry === undefined) return undefined
  try {
    // Nitro (2 and 3) describes its build beside the folder of the server.
    const build: unknown = JSON.parse(readFileSync(join(dirname(dirname(entry)), 'nitro.json'), 'utf8'))
    const { framework, versions } = Object(build)
    const { name, version } = Object(framework)
    const known = String(version || Object(versions).nitro || 'unknown')
    return { name: String(name || 'nitro'), kind: 'http', version: known, isObserved }
  } catch {
    return undefined
  }
}
