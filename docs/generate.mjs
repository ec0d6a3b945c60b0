// @ts-check
// Writes the pages that are made from the packages: `node docs/generate.mjs`; `--check` writes nothing and fails when a
// page is not what would be written.
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { builtinCatalog, errorsDoc } from '@quipu/catalog'
import { metricsDoc } from './metrics-doc.mjs'

const typesFile = new URL('../packages/catalog/src/types.ts', import.meta.url)

/** The table of label classes as it stands in the catalogue's own documentation. */
export function classTable() {
  const rows = readFileSync(typesFile, 'utf8').match(/^ \* \|.*\|$/gm) ?? []
  return rows.map((row) => row.replace(/^ \* /, '').replaceAll(/ {2,}/g, ' ')).join('\n')
}

/**
 * Every generated page, by file name.
 * @returns {{ readonly [file: string]: string }}
 */
export function generatedPages() {
  return { 'errors.md': errorsDoc(), 'metrics.md': metricsDoc(builtinCatalog, classTable()) }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const stale = Object.entries(generatedPages()).filter(([file, text]) => read(file) !== text)
  for (const [file, text] of stale) {
    if (process.argv.includes('--check')) console.error(`docs/${file} is not what the packages say: npm run generate`)
    else writeFileSync(new URL(file, import.meta.url), text)
  }
  console.log(`docs: ${Object.keys(generatedPages()).length} pages, ${stale.length} changed`)
  if (process.argv.includes('--check') && stale.length > 0) process.exitCode = 1
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(new URL(file, import.meta.url), 'utf8')
  } catch {
    return undefined
  }
}
