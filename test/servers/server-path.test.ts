import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { describeWithServer, findServer, requireServer } from './index.js'
import { createTemporaryDirectory, type TemporaryDirectory } from './temporary-directory.js'

let directory: TemporaryDirectory
beforeAll(() => {
  directory = createTemporaryDirectory('server-path-test')
})
afterAll(() => directory?.remove())
afterEach(() => void vi.unstubAllEnvs())

it('finds installed programs', () => {
  vi.stubEnv('QUIPU_SERVERS', directory.path)
  expect(findServer('collector')).toBe(null)
  const path = join(directory.path, 'collector', 'otelcol')
  mkdirSync(join(directory.path, 'collector'))
  writeFileSync(path, '')
  chmodSync(path, 0o755)
  expect(findServer('collector')).toBe(path)
  expect(requireServer('collector')).toBe(path)
})

it('continues without a missing server, unless QUIPU_REQUIRE_REAL=1', () => {
  vi.stubEnv('QUIPU_SERVERS', directory.path)
  vi.stubEnv('QUIPU_REQUIRE_REAL', '')
  expect(requireServer('prometheus')).toBe(null)
  vi.stubEnv('QUIPU_REQUIRE_REAL', '1')
  expect(() => requireServer('prometheus')).toThrow(/install\.sh prometheus\).*QUIPU_REQUIRE_REAL=1/)
  expect(() => describeWithServer(['prometheus', 'python'], 'never run', () => {})).toThrow(/QUIPU_REQUIRE_REAL=1/)
})
