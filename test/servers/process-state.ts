import { readFileSync } from 'node:fs'

/** Whether a process runs. One that has ended but was not yet collected by its parent, a zombie, does not. */
export function isAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== ''
  } catch {
    return false
  }
}
