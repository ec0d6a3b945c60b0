import { accessSync, constants } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * A program that `install.sh` installs; `python` is the interpreter with the page parsers, `manifests` validates Kubernetes
 * objects as a cluster does.
 */
export type ServerName =
  | 'prometheus'
  | 'promtool'
  | 'collector'
  | 'sloth'
  | 'victoriametrics'
  | 'compose'
  | 'manifests'
  | 'busybox'
  | 'python'
  | 'redis'
  | 'chromium'

const PROGRAMS: Record<ServerName, { piece: string; file: string }> = {
  prometheus: { piece: 'prometheus', file: 'prometheus/prometheus' },
  promtool: { piece: 'prometheus', file: 'prometheus/promtool' },
  collector: { piece: 'collector', file: 'collector/otelcol' },
  sloth: { piece: 'sloth', file: 'sloth/sloth' },
  victoriametrics: { piece: 'victoriametrics', file: 'victoriametrics/victoria-metrics' },
  compose: { piece: 'compose', file: 'compose/docker-compose' },
  manifests: { piece: 'manifests', file: 'manifests/manifests' },
  busybox: { piece: 'busybox', file: 'busybox/busybox' },
  python: { piece: 'python', file: 'python/bin/python' },
  redis: { piece: 'redis', file: 'redis/redis-server' },
  chromium: { piece: 'chromium', file: 'chromium/chromium' },
}

/** The path of an installed program, or null. */
export function findServer(name: ServerName): string | null {
  const path = join(process.env.QUIPU_SERVERS ?? join(homedir(), '.cache', 'quipu', 'servers'), PROGRAMS[name].file)
  try {
    accessSync(path, constants.X_OK)
    return path
  } catch {
    return null
  }
}

/** Like `findServer`. @throws Error if the program is missing under `QUIPU_REQUIRE_REAL=1` */
export function requireServer(name: ServerName): string | null {
  const path = findServer(name)
  if (path === null && process.env.QUIPU_REQUIRE_REAL === '1') {
    throw new Error(`${missingServer(name)}, and QUIPU_REQUIRE_REAL=1 requires it`)
  }
  return path
}

/** Returns the path of an installed program. @throws Error if it is missing */
export function serverPath(name: ServerName): string {
  const path = findServer(name)
  if (path === null) throw new Error(missingServer(name))
  return path
}

/** Names the missing program and the command that installs it. */
export function missingServer(name: ServerName): string {
  return `${name} is not installed (bash test/servers/install.sh ${PROGRAMS[name].piece})`
}
