import { once } from 'node:events'
import { spawnBound } from './server-process.js'

const RUN_MS = 120_000

/** How a program that ran to its end left. `code` is null when a signal ended it. */
export interface RunResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end, `stdin` as its input; never throws because of its exit code. */
export async function runProgram(
  path: string,
  args: readonly string[],
  { stdin = '', env = {}, cwd }: { stdin?: string; env?: Record<string, string>; cwd?: string } = {},
): Promise<RunResult> {
  const child = spawnBound(path, args, {
    env: { ...process.env, ...env },
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
  // A program that ends before it has read everything breaks the pipe: its exit code tells more than that error.
  child.stdin?.on('error', () => {}).end(stdin)
  await once(child, 'close')
  return { code: child.exitCode, stdout, stderr }
}
