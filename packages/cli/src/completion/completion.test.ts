import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCaptured } from '../../fixtures/run-captured.js'

let cwd: string
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'quipu-completion-'))
  writeFileSync(join(cwd, 'my activity.log'), '')
})
afterAll(() => rmSync(cwd, { recursive: true }))

/** Bash's completions of the last of these words. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const { out: script } = await runCaptured(['completion', 'bash'])
  const list = ['quipu', ...words].map((word) => `'${word}'`).join(' ')
  const program = `${script}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.length}; _quipu; printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', program], { cwd, encoding: 'utf8' }).trimEnd().split('\n')
}

describe('quipu completion', () => {
  test.each([
    [['q'], ['query']],
    [['convert', '--st'], ['--step']],
    [
      ['convert', '--to', ''],
      ['openmetrics', 'otlp', 'csv', 'parquet'],
    ],
    [['completion', 'f'], ['fish']],
    [['query', 'my'], ['my activity.log']],
    [['tail', '--he'], ['--help']],
  ])('bash completes %j', async (words, expected) => {
    expect(await offered(...words)).toEqual(expected)
  })

  test.each(['bash', 'zsh', 'fish'])('the script of %s has every command', async (shell) => {
    const { out: help } = await runCaptured(['--help'])
    const names = [...help.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name)
    expect(names).toContain('query')
    const { code, out } = await runCaptured(['completion', shell])
    expect(code).toBe(0)
    for (const name of names) if (name !== 'help') expect(out).toContain(name)
  })

  test('another shell exits with 2', async () => {
    expect(await runCaptured(['completion', 'tcsh'])).toMatchObject({
      code: 2,
      said: expect.stringContaining('Allowed choices are bash, zsh, fish'),
    })
  })
})
