// @ts-check
// Writes the files that are generated from the packages: pages of docs/, boards, rules. `node docs/generate.mjs`; `--check`
// writes nothing and fails if a file is stale.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { builtinCatalog, errorsDoc } from '@quipu/catalog'
import { grafanaBoards, metricsDoc, persesBoards, prometheusRules } from '@quipu/dashboards'
import { boardsDoc } from './boards-doc.mjs'
import { configurationDoc } from './configuration-doc.mjs'
import { studioPanels } from './studio-panels.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Folders with generated files only, in which obsolete files are found. */
const folders = ['dashboards', 'rules']

/**
 * Returns every generated file, by its path in the repository.
 * @returns {{ readonly [file: string]: string }}
 */
export function generatedFiles() {
  return {
    'docs/boards.md': boardsDoc(),
    'docs/configuration.md': configurationDoc(),
    'packages/studio/src/figures/board-panels.ts': studioPanels(),
    'docs/errors.md': errorsDoc(),
    'docs/metrics.md': metricsDoc(builtinCatalog),
    ...grafanaBoards(builtinCatalog),
    ...persesBoards(builtinCatalog),
    ...prometheusRules(builtinCatalog),
  }
}

/** Returns the files in the folders of generated files. */
export function committedFiles() {
  return folders.flatMap((folder) => {
    try {
      return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    } catch {
      return []
    }
  })
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const files = generatedFiles()
  const check = process.argv.includes('--check')
  const stale = Object.entries(files).filter(([file, text]) => read(file) !== text)
  const superfluous = committedFiles().filter((file) => !Object.hasOwn(files, file))
  for (const [file, text] of stale) {
    if (check) console.error(`${file} is not what the packages say: npm run generate`)
    else write(file, text)
  }
  for (const file of superfluous) {
    if (check) console.error(`${file} is generated no more: npm run generate`)
    else rmSync(join(root, file))
  }
  const changed = stale.length + superfluous.length
  console.log(`generated: ${Object.keys(files).length} files, ${changed} changed`)
  if (check && changed > 0) process.exitCode = 1
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(join(root, file), 'utf8')
  } catch {
    return undefined
  }
}

/**
 * @param {string} file
 * @param {string} text
 */
function write(file, text) {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}
