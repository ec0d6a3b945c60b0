import { describe } from 'vitest'
import { missingServer, requireServer, type ServerName } from './server-path.js'

/**
 * A vitest `describe` that needs installed servers: skipped, with the reason in its title, when one is missing.
 * Throws instead of skipping under `QUIPU_REQUIRE_REAL=1`, so that a gate cannot pass by testing nothing.
 */
export function describeWithServer(names: ServerName | readonly ServerName[], title: string, fn: () => void): void {
  const missing = [names].flat().filter((name) => requireServer(name) === null)
  if (missing.length === 0) describe(title, fn)
  else describe.skip(`${title} [skipped: ${missing.map(missingServer).join('; ')}]`, fn)
}
