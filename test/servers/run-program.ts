import { once } from 'node:events'
import { spawnBound } from './server-process.js'

const RUN_MS = 120_000

/** Result of a program. `code` is null if a signal ended it. */
export interface RunResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly stdin?: string
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>
  /** The whole environment, instead. */
  readonly onlyEnv?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** Runs a program to its end with `stdin` as its input; does not reject for its exit code. */
export async function runProgram(
  path: string,
  args: readonly string[],
  { stdin = '', env = {}, onlyEnv, cwd }: RunOptions = {},
): Promise<RunResult> {
  const child = spawnBound(path, args, {
    env: onlyEnv ?? { ...process.env, ...env },
    timeout: RUN_MS,
    killSignal: 'SIGKILL',
    ...(cwd !== undefined && { cwd }),
  })
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  // A program that ends before it has read everything breaks the pipe; its exit code is more useful than that error.
  child.stdin?.on('error', () => {}).end(stdin)
  await once(child, 'close')
  return { code: child.exitCode, stdout, stderr }
}
