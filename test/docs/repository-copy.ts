import { execFile, execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

/** A copy of the repository's packages, in which a test changes sources as CONTRIBUTING describes. */
export interface RepositoryCopy {
  /** Rewrites a file. @throws Error if nothing changes, because the file no longer has the expected form */
  edit(file: string, change: (text: string) => string): void
  write(file: string, text: string): void
  /** Runs test files of the copy and returns their output; rejects if one fails. */
  runTests(...suites: readonly string[]): Promise<string>
  remove(): void
}

export function copyRepository(): RepositoryCopy {
  const copy = mkdtempSync(join(tmpdir(), 'quipu-copy-'))
  const top = ['package.json', 'tsconfig.base.json', 'vitest.config.ts']
  for (const file of [...trackedFiles(), ...top]) {
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    cpSync(join(root, file), join(copy, file))
  }
  linkInstalled(copy)
  return {
    edit(file, change) {
      const before = readFileSync(join(copy, file), 'utf8')
      const after = change(before)
      if (after === before) throw new Error(`${file} has changed its form`)
      writeFileSync(join(copy, file), after)
    },
    write: (file, text) => writeFileSync(join(copy, file), text),
    async runTests(...suites) {
      const vitest = join(root, 'node_modules', '.bin', 'vitest')
      const { stdout } = await run(vitest, ['run', ...suites, '--maxWorkers=1', '--reporter=dot'], {
        cwd: copy,
        maxBuffer: 1 << 26,
      })
      return stdout
    },
    remove: () => rmSync(copy, { recursive: true, force: true }),
  }
}

function trackedFiles(): readonly string[] {
  const folders = ['packages', 'docs', 'dashboards', 'rules', 'scripts']
  const list = execFileSync('git', ['ls-files', '-co', '--exclude-standard', ...folders], {
    cwd: root,
    encoding: 'utf8',
  })
  return list.split('\n').filter(Boolean)
}

/** Links the installed packages of the workspace and of each package; Quipu's own packages are those of the copy. */
function linkInstalled(copy: string): void {
  linkModules('node_modules', copy)
  const packages = readdirSync(join(root, 'packages'))
  for (const name of packages) linkModules(join('packages', name, 'node_modules'), copy)
  mkdirSync(join(copy, 'node_modules', '@quipu'))
  for (const name of packages) symlinkSync(join(copy, 'packages', name), join(copy, 'node_modules', '@quipu', name))
}

function linkModules(folder: string, copy: string): void {
  const isOurs = (name: string): boolean => name === '@quipu' || name === '.cache'
  let names: readonly string[]
  try {
    names = readdirSync(join(root, folder)).filter((name) => !isOurs(name))
  } catch {
    // A package without its own node_modules.
    return
  }
  mkdirSync(join(copy, folder), { recursive: true })
  for (const name of names) symlinkSync(join(root, folder, name), join(copy, folder, name))
}
