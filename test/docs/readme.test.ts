import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const top = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, top), 'utf8')
const readme = read('README.md')

/** The code blocks of the README that begin with this text. */
function blocksWith(start: string): string[] {
  return [...readme.matchAll(/```\w*\n([\s\S]*?)```/g)]
    .map(([, code = '']) => code)
    .filter((code) => code.startsWith(start))
}

it('shows the fifteen lines that the example runs', () => {
  expect(blocksWith('import { logMetric')).toEqual([read('examples/fifteen-lines/src/main.ts')])
})

it('shows the tested output of the example', () => {
  const test = read('examples/fifteen-lines/src/main.test.ts')
  const [shown = ''] = blocksWith('[METRIC]')
  const [line = '', ...rest] = shown.split('\n')
  expect(test).toContain(line)
  const figures = rest.slice(0, -2).join('\n')
  expect(test).toContain(`\`${figures}\n\``)
  expect(test).toContain(rest.at(-2))
})

it('is short, and names only existing files', () => {
  expect(readme.split('\n').length).toBeLessThan(150)
  for (const [, path = ''] of readme.matchAll(/\]\(([^)]+)\)/g))
    expect(() => read(path.endsWith('/') ? `${path}README.md` : path)).not.toThrow()
})
