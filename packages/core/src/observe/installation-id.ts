import { builtinModule, environmentVariable } from '@quipu/store'

/** Stores the random id of an installation. It is not a user's name and not derived from one. */
export interface InstallationId {
  read(): string
  /** Deletes the id; the next `read` creates another one. */
  reset(): void
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

interface FileSystem {
  readFileSync(path: string, encoding: 'utf8'): string
  writeFileSync(path: string, text: string, options: { mode: number; flag: string }): void
  mkdirSync(path: string, options: { recursive: true; mode: number }): unknown
  rmSync(path: string, options: { force: true }): void
}

/**
 * Creates the id on first use, in a file that only its owner can read (0600). Without a writable file system, the id
 * lasts as long as the process.
 *
 * @param file default: `installation-id` in QUIPU_STATE_DIR, otherwise in `.quipu` of the home directory
 */
export function createInstallationId(file?: string): InstallationId {
  let id: string | undefined
  return {
    read() {
      id ??= readOrMake(file)
      return id
    },
    reset() {
      id = undefined
      withFile(file, (fs, path) => fs.rmSync(path, { force: true }))
    },
  }
}

function readOrMake(file: string | undefined): string {
  const made = crypto.randomUUID()
  const write = (): string | undefined =>
    withFile(file, (fs, path, folder) => {
      fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
      // `wx`: of two processes that start at once, the second reads the id of the first.
      fs.writeFileSync(path, `${made}\n`, { mode: 0o600, flag: 'wx' })
      return made
    })
  const kept = readId(file) ?? write() ?? readId(file)
  if (kept !== undefined) return kept
  // The file exists without a valid id and is replaced.
  withFile(file, (fs, path) => fs.rmSync(path, { force: true }))
  return write() ?? made
}

function readId(file: string | undefined): string | undefined {
  return withFile(file, (fs, path) => {
    const text = fs.readFileSync(path, 'utf8').trim()
    return UUID.test(text) ? text : undefined
  })
}

function withFile<T>(file: string | undefined, fn: (fs: FileSystem, path: string, folder: string) => T): T | undefined {
  try {
    const fs = builtinModule('node:fs')
    const path = pathOf(file)
    if (!isFileSystem(fs) || path === undefined) return undefined
    return fn(fs, path, path.replace(/[^/\\]*$/, '') || '.')
  } catch {
    return undefined
  }
}

function pathOf(file: string | undefined): string | undefined {
  if (file !== undefined) return file
  const state = environmentVariable('QUIPU_STATE_DIR')
  if (state !== undefined) return `${state}/installation-id`
  const home = environmentVariable('HOME') ?? environmentVariable('USERPROFILE')
  return home === undefined ? undefined : `${home}/.quipu/installation-id`
}

function isFileSystem(value: unknown): value is FileSystem {
  return typeof value === 'object' && value !== null && 'readFileSync' in value
}
