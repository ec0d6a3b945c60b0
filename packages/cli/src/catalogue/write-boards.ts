import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { builtinCatalog, type Catalog } from '@quipu/catalog'
import { type Files, grafanaBoards, metricsDoc, persesBoards, prometheusRules } from '@quipu/dashboards'
import { type CommandIo, exitCodes } from '../terminal/io.js'
import { loadCatalog } from './load-catalog.js'

/** Options of `quipu boards`. */
export interface BoardsOptions {
  readonly catalog?: string
  readonly out: string
  readonly check?: boolean
  readonly runbookUrl?: string
}

/** Writes boards, rules and the reference page of a catalogue; with `check`, only lists the files that would change. */
export async function writeBoards(options: BoardsOptions, io: CommandIo): Promise<number> {
  const catalog = options.catalog === undefined ? builtinCatalog : await loadCatalog(options.catalog, io.cwd)
  const folder = resolve(io.cwd, options.out)
  const files = Object.entries(filesOf(catalog, options.runbookUrl))
  const stale: string[] = []
  for (const [file, text] of files) {
    const path = join(folder, file)
    if ((await readFile(path, 'utf8').catch(() => undefined)) === text) continue
    stale.push(file)
    if (options.check) continue
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
  for (const file of stale) await io.out(`${options.check ? 'stale' : 'wrote'} ${join(options.out, file)}\n`)
  io.err(`${files.length} files, ${stale.length} ${options.check ? 'stale' : 'written'}`)
  return options.check && stale.length > 0 ? exitCodes.findings : exitCodes.ok
}

function filesOf(catalog: Catalog, runbookUrl: string | undefined): Files {
  return {
    ...grafanaBoards(catalog),
    ...persesBoards(catalog),
    ...prometheusRules(catalog, { ...(runbookUrl !== undefined && { runbookUrl }) }),
    'metrics.md': metricsDoc(catalog),
  }
}
