import { linkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ownProcessId } from './process-id.js'
import { readText } from './read-file.js'

/**
 * Makes a file unless it is there, and says whether it did: of several processes that try, one does. The file is whole
 * when it appears, so no reader finds half of it.
 *
 * @throws Error when it cannot be made for another reason than that it is there
 */
export function tryMake(directory: string, name: string, text: string): boolean {
  const aside = join(directory, `${name}.${ownProcessId()}`)
  // A file that a killed process left, or a link, is replaced and not written through.
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

/** Makes a file unless it is there, and gives what is in it. */
export function makeOnce(directory: string, name: string, text: string): string {
  return tryMake(directory, name, text) ? text : readText(join(directory, name))
}

/** Whether an error is the system's of that code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
