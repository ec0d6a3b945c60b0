import { createHash } from 'node:crypto'

/** Encoding of a body. */
export type Encoding = 'json' | 'protobuf'

/** The content of a spool file's name, which suffices to count a batch whose file is corrupt. */
export interface SpooledBatch {
  /** Time of writing in milliseconds since the Unix epoch. */
  readonly unixMs: number
  /** Its index among the batches of one process. */
  readonly sequence: number
  /** Points or log records in it. */
  readonly count: number
  readonly encoding: Encoding
}

/** One batch on disk. */
export interface SpoolFile extends SpooledBatch {
  readonly folder: string
  readonly name: string
  /** Path for other processes. */
  readonly path: string
  readonly bytes: number
}

const ending = { json: 'json', protobuf: 'pb' } as const
const pattern = /^(\d{14})-(\d{8,})-(\d{1,9})\.(json|pb)$/
const HEADER = /^quipu-spool 1 ([0-9a-f]{64})$/
/** Bytes of a file in addition to the body. */
export const FRAME_BYTES = 'quipu-spool 1 '.length + 64 + 1

/** A name that sorts by time. */
export function spoolFileName({ unixMs, sequence, count, encoding }: SpooledBatch): string {
  const time = String(Math.max(0, Math.round(unixMs))).padStart(14, '0')
  return `${time}-${String(sequence).padStart(8, '0')}-${count}.${ending[encoding]}`
}

/** @returns undefined for the name of another file */
export function parseSpoolFileName(name: string): SpooledBatch | undefined {
  const [, time, sequence, count, end] = pattern.exec(name) ?? []
  if (end === undefined) return undefined
  return {
    unixMs: Number(time),
    sequence: Number(sequence),
    count: Number(count),
    encoding: end === 'json' ? 'json' : 'protobuf',
  }
}

/** The content of a file: a line with the checksum, and the body as it is sent. */
export function encodeFrame(body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`quipu-spool 1 ${digest(body)}\n`, 'latin1'), body])
}

/** @returns the body; undefined for a corrupt file */
export function decodeFrame(content: Buffer): Uint8Array | undefined {
  const header = content.subarray(0, FRAME_BYTES)
  const [, expected] = HEADER.exec(header.subarray(0, -1).toString('latin1')) ?? []
  const body = content.subarray(FRAME_BYTES)
  return header.at(-1) === 0x0a && expected === digest(body) ? body : undefined
}

function digest(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex')
}
