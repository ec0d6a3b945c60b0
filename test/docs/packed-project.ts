import { execFile, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** What a process left behind. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A folder in which the packed packages are installed, as a user has them. */
export interface PackedProject {
  readonly folder: string
  /** Names of the packages that were packed. */
  readonly packages: readonly string[]
  write(file: string, text: string): void
  /** Type-checks and compiles with the workspace's TypeScript; what it says of errors, or nothing. */
  compile(config: object): Promise<string>
  /** Runs Node in a folder of its own under `runs/`. */
  run(name: string, args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ended>
  remove(): void
}

const execute = promisify(execFile)

/** Versions as the workspace has them, so that the package cache has them too. */
function installedVersion(name: string): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'),
  )
  return `${name}@${version}`
}

/** Packages that are published: those with exports. */
export function publishedPackages(): readonly string[] {
  return readdirSync(join(root, 'packages')).filter((name) => existsSync(join(root, 'packages', name, 'package.json')))
}

/** Every entry of the published packages, as one imports it. */
export function publishedEntries(): readonly string[] {
  return publishedPackages().flatMap((name) => {
    const manifest: { exports: object } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))
    return Object.keys(manifest.exports)
      .filter((key) => key !== './package.json')
      .map((key) => `@quipu/${name}${key.slice(1)}`)
  })
}

/** Builds and packs every package and installs the tarballs, with what they and the programs need of others. */
export async function createPackedProject(): Promise<PackedProject> {
  const folder = mkdtempSync(join(tmpdir(), 'quipu-packed-'))
  const packages = publishedPackages()
  const inRoot = { cwd: root, env: { ...process.env, npm_config_loglevel: 'error' }, maxBuffer: 1 << 26 }
  const tsc = join(root, 'node_modules', '.bin', 'tsc')
  await execute(tsc, ['-b', ...packages.map((name) => `packages/${name}`)], inRoot)
  mkdirSync(join(folder, 'tarballs'))
  const workspaces = packages.flatMap((name) => ['-w', `packages/${name}`])
  await execute('npm', ['pack', '--pack-destination', join(folder, 'tarballs'), ...workspaces], inRoot)
  const tarballs = readdirSync(join(folder, 'tarballs')).map((name) => `./tarballs/${name}`)
  const others = [
    '@opentelemetry/api',
    '@opentelemetry/sdk-logs',
    '@opentelemetry/sdk-metrics',
    '@types/express',
    '@types/node',
    'express',
    'openai',
  ]
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }))
  const options = ['--no-audit', '--no-fund', '--no-package-lock', '--prefer-offline', '--ignore-scripts']
  await execute('npm', ['install', ...options, ...tarballs, ...others.map(installedVersion), 'expect@30.5.2'], {
    ...inRoot,
    cwd: folder,
  })
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text)
  return {
    folder,
    packages,
    write,
    async compile(config) {
      write('tsconfig.json', JSON.stringify(config))
      try {
        await execute(tsc, ['-p', folder], { cwd: folder })
        return ''
      } catch (error) {
        return error instanceof Error && 'stdout' in error ? String(error.stdout) || error.message : String(error)
      }
    },
    run(name, args, environment = {}) {
      const cwd = join(folder, 'runs', name)
      mkdirSync(cwd, { recursive: true })
      const plain = Object.entries(process.env).filter(([key]) => !/^(?:VITEST|NODE_|OTEL_|QUIPU_|FEATURE_)/.test(key))
      const env = { ...Object.fromEntries(plain), HOME: cwd, QUIPU_DOCS_PRINT: '1', ...environment }
      return new Promise((resolve) => {
        execFile(process.execPath, args, { cwd, env, timeout: 30_000 }, (error, stdout, stderr) => {
          resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : null, stdout, stderr })
        })
      })
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** A program that goes on until it is ended. */
export interface Running {
  /** Resolves with what `find` finds in what it has said on stderr. */
  waitFor(find: (stderr: string) => string | undefined): Promise<string>
  end(): Promise<void>
}

/** Starts a shell command of the page as it stands, in a folder. */
export function startCommand(
  command: string,
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Running {
  const child = spawn('sh', ['-c', `exec ${command}`], { cwd, env: { ...process.env, ...environment } })
  let stderr = ''
  let wake = (): void => undefined
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    wake()
  })
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => {
      resolve()
      wake()
    })
  })
  return {
    async waitFor(find) {
      for (;;) {
        const found = find(stderr)
        if (found !== undefined) return found
        if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${stderr}`)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    async end() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Whether a program can be called. */
export function hasCommand(name: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`])
    return true
  } catch {
    return false
  }
}
