import { execFile, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { installPacked } from '../packaging/install.mjs'
import { packPackages, publicPackages, root } from '../packaging/pack.mjs'

/** Result of a process. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A folder in which the packed packages are installed, like a user's project. */
export interface PackedProject {
  readonly folder: string
  write(file: string, text: string): void
  /** Type-checks and compiles with the workspace's TypeScript; returns its errors, or an empty text. */
  compile(config: object): Promise<string>
  /** Runs Node in a separate folder under `runs/`. */
  run(name: string, args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ended>
  remove(): void
}

const execute = promisify(execFile)

/** The workspace's versions, which are in the package cache. */
function installedVersion(name: string): string {
  const file = join(root, 'node_modules', name, 'package.json')
  const { version }: { version: string } = JSON.parse(readFileSync(file, 'utf8'))
  return version
}

/** Every entry of the published packages, as it is imported. */
export function publishedEntries(): readonly string[] {
  return publicPackages().flatMap(({ name, exports }) =>
    Object.keys(Object(exports))
      .filter((key) => key !== './package.json')
      .map((key) => `${name}${key.slice(1)}`),
  )
}

/** Installs the packed packages, with third-party packages that they and the programs need. */
export async function createPackedProject(): Promise<PackedProject> {
  const others = [
    '@opentelemetry/api',
    '@opentelemetry/sdk-logs',
    '@opentelemetry/sdk-metrics',
    '@types/express',
    '@types/node',
    'express',
    'fastify',
    'hono',
    'openai',
  ]
  const { folder, remove } = await installPacked({
    packed: await packPackages(),
    dependencies: { ...Object.fromEntries(others.map((name) => [name, installedVersion(name)])), expect: '30.5.2' },
  })
  const tsc = join(root, 'node_modules', '.bin', 'tsc')
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text)
  return {
    folder,
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
      const env = { ...plainEnvironment(), HOME: cwd, QUIPU_DOCS_PRINT: '1', ...environment }
      return new Promise((resolve) => {
        execFile(process.execPath, args, { cwd, env, timeout: 60_000 }, (error, stdout, stderr) => {
          resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : null, stdout, stderr })
        })
      })
    },
    remove,
  }
}

/** The environment without variables that change the behaviour of Node, OpenTelemetry or Quipu. */
function plainEnvironment(): Readonly<Record<string, string | undefined>> {
  const foreign = /^(?:VITEST|NODE_|OTEL_|QUIPU_|FEATURE_|DO_NOT_TRACK)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}

/** A program that runs until it is ended. */
export interface Running {
  /** Resolves to the result of `find` in its stderr. */
  waitFor(find: (stderr: string) => string | undefined): Promise<string>
  end(): Promise<void>
}

/** Starts an unchanged shell command of the page in a folder. */
export function startCommand(
  command: string,
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Running {
  // In its own process group, because npx runs a command as its child.
  const options = { cwd, env: { ...plainEnvironment(), ...environment }, detached: true }
  const child = spawn('sh', ['-c', `exec ${command}`], options)
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
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
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
