import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs'

/** No file of Quipu is larger; a larger one belongs to another program. */
const MAX_BYTES = 256 * 1024 * 1024

/** Code of the error for an entry that Quipu has not written: a pipe, a folder, a file that is too large. */
export const NOT_A_FILE = 'QUIPU_NOT_A_FILE'

/** The read part of a file, with the file's status. */
interface FilePart {
  readonly bytes: Buffer
  readonly stat: Stats
}

/**
 * Reads a regular file from a position on, and no other kind: a pipe of that name would block the event loop, and a
 * link may lead anywhere.
 *
 * @param from returns the start in bytes, from the file's status
 * @throws Error with the system's code, or NOT_A_FILE
 */
export function readRegularFile(path: string, from: (stat: Stats) => number = () => 0): FilePart {
  // Windows has neither flag.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0))
  try {
    const stat = fstatSync(file)
    if (!stat.isFile() || stat.size > MAX_BYTES) {
      throw Object.assign(new Error(`${path} is not a file of at most ${MAX_BYTES} bytes`), { code: NOT_A_FILE })
    }
    const start = from(stat)
    const bytes = Buffer.alloc(Math.max(0, stat.size - start))
    const length = bytes.length === 0 ? 0 : readSync(file, bytes, 0, bytes.length, start)
    return { bytes: bytes.subarray(0, length), stat }
  } finally {
    closeSync(file)
  }
}

export function readText(path: string): string {
  return readRegularFile(path).bytes.toString('utf8')
}
