import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { root } from './repository-pages.js'

// Unchanged programs of a page, started below the workspace's own node_modules: those of packages/llm have every client.

interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A running program of a page. */
export interface PageProgram {
  /** Resolves to the address that the program's line at start names. */
  pages(): Promise<string>
  readonly ended: Promise<Ended>
}

/** The programs of a section, each with the heading above it. */
export function programsOf(page: string, title: string): readonly (readonly [name: string, code: string])[] {
  const found = sectionOf(page, title).matchAll(/^### (.+)\n+```js\n([\s\S]*?)```/gm)
  return [...found].map(([, name = '', code = '']) => [name, code])
}

/** The first block of a section without a language: the expected output. */
export function printedIn(page: string, title: string): string {
  return /```\n(.*)\n```/.exec(sectionOf(page, title))?.[1] ?? ''
}

/** The blocks of a language of a page. */
export function blocksOf(page: string, language: string): readonly string[] {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)\`\`\`$`, 'gm'))].map(([, code = '']) => code)
}

function sectionOf(page: string, title: string): string {
  const sections = readFileSync(join(root, page), 'utf8').split(/^## /m)
  return sections.find((text) => text.startsWith(`${title}\n`)) ?? ''
}

const running = new Set<{ readonly child: ChildProcess; readonly folder: string }>()

/** Starts a program with Quipu's `register`, in its own folder. */
export function startProgram(
  code: string,
  environment: Readonly<Record<string, string>> = {},
  flags: readonly string[] = ['--import', '@quipu/sdk/register'],
): PageProgram {
  const programs = join(root, 'packages/llm/.cache')
  mkdirSync(programs, { recursive: true })
  const folder = mkdtempSync(join(programs, 'program-'))
  writeFileSync(join(folder, 'app.mjs'), code)
  const env = { PATH: process.env.PATH, OTEL_EXPORTER_PROMETHEUS_PORT: '0', QUIPU_STATE_DIR: folder, ...environment }
  const child = spawn(process.execPath, [...flags, 'app.mjs'], { cwd: folder, env })
  running.add({ child, folder })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return {
    async pages() {
      const found = () => /pages (http:\/\/\S+)/.exec(stderr)?.[1]
      await expect.poll(found, { timeout: 15_000 }).toBeDefined()
      return found() ?? ''
    },
    ended: once(child, 'close').then(([exitCode]) => ({ exitCode, stdout, stderr })),
  }
}

/** Ends a program of `startProgram`, and removes its folder. */
export async function endProgram(): Promise<void> {
  for (const { child, folder } of running) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    rmSync(folder, { recursive: true, force: true })
  }
  running.clear()
}
