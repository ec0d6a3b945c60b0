import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const STOP_MS = 5000
/** Maximum wait for the output of an ended program, whose children may hold the pipe open. */
const LAST_WORDS_MS = 5000
const KEPT_OUTPUT = 4 * 1024 * 1024

/** `setpriv` makes the kernel end the server with this process, even after SIGKILL, when no exit hook runs. */
const SETPRIV = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'setpriv'))
  .find((path) => existsSync(path))

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** A started program. The last 4 MiB of its standard error and output are kept for error messages. */
export interface ServerProcess {
  readonly pid: number
  /** Its standard output and error. */
  output(): string
  hasExited(): boolean
  /** Null while it runs, and if a signal ended it. */
  exitCode(): number | null
  /** Sends SIGTERM, then SIGKILL after five seconds. Resolves when it has exited; never rejects. */
  stop(): Promise<void>
  /** Sends SIGKILL, like a crash. Resolves when it has exited. */
  kill(): Promise<void>
}

/** `spawn` for a child that does not outlive this process. */
export function spawnBound(path: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = SETPRIV
    ? spawn(SETPRIV, ['--pdeathsig', 'KILL', '--', path, ...args], options)
    : spawn(path, args, options)
  running.add(child)
  child.once('exit', () => {
    running.delete(child)
    const timer = setTimeout(() => {
      child.stdout?.destroy()
      child.stderr?.destroy()
    }, LAST_WORDS_MS)
    child.once('close', () => clearTimeout(timer))
  })
  child.once('error', () => running.delete(child))
  return child
}

/** Starts a program; `onlyEnv` is its whole environment, `env` is added to this process's. @throws Error if it cannot start */
export async function startServerProcess(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  onlyEnv?: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const child = spawnBound(path, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: onlyEnv ?? { ...process.env, ...env },
  })
  let output = ''
  const keep = (chunk: string) => {
    output = (output + chunk).slice(-KEPT_OUTPUT)
  }
  child.stdout?.setEncoding('utf8').on('data', keep)
  child.stderr?.setEncoding('utf8').on('data', keep)
  // 'close', not 'exit': at 'exit' the last output of a program that fails to start is still in the pipe.
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  const hasExited = () => child.exitCode !== null || child.signalCode !== null
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    if (!hasExited()) child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    await closed
    clearTimeout(timer)
  }
  return {
    pid: child.pid ?? -1,
    output: () => output,
    hasExited,
    exitCode: () => child.exitCode,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  }
}
