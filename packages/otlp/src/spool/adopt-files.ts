import { lstat, readdir, rm } from 'node:fs/promises'
import type { DiskFailures } from './disk-failures.js'
import { parseSpoolFileName, type SpooledBatch, type SpoolFile } from './spool-file.js'
import type { SpoolFolders } from './spool-folders.js'

/** The file of a batch in one of the folders. */
export function placeOf(
  folders: SpoolFolders,
  folder: string,
  name: string,
  batch: SpooledBatch,
  bytes: number,
): SpoolFile {
  return { ...batch, folder, name, path: folders.pathOf(folder, name), bytes }
}

/** Takes over the files of dead processes. @returns the files, oldest first */
export async function adoptFiles(folders: SpoolFolders, failures: DiskFailures): Promise<readonly SpoolFile[]> {
  const files: SpoolFile[] = []
  for (const folder of failures.guard(folders.adopt) ?? []) {
    try {
      for (const name of await readdir(folders.at(folder))) {
        const file = await fileOf(folders, folder, name, failures)
        if (file !== undefined) files.push(file)
      }
    } catch (error) {
      failures.count(error)
    }
  }
  return files.sort((a, b) => a.unixMs - b.unixMs || a.sequence - b.sequence)
}

/** Each separately: an unreadable file does not affect the others. */
async function fileOf(
  folders: SpoolFolders,
  folder: string,
  name: string,
  failures: DiskFailures,
): Promise<SpoolFile | undefined> {
  const batch = parseSpoolFileName(name)
  try {
    const stat = batch && (await lstat(folders.at(folder, name)))
    if (batch !== undefined && stat?.isFile() === true) return placeOf(folders, folder, name, batch, stat.size)
    // A process was killed while writing this file.
    if (name.endsWith('.tmp')) await rm(folders.at(folder, name), { force: true })
  } catch (error) {
    failures.count(error)
  }
  return undefined
}
