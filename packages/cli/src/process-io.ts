import { once } from 'node:events'
import { fstatSync } from 'node:fs'
import type { CommandIo } from './terminal/io.js'

/** The process's own streams. */
export function createProcessIo(): CommandIo {
  const { stdout, stderr, stdin, env } = process
  // A reader that stops early, such as `head`, is not a failure.
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0)
      throw error
    })
  }
  return {
    cwd: process.cwd(),
    env,
    stdin,
    hasInput: isFileOrPipe(stdin.fd),
    isTerminal: stdout.isTTY === true,
    // Some terminals report no size.
    size: () => (stdout.isTTY ? { columns: stdout.columns || 80, rows: stdout.rows || 24 } : undefined),
    ...(stdin.isTTY && { keys: readKeys }),
    interruption() {
      const controller = new AbortController()
      process.once('SIGINT', () => controller.abort())
      process.once('SIGTERM', () => controller.abort())
      return controller.signal
    },
    async out(text) {
      if (!stdout.write(text)) await once(stdout, 'drain')
    },
    err: (line) => void stderr.write(`${line}\n`),
  }
}

const CTRL_C = '\u0003'

function readKeys(take: (key: string) => void): () => void {
  const { stdin } = process
  const onData = (text: Buffer | string): void => {
    // A raw terminal sends no signal.
    if (text.toString() === CTRL_C) process.kill(process.pid, 'SIGINT')
    else take(text.toString())
  }
  stdin.setRawMode(true)
  stdin.on('data', onData)
  return () => {
    stdin.off('data', onData)
    stdin.setRawMode(false)
    stdin.pause()
  }
}

function isFileOrPipe(fd: number): boolean {
  try {
    const stat = fstatSync(fd)
    return stat.isFile() || stat.isFIFO()
  } catch {
    // A closed standard input.
    return false
  }
}
