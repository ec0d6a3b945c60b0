import { borrowBytes, giveBack, type PageBytes } from './page-bytes.js'

/** The destination of a page: a buffer to write into, and what receives its pieces. */
export interface PageOutput {
  readonly bytes: PageBytes
  /** Passes on the bytes so far, between two series. Returns a promise if the writer has to wait. */
  flush(): Promise<void> | undefined
}

/** Receives a piece of a page. Its memory can be overwritten after the promise has settled. */
export type OnPiece = (piece: Uint8Array) => Promise<void>

/** An output that collects its pieces. */
export interface BufferedOutput extends PageOutput {
  /** Returns all bytes since the last call, flushed or not. */
  pieces(): readonly Uint8Array[]
}

export function bufferedOutput(bytes: PageBytes): BufferedOutput {
  let kept: Uint8Array[] = []
  return {
    bytes,
    flush() {
      kept.push(bytes.take())
      return undefined
    },
    pieces() {
      if (bytes.length > 0) kept.push(bytes.take())
      const pieces = kept
      kept = []
      return pieces
    },
  }
}

/** An output that passes its pieces on. It uses the memory of two pieces: one being written and one being received. */
export interface StreamedOutput extends PageOutput {
  /** Number of pieces passed on. Passed pieces cannot be taken back. */
  readonly passed: number
  /** Passes on pieces whose memory does not belong to the output. */
  pass(pieces: readonly Uint8Array[]): Promise<void>
  /** Waits until all pieces have been received. */
  end(): Promise<void>
}

/** Smaller pieces are joined, because each piece has a fixed cost for a compressor. */
const MIN_PIECE_BYTES = 1 << 14

export function streamedOutput(bytes: PageBytes, take: OnPiece): StreamedOutput {
  let taking: Promise<void> | undefined
  let memory: Uint8Array | undefined
  let passed = 0
  const flush = async (): Promise<void> => {
    await taking
    const piece = bytes.swap(memory)
    memory = new Uint8Array(piece.buffer)
    passed++
    taking = take(piece)
    // Awaited with the next piece. Until then, a failure must not be an unhandled rejection.
    taking.catch(() => undefined)
  }
  return {
    bytes,
    flush,
    get passed() {
      return passed
    },
    async pass(pieces) {
      for (const piece of pieces) {
        if (bytes.isFull || (piece.length >= MIN_PIECE_BYTES && bytes.length > 0)) await flush()
        if (piece.length < MIN_PIECE_BYTES) {
          bytes.raw(piece)
          continue
        }
        await taking
        passed++
        await take(piece)
      }
    },
    async end() {
      if (bytes.length > 0) await flush()
      await taking
    },
  }
}

/** Lends a buffer for the duration of some work. */
export async function withBytes<T>(work: (bytes: PageBytes) => Promise<T>): Promise<T> {
  const bytes = borrowBytes()
  try {
    return await work(bytes)
  } finally {
    giveBack(bytes)
  }
}
