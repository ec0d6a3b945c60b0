import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packPackages, publicPackages, root } from './pack.mjs'

const run = promisify(execFile)
const names: readonly string[] = publicPackages().map(({ name }: { name: string }) => name)

interface Unpacked {
  readonly tarball: string
  /** Path in the package → text. */
  readonly files: ReadonlyMap<string, string>
}
const packages = new Map<string, Unpacked>()
const folder = mkdtempSync(join(tmpdir(), 'quipu-tarballs-'))

function unpackedOf(name: string): Unpacked {
  const unpacked = packages.get(name)
  if (unpacked === undefined) throw new Error(`${name} was not packed`)
  return unpacked
}

beforeAll(async () => {
  for (const { name, tarball } of await packPackages()) {
    await run('tar', ['-xzf', tarball, '-C', folder])
    const paths = readdirSync(join(folder, 'package'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
    const top = join(folder, 'package')
    const files = paths.map((path): [string, string] => [
      path.slice(top.length + 1).replaceAll('\\', '/'),
      readFileSync(path, 'utf8'),
    ])
    packages.set(name, { tarball, files: new Map(files) })
    rmSync(top, { recursive: true })
  }
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Every path in an exports map, for all conditions. */
function targetsOf(exports: unknown): readonly string[] {
  if (typeof exports === 'string') return [exports]
  if (typeof exports !== 'object' || exports === null) return []
  return Object.values(exports).flatMap(targetsOf)
}

describe.each(names)('the tarball of %s', (name) => {
  test('can be published: npm accepts it, with licence, description and repository', async () => {
    const { tarball, files } = unpackedOf(name)
    // A dry run sends nothing and works without a registry. With a tag, published versions do not matter.
    const args = [
      'publish',
      tarball,
      '--tag',
      'rehearsal',
      '--dry-run',
      '--json',
      '--ignore-scripts',
      '--fetch-retries=0',
    ]
    const { stdout } = await run('npm', args, { cwd: folder, shell: process.platform === 'win32', maxBuffer: 1 << 26 })
    expect(JSON.parse(stdout)).toMatchObject({ [name]: { name, entryCount: files.size } })
    expect(files.get('LICENSE')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'))
    expect(files.get('README.md')).toContain(`# ${name}\n`)
    expect(JSON.parse(files.get('package.json') ?? '{}')).toMatchObject({
      homepage: expect.stringMatching(/^https:/),
      bugs: { url: expect.stringMatching(/^https:/) },
      repository: { type: 'git', directory: expect.stringMatching(/^packages\//) },
      publishConfig: { access: 'public' },
      keywords: expect.arrayContaining(['opentelemetry', 'metrics']),
    })
  })

  test('has no findings of publint', async () => {
    const bytes = new Uint8Array(readFileSync(unpackedOf(name).tarball))
    const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer }, strict: true })
    expect(pkg?.name).toBe(name)
    expect(messages.map((message) => formatMessage(message, pkg ?? {}))).toEqual([])
  })

  test('has types that resolve for every kind of import', async () => {
    const attw = join(root, 'node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js')
    const answer = await run(process.execPath, [
      attw,
      unpackedOf(name).tarball,
      '--profile',
      'esm-only',
      '--no-color',
    ]).then(
      ({ stdout }) => ({ code: 0, stdout }),
      ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
    )
    expect(answer.code, answer.stdout).toBe(0)
    expect(answer.stdout).toContain(`${name} v`)
  })

  test('contains its exports and a readme, and no internal files', () => {
    const { files } = unpackedOf(name)
    const manifest: { readonly exports: unknown } = JSON.parse(files.get('package.json') ?? '{}')
    const targets = targetsOf(manifest.exports)
    expect(targets.length).toBeGreaterThan(1)
    expect(targets.filter((target) => !files.has(target.slice(2)))).toEqual([])
    expect([...files.keys()]).toContain('README.md')
    const foreign = /\.test\.|\.test-d\.|tsbuildinfo|node_modules|tsconfig|fixtures|\.env|\.log$|\.tgz$/
    expect([...files.keys()].filter((path) => foreign.test(path))).toEqual([])
    expect(
      [...files.keys()].filter((path) => !/^(dist\/|src\/|bin\/|README\.md$|package\.json$|LICENSE$)/.test(path)),
    ).toEqual([])
  })

  test('has source maps that point to sources inside it', () => {
    const { files } = unpackedOf(name)
    const maps = [...files].filter(([path]) => path.endsWith('.map'))
    expect(maps.length).toBeGreaterThan(1)
    for (const [path, text] of maps) {
      const { sources, sourceRoot = '' }: { readonly sources: readonly string[]; readonly sourceRoot?: string } =
        JSON.parse(text)
      expect(sources.length, path).toBeGreaterThan(0)
      for (const source of sources) {
        const inside = posix.join(posix.dirname(path), sourceRoot, source)
        expect(files.has(inside), `${path} → ${inside}`).toBe(true)
      }
    }
  })

  test('contains no path of the machine that packed it', () => {
    const places = [root, dirname(root), tmpdir(), process.env.HOME].filter(
      (place): place is string => place !== undefined && place.length > 1,
    )
    const telling = [...unpackedOf(name).files].filter(
      // Words such as /tmp may be in an example, but not folders of this machine or absolute paths of modules.
      ([, text]) =>
        text.includes(root) ||
        places.some((place) => text.includes(`${place}/node_modules`)) ||
        /file:\/\/\/(?!\.)\w/.test(text),
    )
    expect(telling.map(([path]) => path)).toEqual([])
  })
})
