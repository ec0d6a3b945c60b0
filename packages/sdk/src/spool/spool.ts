import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Recorder } from '@quipu/core'
import {
  type Encoding,
  FRAME_BYTES,
  frame,
  parseSpoolFileName,
  type SpooledBatch,
  spoolFileName,
  unframe,
} from './spool-file.js'
import { createSpoolFolders } from './spool-folders.js'

/** Where batches wait on disk, and how much of them. */
export interface SpoolSettings {
  readonly directory: string
  readonly maxBytes: number
  readonly maxAgeMs: number
}

/** One batch on disk. */
export interface SpoolFile extends SpooledBatch {
  readonly path: string
  readonly bytes: number
}

/**
 * Batches on disk, as they will be sent: a file each, written under another name and renamed, so that a process that is
 * killed leaves a whole file or none. Nothing here throws: what the disk does not do is counted in
 * `quipu_guard_catches_total{site="spool"}`.
 */
export interface Spool extends Pick<SpoolSettings, 'maxBytes' | 'maxAgeMs'> {
  /** A place for a batch; written twice, it is still one. */
  reserve(body: Uint8Array, count: number, encoding: Encoding): SpoolFile | undefined
  /** @returns whether the disk took it */
  write(file: SpoolFile, body: Uint8Array): Promise<boolean>
  /** The same where nothing asynchronous runs any more. */
  writeNow(file: SpoolFile, body: Uint8Array): boolean
  /** `gone`: somebody removed it; `corrupt`: it is not what was written, and has been set aside. */
  read(file: SpoolFile): Promise<Uint8Array | 'gone' | 'corrupt'>
  remove(file: SpoolFile): void
  /** What dead processes have left, oldest first; it belongs to this one from now on. */
  adopt(): readonly SpoolFile[]
  now(): number
  /** Says how many bytes wait, for `quipu_spool_bytes`. */
  report(bytes: number): void
  close(): void
}

/** Metrics and log records have a spool each, and one gauge. */
const reported = new WeakMap<object, Map<string, number>>()

/** Most spoilt files that are kept for who wants to know how they came to be. */
const MAX_CORRUPT = 10

export function createSpool(
  settings: SpoolSettings,
  signal: 'metrics' | 'logs',
  recorder: Pick<Recorder, 'guard' | 'clock' | 'metrics'>,
): Spool {
  const aside = join(settings.directory, 'corrupt')
  const attempt = <T>(work: () => T): T | undefined => recorder.guard('spool', work)
  const folders = createSpoolFolders(join(settings.directory, signal), (work) => void attempt(work))
  let sequence = 0
  const fail = (error: unknown): void => {
    attempt(() => {
      throw error
    })
  }

  function setAside({ path }: SpoolFile): void {
    attempt(() => {
      mkdirSync(aside, { recursive: true, mode: 0o700 })
      renameSync(path, join(aside, `${basename(path)}-${signal}-${process.pid}`))
      for (const name of readdirSync(aside).sort().slice(0, -MAX_CORRUPT)) rmSync(join(aside, name), { force: true })
    })
  }

  return {
    maxBytes: settings.maxBytes,
    maxAgeMs: settings.maxAgeMs,
    now: () => recorder.clock.unixMs(),
    reserve: (body, count, encoding) =>
      attempt(() => {
        const batch = { unixMs: recorder.clock.unixMs(), sequence: sequence++, count, encoding }
        return { ...batch, path: join(folders.own(), spoolFileName(batch)), bytes: FRAME_BYTES + body.length }
      }),
    async write({ path }, body) {
      const temporary = `${path}.tmp`
      try {
        await writeFile(temporary, frame(body), { mode: 0o600, flag: 'wx' })
        await rename(temporary, path)
        return true
      } catch (error) {
        fail(error)
        await rm(temporary, { force: true }).catch(fail)
        return false
      }
    },
    writeNow({ path }, body) {
      const temporary = `${path}.now.tmp`
      const isWritten = attempt(() => {
        writeFileSync(temporary, frame(body), { mode: 0o600, flag: 'wx' })
        renameSync(temporary, path)
        return true
      })
      if (isWritten !== true) attempt(() => rmSync(temporary, { force: true }))
      return isWritten === true
    },
    async read(file) {
      try {
        const body = unframe(await readFile(file.path))
        if (body !== undefined) return body
        setAside(file)
        return 'corrupt'
      } catch (error) {
        fail(error)
        return 'gone'
      }
    },
    // Synchronously: what was taken must not be found again, whenever the process ends.
    remove: ({ path }) => void attempt(() => rmSync(path, { force: true })),
    adopt: () =>
      folders
        .adopt()
        .flatMap((folder) => attempt(() => filesIn(folder)) ?? [])
        .sort(byTime),
    report(bytes) {
      const all = reported.get(recorder.clock) ?? new Map<string, number>()
      reported.set(recorder.clock, all.set(signal, bytes))
      recorder.metrics.quipu_spool_bytes.set([...all.values()].reduce((sum, each) => sum + each, 0))
    },
    close: () => void attempt(() => folders.leave()),
  }
}

function filesIn(folder: string): readonly SpoolFile[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    const batch = parseSpoolFileName(name)
    if (batch !== undefined) return [{ ...batch, path, bytes: statSync(path).size }]
    // What its process was killed in the midst of.
    if (name.endsWith('.tmp')) rmSync(path, { force: true })
    return []
  })
}

function byTime(a: SpoolFile, b: SpoolFile): number {
  return a.unixMs - b.unixMs || a.sequence - b.sequence
}
