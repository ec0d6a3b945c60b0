import { borrowBytes, giveBack, type PageBytes } from './page-bytes.js'

/** Where a page is written to: the bytes to write into, and where they go when they are a piece. */
export interface PageOutput {
  readonly bytes: PageBytes
  /** Passes on what was written, between two series; a promise when there is to be waited. */
  flush(): Promise<void> | undefined
}

/** Takes a piece of a page. Its memory may be written over as soon as the promise is settled. */
export type TakePiece = (piece: Uint8Array) => Promise<void>

/** An output that keeps its pieces. */
export interface KeepingOutput extends PageOutput {
  /** What was written since the last time it was asked, flushed or not. */
  pieces(): readonly Uint8Array[]
}

export function keepPieces(bytes: PageBytes): KeepingOutput {
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

/** An output that passes its pieces on and keeps none: two pieces' memory, one being written and one being taken. */
export interface PassingOutput extends PageOutput {
  /** How often something was passed on: what is cannot be left out any more. */
  readonly passed: number
  /** Passes on pieces whose memory is not the output's. */
  pass(pieces: readonly Uint8Array[]): Promise<void>
  /** Waits until everything is taken. */
  end(): Promise<void>
}

/** Pieces smaller than this are written to the others: a compressor has a price for each. */
const LEAST_PIECE = 1 << 14

export function passPieces(bytes: PageBytes, take: TakePiece): PassingOutput {
  let taking: Promise<void> | undefined
  let memory: Uint8Array | undefined
  let passed = 0
  const flush = async (): Promise<void> => {
    await taking
    const piece = bytes.swap(memory)
    memory = new Uint8Array(piece.buffer)
    passed++
    taking = take(piece)
    // Awaited with the next piece: until then a failure is nobody's to handle.
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
        if (bytes.isFull || (piece.length >= LEAST_PIECE && bytes.length > 0)) await flush()
        if (piece.length < LEAST_PIECE) {
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

/** Lends bytes for the time of some work. */
export async function withBytes<T>(work: (bytes: PageBytes) => Promise<T>): Promise<T> {
  const bytes = borrowBytes()
  try {
    return await work(bytes)
  } finally {
    giveBack(bytes)
  }
}
