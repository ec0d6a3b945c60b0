import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { trackFileStored } from '@quipu/sdk'

/** Objects as files below one folder. */
export interface ObjectStore {
  put(key: string, body: Uint8Array, contentType: string): Promise<void>
  get(key: string): Promise<Buffer | undefined>
  /** Removes all objects whose key has this prefix. */
  removeAll(prefix: string): Promise<void>
}

export function createObjectStore(folder: string): ObjectStore {
  const fileOf = (key: string): string => join(folder, ...key.split('/').map(encodeURIComponent))
  return {
    async put(key, body, contentType) {
      const file = fileOf(key)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, body)
      const { size } = await stat(file)
      trackFileStored({ sizeBytes: size, contentType, key })
    },
    async get(key) {
      try {
        return await readFile(fileOf(key))
      } catch {
        return undefined
      }
    },
    removeAll: (prefix) => rm(fileOf(prefix), { recursive: true, force: true }),
  }
}
