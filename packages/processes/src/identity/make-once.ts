import { linkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ownProcessId } from './process-id.js'
import { readText } from './read-file.js'

/**
 * Creates a file unless it exists. Of several processes that try, one succeeds. The file is complete when it appears.
 *
 * @returns whether this call created it
 * @throws Error for any error other than its existence
 */
export function tryMake(directory: string, name: string, text: string): boolean {
  const aside = join(directory, `${name}.${ownProcessId()}`)
  // A file left by a killed process, or a link, is replaced and not written through.
  rmSync(aside, { force: true })
  try {
    writeFileSync(aside, text, { mode: 0o600, flag: 'wx' })
    linkSync(aside, join(directory, name))
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

/** Creates a file unless it exists, and returns its content. */
export function makeOnce(directory: string, name: string, text: string): string {
  return tryMake(directory, name, text) ? text : readText(join(directory, name))
}

/** Returns whether an error has this code of the system. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
