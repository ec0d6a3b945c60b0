import type * as NodeFs from 'node:fs'

/** A file that lines are appended to, under one name, whatever becomes of the file that had the name. */
export interface AppendFile {
  /** Opens the file, or the new one where it was renamed, removed or replaced. Rejects when that fails. */
  ready(): Promise<void>
  /** Appends to the file that `ready` found. Resolves to the bytes that got out; never rejects. */
  append(data: Uint8Array): Promise<number>
  /** Waits for an `append` that is on its way, then does what `ready` and `append` do; for the exit of the process. */
  appendNow(data: Uint8Array): void
  /** Resolves when the disk has what was appended, as far as it can be told; never rejects. */
  sync(): Promise<void>
  close(): Promise<void>
}

type Fs = typeof NodeFs
type Stats = NodeFs.BigIntStats

/** How long the exit of the process waits for a write that the disk has not answered. */
const EXIT_WAIT_MS = 1000
const NEWLINE = 10

function sleepMs(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/** A promise of what a callback of `node:fs` gets. Plain descriptors: a FileHandle that is collected warns. */
function call<T>(work: (done: (error: Error | null, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    work((error, value) => (error ? reject(error) : resolve(value)))
  })
}

/** Appends to `path`, which is created with `mode` when it is missing. Opens nothing before `ready` or `appendNow`. */
export function createAppendFile(fs: Fs, path: string, mode: number): AppendFile {
  // Reading is for the last byte. Without O_NONBLOCK a FIFO nobody reads would hang the exit of the process.
  const { O_APPEND, O_CREAT, O_RDWR, O_NONBLOCK } = fs.constants
  const flags = O_APPEND | O_CREAT | O_RDWR | (O_NONBLOCK ?? 0)
  const bigint = { bigint: true } as const

  let fd: number | undefined
  let opened: Stats | undefined
  let size = 0n
  /** The file ends within a line: by a crash, or by a disk that was full. The next line must not be glued to it. */
  let torn = false
  /** The size that the file has when the write on its way is done. */
  let expectedSize: bigint | undefined

  function isSame(now: Stats): boolean {
    return opened !== undefined && now.ino === opened.ino && now.dev === opened.dev
  }

  function adopt(descriptor: number, stats: Stats, lastByte: number | undefined): void {
    fd = descriptor
    opened = stats
    size = stats.size
    torn = lastByte !== undefined && lastByte !== NEWLINE
  }

  /** After a copytruncate the file is the same, and empty: O_APPEND then writes at its start, and nothing is torn. */
  function see(now: Stats): void {
    size = now.size
    if (size === 0n) torn = false
  }

  function endsInLine(stats: Stats): boolean {
    return stats.isFile() && stats.size > 0n
  }

  function forget(): number | undefined {
    const old = fd
    fd = undefined
    opened = undefined
    return old
  }

  async function open(): Promise<void> {
    const descriptor = await call<number>((done) => fs.open(path, flags, mode, done))
    try {
      const stats = await call<Stats>((done) => fs.fstat(descriptor, bigint, done))
      const last = new Uint8Array(1)
      if (endsInLine(stats)) {
        await call<number>((done) => fs.read(descriptor, last, 0, 1, stats.size - 1n, done))
      }
      adopt(descriptor, stats, endsInLine(stats) ? last[0] : undefined)
    } catch (error) {
      fs.close(descriptor, () => {})
      throw error
    }
  }

  async function isMoved(): Promise<boolean> {
    try {
      const now = await call<Stats>((done) => fs.stat(path, bigint, done))
      if (!isSame(now)) return true
      see(now)
      return false
    } catch (error) {
      return errorCode(error) === 'ENOENT'
    }
  }

  async function ready(): Promise<void> {
    if (fd !== undefined && (await isMoved())) await close()
    if (fd === undefined) await open()
  }

  /** The torn line gets its end first; that byte is nobody's. */
  function withLineEnd(data: Uint8Array): { bytes: Uint8Array; extra: number } {
    if (!torn || data.length === 0) return { bytes: data, extra: 0 }
    const bytes = new Uint8Array(data.length + 1)
    bytes[0] = NEWLINE
    bytes.set(data, 1)
    return { bytes, extra: 1 }
  }

  async function append(data: Uint8Array): Promise<number> {
    const descriptor = fd
    if (descriptor === undefined) return 0
    const { bytes, extra } = withLineEnd(data)
    let written = 0
    expectedSize = size + BigInt(bytes.length)
    try {
      while (written < bytes.length) {
        const from = written
        const count = await call<number>((done) => fs.write(descriptor, bytes, from, bytes.length - from, null, done))
        if (count === 0) break
        written += count
      }
    } catch {
      // Disk full, closed descriptor, device gone: what is missing is counted by who asked.
    }
    expectedSize = undefined
    // A descriptor that failed is not used again: the next lines open the file anew, and see how it ends.
    if (written === bytes.length) torn = false
    else await close()
    return Math.max(0, written - extra)
  }

  /** The write on its way was handed to a thread, which goes on while this one waits. */
  function awaitAppend(): void {
    if (expectedSize === undefined || fd === undefined || opened?.isFile() !== true) return
    for (let waited = 0; waited < EXIT_WAIT_MS; waited++) {
      if (fs.fstatSync(fd, bigint).size >= expectedSize) return
      sleepMs(1)
    }
  }

  function readyNow(): number {
    if (fd !== undefined) {
      const now = fs.statSync(path, { bigint: true, throwIfNoEntry: false })
      if (now !== undefined && isSame(now)) {
        see(now)
        return fd
      }
    }
    const descriptor = fs.openSync(path, flags, mode)
    const stats = fs.fstatSync(descriptor, bigint)
    const last = new Uint8Array(1)
    if (endsInLine(stats)) fs.readSync(descriptor, last, 0, 1, stats.size - 1n)
    adopt(descriptor, stats, endsInLine(stats) ? last[0] : undefined)
    return descriptor
  }

  function appendNow(data: Uint8Array): void {
    awaitAppend()
    if (data.length === 0) return
    const descriptor = readyNow()
    const { bytes } = withLineEnd(data)
    let written = 0
    try {
      while (written < bytes.length) written += fs.writeSync(descriptor, bytes, written, bytes.length - written, null)
      torn = false
    } catch (error) {
      forget()
      throw error
    }
  }

  async function sync(): Promise<void> {
    const descriptor = fd
    if (descriptor !== undefined)
      await call<void>((done) => fs.fsync(descriptor, (error) => done(error))).catch(() => {})
  }

  async function close(): Promise<void> {
    const descriptor = forget()
    if (descriptor !== undefined)
      await call<void>((done) => fs.close(descriptor, (error) => done(error ?? null))).catch(() => {})
  }

  return { ready, append, appendNow, sync, close }
}
