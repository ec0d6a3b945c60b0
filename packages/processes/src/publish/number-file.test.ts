import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createNumberFile } from './number-file.js'

// Numbers that are appended for an ended thread must not use slots of others.
it('contains every reserved place, also if its numbers are zero', () => {
  const directory = mkdtempSync(join(tmpdir(), 'quipu-test-'))
  const path = join(directory, 'numbers')
  const file = createNumberFile(path)
  const at = file.take(3)
  file.set(at, new Float64Array(3), 3)
  file.write()
  expect(statSync(path).size).toBe(3 * 8)
  file.close()
  rmSync(directory, { recursive: true })
})
