import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ownProcessId } from './process-id.js'

/**
 * Makes a file unless it is there, and gives what is in it: of several processes that try, one makes it. It is whole when
 * it appears, so nobody ever reads half of it.
 */
export function makeOnce(directory: string, name: string, text: string): string {
  const aside = join(directory, `${name}.${ownProcessId()}`)
  writeFileSync(aside, text, { mode: 0o600 })
  try {
    linkSync(aside, join(directory, name))
  } catch {
    // It is there.
  } finally {
    rmSync(aside, { force: true })
  }
  return readFileSync(join(directory, name), 'utf8')
}
