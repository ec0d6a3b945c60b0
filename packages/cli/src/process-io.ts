import { once } from 'node:events'
import { fstatSync } from 'node:fs'
import type { CommandIo } from './terminal/io.js'

/** The process's own streams. */
export function createProcessIo(): CommandIo {
  const { stdout, stderr, stdin, env } = process
  // A reader that stops early, such as `head`, is not a failure.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  return {
    cwd: process.cwd(),
    env,
    stdin,
    hasInput: isFileOrPipe(stdin.fd),
    isTerminal: stdout.isTTY === true,
    size: () => (stdout.isTTY ? { columns: stdout.columns, rows: stdout.rows } : undefined),
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

function isFileOrPipe(fd: number): boolean {
  try {
    const stat = fstatSync(fd)
    return stat.isFile() || stat.isFIFO()
  } catch {
    // A closed standard input.
    return false
  }
}
