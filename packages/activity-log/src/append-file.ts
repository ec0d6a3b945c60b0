import {
  call,
  type FilePlace,
  type Fs,
  isStillAt,
  type OpenedFile,
  openFile,
  openFileNow,
  withLineEnd,
} from './opened-file.js'

/** A file to which lines are appended, by name: after a rename, removal or replacement, the file is opened again. */
export interface AppendFile {
  /** Opens the file, or opens it again if its name now refers to another file. Rejects if that fails. */
  ready(): Promise<void>
  /** Appends to the file that `ready` opened. Resolves to the number of bytes written; never rejects. */
  append(data: Uint8Array): Promise<number>
  /** Waits for an `append` in progress, then opens and appends synchronously, for the exit of the process. */
  appendNow(data: Uint8Array): void
  /** Resolves when the appended bytes are on disk, as far as the system reports it; never rejects. */
  sync(): Promise<void>
  close(): Promise<void>
}

/** How long the exit of the process waits for a write in progress, in milliseconds. */
const EXIT_WAIT_MS = 1000

/** Appends to `path`, which is created with `mode` when it is missing. Opens nothing before `ready` or `appendNow`. */
export function createAppendFile(fs: Fs, path: string, mode: number): AppendFile {
  const place = { path, mode, flags: flagsOf(fs) }
  let file: OpenedFile | undefined

  async function close(): Promise<void> {
    const descriptor = file?.descriptor
    file = undefined
    if (descriptor !== undefined)
      await call<void>((done) => fs.close(descriptor, (error) => done(error ?? null))).catch(() => {})
  }

  return {
    async ready() {
      if (file !== undefined && (await isMoved(fs, file, place))) await close()
      file ??= await openFile(fs, place)
    },
    async append(data) {
      if (file === undefined) return 0
      const { written, isComplete } = await write(fs, file, data)
      // A failed descriptor is not used again: the next lines open the file again and check its end.
      if (!isComplete) await close()
      return written
    },
    appendNow(data) {
      if (file !== undefined) awaitWrite(fs, file)
      if (data.length === 0) return
      if (file === undefined || isMovedNow(fs, file, place)) file = openFileNow(fs, place)
      try {
        writeNow(fs, file, data)
      } catch (error) {
        file = undefined
        throw error
      }
    },
    async sync() {
      const descriptor = file?.descriptor
      if (descriptor !== undefined)
        await call<void>((done) => fs.fsync(descriptor, (error) => done(error))).catch(() => {})
    },
    close,
  }
}

/** Reading is for the last byte. Without O_NONBLOCK, a FIFO without a reader would hang the exit of the process. */
function flagsOf({ constants: { O_APPEND, O_CREAT, O_RDWR, O_NONBLOCK } }: Fs): number {
  return O_APPEND | O_CREAT | O_RDWR | (O_NONBLOCK ?? 0)
}

async function isMoved(fs: Fs, file: OpenedFile, { path }: FilePlace): Promise<boolean> {
  try {
    return !isStillAt(file, await call((done) => fs.stat(path, { bigint: true }, done)))
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT'
  }
}

function isMovedNow(fs: Fs, file: OpenedFile, { path }: FilePlace): boolean {
  return !isStillAt(file, fs.statSync(path, { bigint: true, throwIfNoEntry: false }))
}

/** Writes until everything is out or a write fails; the byte that ends a torn line is not counted. */
async function write(
  fs: Fs,
  file: OpenedFile,
  data: Uint8Array,
): Promise<{ readonly written: number; readonly isComplete: boolean }> {
  const { bytes, added } = withLineEnd(file, data)
  let written = 0
  file.expectedSize = file.size + BigInt(bytes.length)
  try {
    while (written < bytes.length) {
      const from = written
      const count = await call<number>((done) =>
        fs.write(file.descriptor, bytes, from, bytes.length - from, null, done),
      )
      if (count === 0) break
      written += count
    }
  } catch {
    // Disk full, closed descriptor, device gone: the caller counts the missing lines.
  }
  file.expectedSize = undefined
  const isComplete = written === bytes.length
  if (isComplete) file.isTorn = false
  return { written: Math.max(0, written - added), isComplete }
}

function writeNow(fs: Fs, file: OpenedFile, data: Uint8Array): void {
  const { bytes } = withLineEnd(file, data)
  let written = 0
  while (written < bytes.length) {
    written += fs.writeSync(file.descriptor, bytes, written, bytes.length - written, null)
  }
  file.isTorn = false
}

/** Waits for the write in progress: a thread of the pool continues it while this thread sleeps. */
function awaitWrite(fs: Fs, { descriptor, stats, expectedSize }: OpenedFile): void {
  if (expectedSize === undefined || !stats.isFile()) return
  for (let waitedMs = 0; waitedMs < EXIT_WAIT_MS; waitedMs++) {
    if (fs.fstatSync(descriptor, { bigint: true }).size >= expectedSize) return
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
  }
}
