import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import type { Store } from '@quipu/store'
import type { SpoolOwners } from '../export-context.js'
import { adoptFiles, placeOf } from './adopt-files.js'
import { createDiskFailures, type DiskFailures } from './disk-failures.js'
import { openPrivateFolder } from './private-folder.js'
import { decodeFrame, type Encoding, encodeFrame, FRAME_BYTES, type SpoolFile, spoolFileName } from './spool-file.js'
import { createSpoolFolders, type SpoolFolders } from './spool-folders.js'

/** Directory and limits of stored batches. */
export interface SpoolSettings {
  readonly directory: string
  readonly maxBytes: number
  readonly maxAgeMs: number
}

/**
 * Batches on disk, in the form in which they are sent: one file each, written under another name and renamed, so that a
 * kill leaves a complete file or none. No method throws: disk errors are counted in
 * `quipu_guard_catches_total{site="spool_ENOSPC"}` by reason and reported once each.
 */
export interface Spool extends Pick<SpoolSettings, 'maxBytes' | 'maxAgeMs'> {
  /** Reserves a file for a batch; written twice, it is still one batch. */
  reserve(body: Uint8Array, count: number, encoding: Encoding): SpoolFile | undefined
  /** @returns whether the write succeeded */
  write(file: SpoolFile, body: Uint8Array): Promise<boolean>
  /** Writes synchronously, at the exit of the process. */
  writeNow(file: SpoolFile, body: Uint8Array): boolean
  /**
   * `gone`: it was removed or cannot be read; `corrupt`: its content is invalid, and the file was set aside;
   * `unreadable`: not at the moment, because the process or the host has too many open files.
   */
  read(file: SpoolFile): Promise<Uint8Array | 'gone' | 'corrupt' | 'unreadable'>
  remove(file: SpoolFile): void
  /** Takes over the batches of dead processes, oldest first. */
  adopt(): Promise<readonly SpoolFile[]>
  now(): number
  /** Reports the number of stored bytes for `quipu_spool_bytes`. */
  report(bytes: number): void
  close(): void
}

/** Metrics and log records have one spool each, and share a gauge. */
const reported = new WeakMap<object, Map<string, number>>()

/** Maximum number of corrupt files to keep for analysis. */
const MAX_CORRUPT = 10

/** Temporary conditions. */
const passing: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EBUSY'])

export function createSpool(
  settings: SpoolSettings,
  signal: 'metrics' | 'logs',
  recorder: Pick<Store, 'clock' | 'metrics'>,
  owners: SpoolOwners,
): Spool {
  const { directory, maxBytes, maxAgeMs } = settings
  const { clock } = recorder
  const folders = createSpoolFolders(directory, signal, owners)
  const failures = createDiskFailures(`quipu: the spool of ${signal} in ${directory}`, recorder)
  const { guard } = failures
  let sequence = 0
  return {
    maxBytes,
    maxAgeMs,
    now: () => clock.unixMs(),
    reserve: (body, count, encoding) =>
      guard(() => {
        const batch = { unixMs: clock.unixMs(), sequence: sequence++, count, encoding }
        return placeOf(folders, folders.own(), spoolFileName(batch), batch, FRAME_BYTES + body.length)
      }),
    write: (file, body) => write(folders, file, body, failures),
    writeNow(file, body) {
      const isWritten = guard(() => {
        writeFileSync(reach(folders, file, '.now.tmp'), encodeFrame(body), { mode: 0o600 })
        renameSync(reach(folders, file, '.now.tmp'), reach(folders, file))
        return true
      })
      if (isWritten !== true) guard(() => rmSync(reach(folders, file, '.now.tmp'), { force: true }))
      return isWritten === true
    },
    async read(file) {
      try {
        const body = decodeFrame(await readFile(reach(folders, file)))
        if (body !== undefined) return body
        guard(() => setAside(directory, signal, folders, file))
        return 'corrupt'
      } catch (error) {
        return passing.has(failures.count(error)) ? 'unreadable' : 'gone'
      }
    },
    // Synchronous: a delivered batch must not be found again, whenever the process ends.
    remove: (file) => void guard(() => rmSync(reach(folders, file), { force: true })),
    adopt: () => adoptFiles(folders, failures),
    report(bytes) {
      const all = reported.get(clock) ?? new Map<string, number>()
      reported.set(clock, all.set(signal, bytes))
      recorder.metrics.quipu_spool_bytes.set([...all.values()].reduce((sum, each) => sum + each, 0))
    },
    close: () => void guard(folders.leave),
  }
}

function reach(folders: SpoolFolders, { folder, name }: SpoolFile, ending = ''): string {
  return folders.at(folder, `${name}${ending}`)
}

async function write(
  folders: SpoolFolders,
  file: SpoolFile,
  body: Uint8Array,
  failures: DiskFailures,
): Promise<boolean> {
  try {
    await writeFile(reach(folders, file, '.tmp'), encodeFrame(body), { mode: 0o600 })
    await rename(reach(folders, file, '.tmp'), reach(folders, file))
    return true
  } catch (error) {
    failures.count(error)
    failures.guard(() => rmSync(reach(folders, file, '.tmp'), { force: true }))
    return false
  }
}

/** Keeps a corrupt file, and the latest of earlier ones. */
function setAside(directory: string, signal: string, folders: SpoolFolders, file: SpoolFile): void {
  const aside = openPrivateFolder(directory, 'corrupt')
  try {
    renameSync(reach(folders, file), aside.at(`${file.name}-${signal}-${process.pid}`))
    for (const name of readdirSync(aside.at('.')).sort().slice(0, -MAX_CORRUPT)) rmSync(aside.at(name), { force: true })
  } finally {
    aside.close()
  }
}
