import { readdirSync } from 'node:fs'

/** Returns the names in a folder; an empty list if it cannot be read. */
export function listFiles(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
