import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** Runs the built program, whose exit code reports differences. */
function run(...options: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...options], { timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr })
    })
  })
}

it.each(['soft', 'hard'])(
  'counts what was answered although workers are killed (%s) and replaced',
  { timeout: 90_000 },
  async (kill) => {
    const { code, output } = await run(
      '--workers',
      '3',
      '--seconds',
      '5',
      '--kill-every',
      '1',
      '--rate',
      '200',
      '--kill',
      kill,
    )
    expect(output).toContain('none lower than the one before it')
    expect(output).toMatch(
      kill === 'soft'
        ? /^equal$/m
        : /^(equal|\d+ \(at most \d+\) went with processes killed.*|\d+ were counted and killed.*)$/m,
    )
    expect(code).toBe(0)
  },
)
