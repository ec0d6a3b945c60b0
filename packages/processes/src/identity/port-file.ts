import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ownProcessId } from './process-id.js'
import { readText } from './read-file.js'

const PORT = 'port'

/** The port that the pages of a group have had last; undefined when none was written. */
export function readPort(folder: string): number | undefined {
  try {
    const port = Number(readText(join(folder, PORT)))
    return Number.isInteger(port) && port > 0 ? port : undefined
  } catch {
    return undefined
  }
}

/** @throws Error when the folder cannot be written */
function writePort(folder: string, port: number): void {
  const aside = join(folder, `${PORT}.${ownProcessId()}`)
  writeFileSync(aside, String(port), { mode: 0o600 })
  renameSync(aside, join(folder, PORT))
}

/** The port of the pages, in memory as long as the process is alone, and then in the folder. */
export interface PortNote {
  read(): number | undefined
  /** @throws Error when the folder cannot be written */
  write(port: number): void
  /** From now on the others read it too. @throws Error when the folder cannot be written */
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
