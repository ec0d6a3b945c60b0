import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { LoadedLibrary } from './libraries.js'

/**
 * The framework of an application that Nitro has built, such as Nuxt: its server, `.output/server/index.mjs`, contains
 * the framework's modules. Their classes are observed, unless the build has renamed them.
 *
 * @param entry path of the application's main file
 * @param isObserved whether these classes were found, or the application uses `quipuNitro`
 */
export function builtNitro(entry: string | undefined, isObserved = false): LoadedLibrary | undefined {
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
