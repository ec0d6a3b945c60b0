import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))
const notOurs = new Set(['node_modules', 'dist'])

/** Every Markdown file of the repository, by its path in it. */
export function repositoryPages(): readonly string[] {
  return [...pagesIn(root)].map((path) => relative(root, path)).sort()
}

function* pagesIn(folder: string): Iterable<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.') || notOurs.has(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* pagesIn(path)
    else if (entry.name.endsWith('.md')) yield path
  }
}
