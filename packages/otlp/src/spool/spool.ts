import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { lstat, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { diag } from '@opentelemetry/api'
import { QuipuError } from '@quipu/catalog/builtin'
import type { Recorder } from '@quipu/core'
import type { SpoolOwners } from '../export-context.js'
import { warn } from '../report-failure.js'
import { openPrivateFolder } from './private-folder.js'
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
  readonly folder: string
  readonly name: string
  /** By which other processes know it. */
  readonly path: string
  readonly bytes: number
}

/**
 * Batches on disk, as they will be sent: a file each, written under another name and renamed, so that a process that is
 * killed leaves a whole file or none. Nothing here throws: what the disk does not do is counted in
 * `quipu_guard_catches_total{site="spool_ENOSPC"}`, by its reason, and said once for each.
 */
export interface Spool extends Pick<SpoolSettings, 'maxBytes' | 'maxAgeMs'> {
  /** A place for a batch; written twice, it is still one. */
  reserve(body: Uint8Array, count: number, encoding: Encoding): SpoolFile | undefined
  /** @returns whether the disk took it */
  write(file: SpoolFile, body: Uint8Array): Promise<boolean>
  /** The same where nothing asynchronous runs any more. */
  writeNow(file: SpoolFile, body: Uint8Array): boolean
  /**
   * `gone`: somebody removed it, or the disk does not give it; `corrupt`: it is not what was written, and has been set
   * aside; `unreadable`: not now, since the process, or the host, has too much open.
   */
  read(file: SpoolFile): Promise<Uint8Array | 'gone' | 'corrupt' | 'unreadable'>
  remove(file: SpoolFile): void
  /** What dead processes have left, oldest first; it belongs to this one from now on. */
  adopt(): Promise<readonly SpoolFile[]>
  now(): number
  /** Says how many bytes wait, for `quipu_spool_bytes`. */
  report(bytes: number): void
  close(): void
}

/** Metrics and log records have a spool each, and one gauge. */
const reported = new WeakMap<object, Map<string, number>>()

/** Most spoilt files that are kept for who wants to know how they came to be. */
const MAX_CORRUPT = 10

/** Conditions that pass by themselves. */
const passing: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EBUSY'])

export function createSpool(
  settings: SpoolSettings,
  signal: 'metrics' | 'logs',
  recorder: Pick<Recorder, 'clock' | 'metrics'>,
  owners: SpoolOwners,
): Spool {
  const folders = createSpoolFolders(settings.directory, signal, owners)
  const said = new Set<string>()
  let sequence = 0

  /** Counts what the disk did not do, and says each reason once. */
  function fail(error: unknown): string {
    const code = codeOf(error)
    recorder.metrics.quipu_guard_catches_total.add(1, { site: `spool_${code}` })
    if (!said.has(code)) {
      said.add(code)
      const what = `quipu: the spool of ${signal} in ${settings.directory} fails (${code})`
      if (error instanceof QuipuError) warn(`${what}: ${error.what} ${error.fix}. Batches wait in memory.`)
      else diag.error(`${what}; what it does not take waits in memory`)
    }
    return code
  }
  function attempt<T>(work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      fail(error)
      return undefined
    }
  }

  const at = ({ folder, name }: SpoolFile, ending = ''): string => folders.at(folder, `${name}${ending}`)

  function setAside(file: SpoolFile): void {
    attempt(() => {
      const aside = openPrivateFolder(settings.directory, 'corrupt')
      try {
        renameSync(at(file), aside.at(`${file.name}-${signal}-${process.pid}`))
        for (const name of readdirSync(aside.at('.')).sort().slice(0, -MAX_CORRUPT))
          rmSync(aside.at(name), { force: true })
      } finally {
        aside.close()
      }
    })
  }

  const place = (folder: string, name: string, batch: SpooledBatch, bytes: number): SpoolFile => ({
    ...batch,
    folder,
    name,
    path: folders.pathOf(folder, name),
    bytes,
  })

  async function filesIn(folder: string): Promise<readonly SpoolFile[]> {
    const files: SpoolFile[] = []
    for (const name of await readdir(folders.at(folder))) {
      const batch = parseSpoolFileName(name)
      try {
        // Each by itself: one that the disk does not give costs no other.
        const stat = batch && (await lstat(folders.at(folder, name)))
        if (batch !== undefined && stat?.isFile() === true) files.push(place(folder, name, batch, stat.size))
        // A process was killed while it wrote this.
        else if (name.endsWith('.tmp')) await rm(folders.at(folder, name), { force: true })
      } catch (error) {
        fail(error)
      }
    }
    return files
  }

  return {
    maxBytes: settings.maxBytes,
    maxAgeMs: settings.maxAgeMs,
    now: () => recorder.clock.unixMs(),
    reserve: (body, count, encoding) =>
      attempt(() => {
        const batch = { unixMs: recorder.clock.unixMs(), sequence: sequence++, count, encoding }
        return place(folders.own(), spoolFileName(batch), batch, FRAME_BYTES + body.length)
      }),
    async write(file, body) {
      try {
        await writeFile(at(file, '.tmp'), frame(body), { mode: 0o600 })
        await rename(at(file, '.tmp'), at(file))
        return true
      } catch (error) {
        fail(error)
        attempt(() => rmSync(at(file, '.tmp'), { force: true }))
        return false
      }
    },
    writeNow(file, body) {
      const isWritten = attempt(() => {
        writeFileSync(at(file, '.now.tmp'), frame(body), { mode: 0o600 })
        renameSync(at(file, '.now.tmp'), at(file))
        return true
      })
      if (isWritten !== true) attempt(() => rmSync(at(file, '.now.tmp'), { force: true }))
      return isWritten === true
    },
    async read(file) {
      try {
        const body = unframe(await readFile(at(file)))
        if (body !== undefined) return body
        setAside(file)
        return 'corrupt'
      } catch (error) {
        return passing.has(fail(error)) ? 'unreadable' : 'gone'
      }
    },
    // Synchronously: what was taken must not be found again, whenever the process ends.
    remove: (file) => void attempt(() => rmSync(at(file), { force: true })),
    async adopt() {
      const files: SpoolFile[] = []
      for (const folder of attempt(folders.adopt) ?? []) {
        try {
          for (const file of await filesIn(folder)) files.push(file)
        } catch (error) {
          fail(error)
        }
      }
      return files.sort(byTime)
    },
    report(bytes) {
      const all = reported.get(recorder.clock) ?? new Map<string, number>()
      reported.set(recorder.clock, all.set(signal, bytes))
      recorder.metrics.quipu_spool_bytes.set([...all.values()].reduce((sum, each) => sum + each, 0))
    },
    close: () => void attempt(folders.leave),
  }
}

function byTime(a: SpoolFile, b: SpoolFile): number {
  return a.unixMs - b.unixMs || a.sequence - b.sequence
}

/** `ENOSPC`, `EACCES`: what the system calls the reason; its words have names of files in them. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^[A-Z][A-Z0-9_]{1,30}$/.test(code) ? code : 'other'
}
