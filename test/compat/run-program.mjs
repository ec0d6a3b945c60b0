import { execFile } from 'node:child_process'

const TIMEOUT_MS = 300_000

/**
 * Runs one program to its end at a low priority, so that other work on the machine comes first.
 * @returns {Promise<{ code: number, output: string }>} its exit code and the output of both streams in order
 */
export function runProgram(program, args, { cwd, env, timeoutMs = TIMEOUT_MS } = {}) {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, NODE_OPTIONS: '', ...env }, maxBuffer: 1 << 26, timeout: timeoutMs }
    execFile('nice', [program, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
      resolve({ code, output: `${stdout}${stderr}${error?.killed ? `\nended after ${timeoutMs} ms\n` : ''}` })
    })
  })
}

/**
 * Reads `N checks passed, M failed` and the exit code: a program that ended with an error has failed.
 * @returns {{ passed: number, failed: number, output: string }}
 */
export function readChecks({ code, output }) {
  const [, passed = '0', failed = '0'] = /^(\d+) checks passed(?:, (\d+) failed)?$/m.exec(output) ?? []
  const count = { passed: Number(passed), failed: Number(failed) }
  if (count.failed === 0 && (code !== 0 || count.passed === 0)) count.failed = 1
  return { ...count, output }
}
