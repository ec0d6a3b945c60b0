import { execFileSync } from 'node:child_process'
import { requireServer } from '../../servers/index.js'

/** A service as `docker compose config` resolves it: defaults filled in, variables replaced, short forms written out. */
export interface Service {
  readonly image?: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly command?: readonly string[] | null
  readonly user?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly volumes?: readonly Mount[]
  readonly ports?: readonly { readonly host_ip: string; readonly target: number; readonly published: string }[]
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly depends_on?: Readonly<Record<string, { readonly condition: Condition }>>
}
export type Condition = 'service_started' | 'service_healthy' | 'service_completed_successfully'

export interface Mount {
  readonly type: 'bind' | 'volume'
  /** An absolute path, or the volume's name. */
  readonly source: string
  readonly target: string
  readonly read_only?: boolean
}

export interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}

type Program = readonly [string, ...string[]]

/** The command of Compose: the plugin of Docker's client, the separate program, or the one of install.sh. */
export function findCompose(): Program | null {
  const installed = requireServer('compose')
  const candidates: readonly Program[] = [...(installed === null ? [] : [[installed] as const]), ['docker', 'compose']]
  return candidates.find(([program, ...args]) => succeeds(program, [...args, 'version'])) ?? null
}

/** Returns a file as Compose resolves it. @throws Error with Compose's message if it refuses the file */
export function resolveCompose(file: string, env: Readonly<Record<string, string>> = {}): Compose {
  const [program, ...args] = findCompose() ?? ['docker', 'compose']
  const options = { encoding: 'utf8', env: { PATH: process.env.PATH, ...env }, stdio: 'pipe' } as const
  return JSON.parse(execFileSync(program, [...args, '-f', file, 'config', '--format', 'json'], options))
}

function succeeds(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
