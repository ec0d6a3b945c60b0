import { type FileHandle, open, stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

const POLL_MS = 250
const CHUNK_BYTES = 1 << 16

/**
 * Yields the bytes that are written to a file from a position on, until the signal is aborted. After a replacement
 * (rotation) or truncation (copytruncate) it continues at the start of the file. It waits for a missing file.
 */
export async function* followFile(path: string, from: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let position = from
  let file = await openIfThere(path)
  try {
    while (!signal.aborted) {
      if (file !== undefined) {
        for (;;) {
          const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, position)
          if (bytesRead === 0) break
          position += bytesRead
          yield buffer.subarray(0, bytesRead)
        }
      }
      const next = await reopened(path, file, position)
      if (next !== file) {
        await file?.close()
        file = next
        position = 0
        continue
      }
      if (file !== undefined && (await file.stat()).size < position) position = 0
      await delay(POLL_MS, undefined, { signal }).catch(() => undefined)
    }
  } finally {
    await file?.close()
  }
}

/** Opens the file that has the name now, which differs after a rotation. */
async function reopened(path: string, file: FileHandle | undefined, position: number): Promise<FileHandle | undefined> {
  const named = await stat(path).catch(() => undefined)
  if (named === undefined) return file
  if (file === undefined) return openIfThere(path)
  const { ino, dev, size } = await file.stat()
  const isSame = named.ino === ino && named.dev === dev
  // The rest of the old file is read before the new one.
  return isSame || size > position ? file : openIfThere(path)
}

function openIfThere(path: string): Promise<FileHandle | undefined> {
  return open(path, 'r').catch(() => undefined)
}
