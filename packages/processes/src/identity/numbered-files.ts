import { readdirSync } from 'node:fs'

/** The numbers of the files `<prefix><number>` in a folder, the least first. */
export function numbersOfFiles(directory: string, prefix: string): readonly number[] {
  return readdirSync(directory)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((number) => /^\d+$/.test(number))
    .map(Number)
    .sort((a, b) => a - b)
}
