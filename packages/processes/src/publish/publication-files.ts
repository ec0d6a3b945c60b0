import { join } from 'node:path'
import { openFolder } from '../identity/group-folder.js'
import type { ProcessId } from '../identity/process-id.js'
import { nextPublicationId, removeOlder } from '../identity/publications.js'
import { createLineFile, type LineFile } from './line-file.js'
import { createNumberFile, type NumberFile } from './number-file.js'

/** The two files of one publication. */
export interface PublicationFiles {
  readonly lines: LineFile
  readonly numbers: NumberFile
  /** Makes them visible to readers, and removes earlier ones of this process. */
  show(): void
  /** Sets the time of both, so that programs that clear temporary folders keep them. @throws Error if one is gone */
  touch(now: Date): void
  close(): void
}

/**
 * Creates new files for a process.
 *
 * @throws Error if they cannot be created
 */
export function createPublicationFiles(directory: string, owner: ProcessId): PublicationFiles {
  openFolder(directory)
  const id = nextPublicationId(directory, owner)
  const lines = createLineFile(join(directory, `${id}.series`))
  const numbers = createNumberFile(join(directory, `${id}.numbers`))
  let isShown = false
  return {
    lines,
    numbers,
    show() {
      if (isShown) return
      isShown = true
      lines.show()
      removeOlder(directory, id)
    },
    touch(now) {
      lines.touch(now)
      numbers.touch(now)
    },
    close() {
      lines.close()
      numbers.close()
    },
  }
}
