import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withEnvironment, withFolder, withFreshProcess } from '../conformance/test-environment.js'
import { createModules, type Modules } from './module-runner.js'
import { checkOutcome, textOf, toModule } from './program.js'
import { notYetCovered, notYetThere, programs } from './programs.js'
import { sections } from './usage-blocks.js'

// The fast form: each block in this process, against the sources. packed.test.ts has the real form.

const fileOf = (name: string): string => `test/docs/block-${name}.ts`
const own = programs.filter(({ onlyPacked, section }) => onlyPacked === undefined && section !== 15)
let modules: Modules

beforeAll(async () => {
  const texts = own.map((program) => [
    fileOf(program.name),
    toModule(program, './support.ts').replace("from 'expect'", "from 'vitest'").replaceAll('9464', '0'),
  ])
  modules = await createModules(Object.fromEntries(texts))
})
afterAll(() => modules.close())

describe('the blocks of docs/usage.md', () => {
  test.each(own.map((program) => [program.section, program.name, program] as const))(
    '§%i %s',
    async (_, name, program) => {
      const { environment = {} } = program
      const before = process.cwd()
      await withFolder(async (folder) => {
        process.chdir(folder)
        try {
          await withEnvironment({ HOME: folder, QUIPU_STATE_DIR: folder, ...environment }, () =>
            withFreshProcess(async () => {
              await modules.load(fileOf(name))
              const observed: unknown = Reflect.get(globalThis, Symbol.for('quipu.docs.observed'))
              checkOutcome(program, { observed: Object(JSON.parse(JSON.stringify(observed))), stdout: '', stderr: '' })
            }),
          )
        } finally {
          process.chdir(before)
        }
      })
    },
  )
})

describe('coverage', () => {
  test('every block is a program, or listed as not yet covered', () => {
    const withCode = sections.filter(({ blocks }) => blocks.length > 0).map(({ number }) => number)
    // §1 and §16 are commands, which packed.test.ts passes to a shell.
    const covered = new Set([
      1,
      16,
      ...programs.map(({ section }) => section),
      ...Object.keys(notYetCovered).map(Number),
    ])
    expect(withCode.filter((number) => !covered.has(number))).toEqual([])
    expect(sections.map(({ number }) => number)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1))
  })

  test('every program has its block’s own text', () => {
    for (const program of programs.filter(({ section }) => section !== 15)) {
      const blocks = sections.find(({ number }) => number === program.section)?.blocks ?? []
      expect(blocks.some(({ code }) => code.includes(textOf(program)))).toBe(true)
    }
  })

  test.each([...Object.entries(notYetCovered), ...Object.entries(notYetThere)])(
    '%s waits for what is not there',
    (_, { waitsFor }) => {
      expect(existsSync(new URL(`../../${waitsFor}`, import.meta.url)), `${waitsFor} is there: cover it`).toBe(false)
    },
  )
})
