import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isAlive } from './process-state.js'
import { startServerProcess } from './server-process.js'
import { createTemporaryDirectory, type TemporaryDirectory } from './temporary-directory.js'
import { waitUntil } from './wait-until.js'

const STUBBORN = ['-e', "process.on('SIGTERM', () => console.log('no')); console.log('up'); setInterval(() => {}, 1e6)"]

/** Starts a program that ignores SIGTERM, prints its process id, then runs `then`. */
const parentScript = (bundle: string, then: string) => `
  const { startServerProcess } = await import(${JSON.stringify(pathToFileURL(bundle).href)})
  const server = await startServerProcess(process.execPath, ${JSON.stringify(STUBBORN)})
  console.log(server.pid)
  ${then}`

describe('startServerProcess', () => {
  let directory: TemporaryDirectory
  let bundle: string
  beforeAll(async () => {
    directory = createTemporaryDirectory('server-process-test')
    bundle = join(directory.path, 'server-process.mjs')
    // The parents below are plain Node processes, which cannot read TypeScript on every supported version.
    await build({
      configFile: false,
      logLevel: 'error',
      build: {
        ssr: fileURLToPath(new URL('server-process.ts', import.meta.url)),
        outDir: directory.path,
        rollupOptions: { output: { entryFileNames: 'server-process.mjs' } },
      },
    })
  })
  afterAll(() => directory?.remove())

  it('keeps the program’s output, and ends it although it ignores SIGTERM', { timeout: 20_000 }, async () => {
    const server = await startServerProcess(process.execPath, STUBBORN)
    await waitUntil(async () => server.output().includes('up') || undefined, 10_000, server.output)
    expect([server.hasExited(), isAlive(server.pid)]).toEqual([false, true])
    await server.stop()
    expect([server.hasExited(), isAlive(server.pid)]).toEqual([true, false])
    expect(server.output()).toBe('up\nno\n')
    await server.stop()
  })

  it('does not wait for processes that the program has started', async () => {
    const leave = "require('node:child_process').spawn('sleep', ['20'], { stdio: 'inherit', detached: true })"
    const server = await startServerProcess(process.execPath, [
      '-e',
      `console.log(${leave}.pid); setInterval(() => {}, 1e6)`,
    ])
    const left = await waitUntil(async () => Number(server.output()) || undefined, 10_000, server.output)
    try {
      const startedAt = performance.now()
      await server.kill()
      expect(performance.now() - startedAt).toBeLessThan(15_000)
      expect(isAlive(left)).toBe(true)
    } finally {
      process.kill(left, 'SIGKILL')
    }
  })

  it.each([
    ['exits', 'process.exit()', null],
    ['throws', "throw new Error('on purpose')", null],
    ['is killed', 'setInterval(() => {}, 1e6)', 'SIGKILL'],
  ] as const)('leaves no process behind when its parent %s', async (_how, then, signal) => {
    const parent = spawn(process.execPath, ['--input-type=module', '-e', parentScript(bundle, then)])
    const closed = once(parent, 'close')
    const [line] = await once(parent.stdout, 'data')
    const pid = Number(String(line).trim())
    expect(pid).toBeGreaterThan(1)
    if (signal) {
      expect(isAlive(pid)).toBe(true)
      parent.kill(signal)
    }
    await closed
    try {
      await waitUntil(
        async () => !isAlive(pid) || undefined,
        5000,
        () => `process ${pid} is still there`,
      )
    } finally {
      if (isAlive(pid)) process.kill(pid, 'SIGKILL')
    }
  })
})
