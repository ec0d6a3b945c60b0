import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { transform } from 'esbuild'
import { describe, expect, test } from 'vitest'

const packages = join(import.meta.dirname, '../../packages')

/** Entries that packages of this repository share; applications do not import them. */
const internal =
  /^@quipu\/(?:cli|otlp|processes|protocols|store|catalog\/options|catalog\/symbols|http\/auto|http\/reports|llm\/auto|wire\/(?:clients|observers|shape))$/

/** A function that an entry exports, with the doc comment above it. */
interface Documented {
  readonly name: string
  readonly comment: string
}

const comment = String.raw`(/\*\*(?:(?!\*/)[\s\S])*\*/\n)?`
const declared = new RegExp(
  `${comment}^export (?:async )?(?:function\\*? (\\w+)|const (\\w+)[^=\\n]*= (?:async )?\\()`,
  'gm',
)
const passedOn = /^export \{([^}]*)\} from '([^']+)'|^export \* from '([^']+)'/gm

/** The functions of a source, with those that it exports from other sources of its package. */
function functionsOf(file: string): readonly Documented[] {
  const source = readFileSync(file, 'utf8')
  const own = Array.from(source.matchAll(declared), ([, text = '', fn, constant]) => ({
    name: fn ?? constant ?? '',
    comment: text.replace(/^ ?\*\/?|^\/\*\*/gm, '').replace(/\*\/$/gm, ''),
  }))
  const others = Array.from(source.matchAll(passedOn)).flatMap(([, names, from, whole]) => {
    const path = join(dirname(file), (from ?? whole ?? '').replace(/\.js$/, '.ts'))
    if (!(from ?? whole)?.startsWith('.') || !existsSync(path)) return []
    const wanted = names?.split(',').map((name) => name.trim().split(' as ')[0])
    return functionsOf(path).filter(({ name }) => wanted === undefined || wanted.includes(name))
  })
  return [...own, ...others]
}

/** The entries of the packages that applications import, with their sources. */
const entries = readdirSync(packages).flatMap((folder): readonly (readonly [entry: string, file: string])[] => {
  const manifest = JSON.parse(readFileSync(join(packages, folder, 'package.json'), 'utf8'))
  return Object.entries<{ readonly '@quipu/source'?: string }>(manifest.exports ?? {}).flatMap(([path, target]) => {
    const source = target['@quipu/source']
    const entry = `${manifest.name}${path.slice(1)}`
    return source === undefined || !source.endsWith('.ts') || internal.test(entry)
      ? []
      : [[entry, join(packages, folder, source)] as const]
  })
})

test('entries and their functions are found', () => {
  expect(entries.length).toBeGreaterThan(30)
  expect(entries.flatMap(([, file]) => functionsOf(file)).length).toBeGreaterThan(150)
})

describe.each(entries)('%s', (_, file) => {
  const functions = functionsOf(file)

  test('each function says what it throws, and has an example', () => {
    const lacking = functions.filter(
      ({ comment: text }) => !/\b(?:throws?|rejects?)\b/i.test(text) || !text.includes('@example'),
    )
    expect(lacking.map(({ name }) => name)).toEqual([])
  })

  test('examples are valid TypeScript', async () => {
    for (const { name, comment: text } of functions)
      for (const example of text.split(/(?<!\w)@example\b/).slice(1))
        await expect(
          transform(example.split(/^ ?@/m)[0] ?? '', { loader: 'ts', format: 'esm' }),
          `${name}: ${example}`,
        ).resolves.toBeDefined()
  })
})
