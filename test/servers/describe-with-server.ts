import { describe } from 'vitest'
import { missingServer, requireServer, type ServerName } from './server-path.js'

/**
 * A vitest `describe` that needs installed servers. If one is missing, it is skipped with the reason in its title; with
 * `QUIPU_REQUIRE_REAL=1` it throws instead, so that a gate cannot pass without tests.
 */
export function describeWithServer(names: ServerName | readonly ServerName[], title: string, fn: () => void): void {
  const missing = [names].flat().filter((name) => requireServer(name) === null)
  if (missing.length === 0) describe(title, fn)
  else describe.skip(`${title} [skipped: ${missing.map(missingServer).join('; ')}]`, fn)
}
