import type * as NodeFs from 'node:fs'

export type Fs = typeof NodeFs
type Stats = NodeFs.BigIntStats

/** How to open the file: its path, the flags of `open`, and the mode of a file that has to be created. */
export interface FilePlace {
  readonly path: string
  readonly flags: number
  readonly mode: number
}

/** An open file. The append file that opened it owns it and updates `size`, `isTorn` and `expectedSize`. */
export interface OpenedFile {
  readonly descriptor: number
  readonly stats: Stats
  size: bigint
  /** The file ends within a line, after a crash or a full disk. The next line must start on a line of its own. */
  isTorn: boolean
  /** The size the file will have when the write in progress is done. */
  expectedSize: bigint | undefined
}

const NEWLINE = 10

/** Turns a callback of `node:fs` into a promise. Plain descriptors are used: Node warns about a collected FileHandle. */
export function call<T>(work: (done: (error: Error | null, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    work((error, value) => (error ? reject(error) : resolve(value)))
  })
}

/** Opens the file and reads its last byte. Rejects with the error of `node:fs`; leaves no descriptor open then. */
export async function openFile(fs: Fs, { path, flags, mode }: FilePlace): Promise<OpenedFile> {
  const descriptor = await call<number>((done) => fs.open(path, flags, mode, done))
  try {
    const stats = await call<Stats>((done) => fs.fstat(descriptor, { bigint: true }, done))
    const last = new Uint8Array([NEWLINE])
    if (hasLastByte(stats)) await call<number>((done) => fs.read(descriptor, last, 0, 1, stats.size - 1n, done))
    return toOpenedFile(descriptor, stats, last)
  } catch (error) {
    fs.close(descriptor, () => {})
    throw error
  }
}

/** Does the same as `openFile`, synchronously. */
export function openFileNow(fs: Fs, { path, flags, mode }: FilePlace): OpenedFile {
  const descriptor = fs.openSync(path, flags, mode)
  const stats = fs.fstatSync(descriptor, { bigint: true })
  const last = new Uint8Array([NEWLINE])
  if (hasLastByte(stats)) fs.readSync(descriptor, last, 0, 1, stats.size - 1n)
  return toOpenedFile(descriptor, stats, last)
}

function hasLastByte(stats: Stats): boolean {
  return stats.isFile() && stats.size > 0n
}

function toOpenedFile(descriptor: number, stats: Stats, last: Uint8Array): OpenedFile {
  return { descriptor, stats, size: stats.size, isTorn: last[0] !== NEWLINE, expectedSize: undefined }
}

/** Whether the path still names this file. Updates its size: copytruncate empties a file and keeps its name. */
export function isStillAt(file: OpenedFile, now: Stats | undefined): boolean {
  if (now === undefined || now.ino !== file.stats.ino || now.dev !== file.stats.dev) return false
  file.size = now.size
  // O_APPEND writes at the start of an empty file, where no line is torn.
  if (now.size === 0n) file.isTorn = false
  return true
}

/** The bytes to write: `data`, after the end of a torn line. */
export function withLineEnd(file: OpenedFile, data: Uint8Array): { bytes: Uint8Array; added: number } {
  if (!file.isTorn || data.length === 0) return { bytes: data, added: 0 }
  const bytes = new Uint8Array(data.length + 1)
  bytes[0] = NEWLINE
  bytes.set(data, 1)
  return { bytes, added: 1 }
}
