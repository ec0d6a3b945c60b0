import { readFileSync } from 'node:fs'

/** Returns whether a process runs. A zombie, which has ended and waits for its parent, does not. */
export function isAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== ''
  } catch {
    return false
  }
}
