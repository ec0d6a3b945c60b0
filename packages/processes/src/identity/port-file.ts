import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ownProcessId } from './process-id.js'
import { readText } from './read-file.js'

const PORT = 'port'

/** Returns the last port of the pages of a group; undefined if none was written. */
export function readPort(folder: string): number | undefined {
  try {
    const port = Number(readText(join(folder, PORT)))
    return Number.isInteger(port) && port > 0 ? port : undefined
  } catch {
    return undefined
  }
}

/** @throws Error if the folder is not writable */
function writePort(folder: string, port: number): void {
  const aside = join(folder, `${PORT}.${ownProcessId()}`)
  writeFileSync(aside, String(port), { mode: 0o600 })
  renameSync(aside, join(folder, PORT))
}

/** The port of the pages, in memory while the process is alone, and then in the folder. */
export interface PortNote {
  read(): number | undefined
  /** @throws Error if the folder is not writable */
  write(port: number): void
  /** Makes the port readable for other processes. @throws Error if the folder is not writable */
  share(): void
}

export function createPortNote(folder: string): PortNote {
  let own: number | undefined
  let isShared = false
  return {
    read: () => (isShared ? readPort(folder) : own),
    write(port) {
      own = port
      if (isShared) writePort(folder, port)
    },
    share() {
      isShared = true
      if (own !== undefined) writePort(folder, own)
    },
  }
}
