import { createRequire } from 'node:module'
import { orUndefined } from './or-undefined.js'

/** The modules that Bun has run. Bun has no hooks, but its `require.cache` has ES modules too, once they have run. */
export interface BunModules {
  /** Number of modules so far. It reports those that have run since the last call. */
  scan(): number
}

/** Returns what reports the modules that the application has run; undefined on other runtimes. */
export function createBunModules(onLoaded: (path: string, exports: unknown) => void): BunModules | undefined {
  if (process.versions.bun === undefined) return undefined
  const cache: Readonly<Record<string, { readonly exports: unknown } | undefined>> = createRequire(
    import.meta.url,
  ).cache
  const seen = new Set<string>()
  return {
    scan() {
      for (const path of Object.keys(cache)) {
        if (seen.has(path)) continue
        seen.add(path)
        orUndefined(() => onLoaded(path, cache[path]?.exports))
      }
      return seen.size
    },
  }
}
