import { readdirSync } from 'node:fs'
import { hasCode } from './make-once.js'

/** Returns the numbers of the files `<prefix><number>` in a folder, in ascending order. */
export function numbersOfFiles(directory: string, prefix: string): readonly number[] {
  return list(directory)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((number) => /^\d+$/.test(number))
    .map(Number)
    .sort((a, b) => a - b)
}

/** A removed folder has no files. */
function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  }
}
