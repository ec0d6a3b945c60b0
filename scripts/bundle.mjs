import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, extname, join, relative } from 'node:path'
import { build } from 'esbuild'
import { bundlePage } from './bundle-page.mjs'

/**
 * Writes a package's `dist/*.js`: one file per entry, and shared chunks. An application that imports the package then reads
 * one file instead of dozens: most of an import's time goes into finding and opening files. Types stay one file per source,
 * as `tsc -b` writes them.
 *
 * Unchanged files are not written, and changed files appear complete, because other processes may be importing them.
 * @param {string} folder of the package
 */
export async function bundlePackage(folder) {
  const dist = join(folder, 'dist')
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: entriesOf(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))),
    outbase: 'src',
    outdir: 'dist',
    bundle: true,
    splitting: true,
    packages: 'external',
    // A file that a package builds itself stays a separate file.
    external: ['#*'],
    plugins: [keepCommonJs(folder)],
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    charset: 'utf8',
    sourcemap: true,
    // `src` is published beside `dist`.
    sourcesContent: false,
    write: false,
    logLevel: 'silent',
  })
  const written = new Set()
  for (const { path, contents } of withoutEmptyMaps(outputFiles)) {
    writeChanged(path, contents)
    written.add(path)
  }
  if (existsSync(join(folder, 'src/style/page.html'))) {
    const path = join(dist, 'page.js')
    writeChanged(path, Buffer.from(await bundlePage(folder)))
    written.add(path)
  }
  for (const source of filesOf(join(folder, 'src'))) {
    if (!source.endsWith('.cjs') && !source.endsWith('.d.cts')) continue
    const path = join(dist, relative(join(folder, 'src'), source))
    writeChanged(path, readFileSync(source))
    written.add(path)
  }
  for (const path of filesOf(dist))
    if (!written.has(path) && !isTypesOfSource(path, folder)) rmSync(path, { force: true })
}

/**
 * CommonJS sources stay separate files: only in those is a literal `require` lazy, synchronous, and visible to bundlers of
 * applications. They are at the top of `src`, and the files that import them are at the top of `dist`.
 * @param {string} folder
 * @returns {import('esbuild').Plugin}
 */
function keepCommonJs(folder) {
  return {
    name: 'keep-commonjs',
    setup(build) {
      build.onResolve({ filter: /\.cjs$/ }, ({ path, resolveDir }) => ({
        path: `./${relative(join(folder, 'src'), join(resolveDir, path))}`,
        external: true,
      }))
    },
  }
}

/** Returns every source that the manifest names: exports, and files with side effects, which are loaded by their path. */
function entriesOf({ exports, sideEffects }) {
  const exported = Object.values(exports).map((entry) => entry['@quipu/source'])
  const loaded = Array.isArray(sideEffects) ? sideEffects : []
  return [...new Set([...exported, ...loaded])].filter((path) => path?.startsWith('./src/'))
}

/** An entry that only re-exports a shared chunk has an empty source map. */
function withoutEmptyMaps(files) {
  const empty = new Set(
    files
      .filter(({ path, text }) => path.endsWith('.map') && JSON.parse(text).sources.length === 0)
      .map(({ path }) => path),
  )
  return files
    .filter(({ path }) => !empty.has(path))
    .map((file) => {
      if (!empty.has(`${file.path}.map`)) return file
      return { path: file.path, contents: Buffer.from(file.text.replace(/\/\/# sourceMappingURL=.*\n/, '')) }
    })
}

function writeChanged(path, contents) {
  if (existsSync(path) && readFileSync(path).equals(contents)) return
  mkdirSync(dirname(path), { recursive: true })
  const whole = `${path}.${process.pid}`
  writeFileSync(whole, contents)
  renameSync(whole, path)
}

function* filesOf(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesOf(path)
    else if (['.js', '.cjs', '.cts', '.ts', '.map'].includes(extname(path))) yield path
  }
}

/** Whether `tsc` made the file from a source that still exists. */
function isTypesOfSource(path, folder) {
  const name = relative(join(folder, 'dist'), path)
  const source = name.replace(/\.d\.ts(\.map)?$/, '.ts')
  return source !== name && ['', 'x'].some((jsx) => existsSync(join(folder, 'src', source + jsx)))
}
