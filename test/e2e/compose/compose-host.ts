import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunResult } from '../../servers/run-program.js'
import { runProgram } from '../../servers/run-program.js'
import { type ServerProcess, startServerProcess } from '../../servers/server-process.js'
import { createTemporaryDirectory } from '../../servers/temporary-directory.js'
import { StopWaiting, waitUntil } from '../../servers/wait-until.js'
import type { Compose, Condition, Service } from './compose-file.js'
import { imageOf } from './images.js'
import { startNamespace } from './namespace.js'
import { type PublishedPorts, publishPorts } from './published-ports.js'

const HEALTHY_MS = 60_000

/**
 * Runs a compose file's services as local programs, in one network namespace where each service has a loopback address
 * and its name, and each in its own root with its mounts. Other features of containers are missing: no memory limit, no
 * restart.
 */
export interface ComposeHost {
  /** Starts a service after the services that it needs, by the file's conditions; returns when it is healthy. */
  up(name: string): Promise<void>
  /** Runs a command as in a service's container. */
  exec(name: string, command: readonly string[]): Promise<RunResult>
  /** Runs the file's health check of a service once. */
  checkHealth(name: string): Promise<RunResult>
  /** The address of a published port here, such as `127.0.0.1:12345`. */
  published(name: string, port: number): string
  /** Removes 127.0.0.1: from then on services reach each other by their names, and no service reaches itself. */
  removeLocalhost(): Promise<void>
  /** The folder here of a volume. */
  volume(name: string): string
  logs(): string
  stop(): Promise<void>
}

export async function startComposeHost({ services, volumes }: Compose): Promise<ComposeHost> {
  const directory = createTemporaryDirectory('compose')
  chmodSync(directory.path, 0o755) // services of other users go through it
  const folder = (name: string): string => {
    const path = join(directory.path, name)
    mkdirSync(path, { recursive: true })
    return path
  }
  const volume = (name: string): string => folder(`volume-${name}`)
  const addresses = new Map(Object.keys(services).map((name, i) => [name, `127.0.1.${i + 1}`]))
  const names = [...addresses].map(([name, address]) => `${address} ${name}\n`)
  const hosts = join(directory.path, 'hosts')
  writeFileSync(hosts, `127.0.0.1 localhost\n${names.join('')}`)
  for (const name of Object.keys(volumes)) volume(name)

  const namespace = await startNamespace([...addresses.values()]).catch((error) => {
    directory.remove()
    throw error
  })
  const started = new Map<string, ServerProcess>()
  let ports: PublishedPorts | undefined
  const stop = async () => {
    await namespace.end() // with all that runs in it, whose output would keep the others waiting
    await ports?.stop()
    await Promise.all([...started.values()].map((one) => one.kill()))
    directory.remove()
  }

  const serviceOf = (name: string): Service => {
    const service = services[name]
    if (service === undefined) throw new Error(`no service ${name}`)
    return service
  }
  const enter = (name: string, command: readonly string[]): readonly string[] => {
    const { volumes: mounts = [], user } = serviceOf(name)
    const image = imageOf(serviceOf(name))
    const mounted = mounts.map(({ type, source, target, read_only }) => {
      const path = type === 'volume' ? volume(source) : source
      const owner = image.ownerOf[target]
      if (owner !== undefined) chownSync(path, owner, owner)
      return `${path}:${target}:${read_only === true ? 'ro' : 'rw'}`
    })
    return [
      ...[...namespace.nsenter, 'unshare', '--mount', 'sh', join(import.meta.dirname, 'enter.sh')],
      ...[folder(`root-${name}`), user ?? image.user, image.folder, `${hosts}:/etc/hosts:ro`],
      ...[...image.mounts, ...mounted, '--', ...command],
    ]
  }
  const environmentOf = (name: string) => ({
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    ...imageOf(serviceOf(name)).environment,
    ...serviceOf(name).environment,
  })
  const exec = (name: string, command: readonly string[]) =>
    runProgram('nsenter', enter(name, command), { onlyEnv: environmentOf(name) })
  const commandOf = (name: string): readonly string[] => [
    ...imageOf(serviceOf(name)).entrypoint,
    ...(serviceOf(name).command ?? []),
  ]
  const checkHealth = async (name: string): Promise<RunResult> => {
    const [kind, ...command] = serviceOf(name).healthcheck?.test ?? []
    if (kind !== 'CMD') throw new Error(`${name} has no health check of words`)
    return await exec(name, command)
  }
  const logs = () => [...started].map(([name, one]) => `--- ${name}\n${one.output()}`).join('\n')

  /** Waits until a service has the state that another one needs. */
  const waitFor = async (name: string, condition: Condition) => {
    const isReady = async (): Promise<boolean> => {
      const one = started.get(name)
      if (condition === 'service_completed_successfully') {
        if (one?.hasExited() && one.exitCode() !== 0) throw new StopWaiting(`${name} failed\n${one.output()}`)
        return one?.hasExited() ?? false
      }
      if (one?.hasExited()) throw new StopWaiting(`${name} has ended\n${one.output()}`)
      return condition === 'service_started' || (await checkHealth(name)).code === 0
    }
    await waitUntil(
      async () => (await isReady()) || undefined,
      HEALTHY_MS,
      () => `${name} is no ${condition}\n${logs()}`,
    )
  }
  const start = async (name: string): Promise<void> => {
    if (started.has(name)) return
    for (const [need, { condition }] of Object.entries(serviceOf(name).depends_on ?? {})) {
      await start(need)
      await waitFor(need, condition)
    }
    started.set(name, await startServerProcess('nsenter', enter(name, commandOf(name)), {}, environmentOf(name)))
  }

  try {
    const toPublish = [...addresses].flatMap(([name, address]) =>
      (serviceOf(name).ports ?? []).map(({ target }) => ({ name: `${name}:${target}`, address, port: target })),
    )
    ports = await publishPorts(namespace.nsenter, directory.path, toPublish)
    const { hosts: publishedHosts } = ports
    return {
      ...{ exec, checkHealth, volume, logs, stop },
      async up(name) {
        await start(name)
        await waitFor(name, 'service_healthy')
      },
      removeLocalhost: () => namespace.removeAddress('127.0.0.1'),
      published(name, port) {
        const host = publishedHosts.get(`${name}:${port}`)
        if (host === undefined) throw new Error(`${name} publishes no port ${port}`)
        return host
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}
