import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A server's own directory, removed by `remove()`, or at the latest when this process exits. */
export interface TemporaryDirectory {
  readonly path: string
  remove(): void
}

const existing = new Set<string>()
process.on('exit', () => existing.forEach(removeDirectory))

export function createTemporaryDirectory(name: string): TemporaryDirectory {
  const path = mkdtempSync(join(tmpdir(), `quipu-${name}-`))
  existing.add(path)
  return { path, remove: () => removeDirectory(path) }
}

function removeDirectory(path: string): void {
  existing.delete(path)
  rmSync(path, { recursive: true, force: true, maxRetries: 3 })
}
