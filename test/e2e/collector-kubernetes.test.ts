import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { builtinCatalog, type MetricSpec } from '@quipu/catalog'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { describeWithServer, validateCollectorConfig } from '../servers/index.js'

/** As much of the Kubernetes objects as these tests read. */
interface Port {
  readonly name: string
  readonly port?: number
  readonly targetPort?: string
  readonly containerPort?: number
}
interface Container {
  readonly name: string
  readonly image: string
  readonly args?: readonly string[]
  readonly ports?: readonly Port[]
  readonly env?: readonly { readonly name: string; readonly value?: string }[]
  readonly readinessProbe?: { readonly httpGet?: { readonly port: string } }
  readonly securityContext?: { readonly allowPrivilegeEscalation?: boolean; readonly runAsUser?: number }
}
interface Endpoint {
  readonly port: string
  readonly path: string
  readonly interval: string
  readonly relabelings: readonly { readonly targetLabel: string; readonly replacement: string }[]
  readonly authorization: { readonly credentials: { readonly name: string; readonly key: string } }
}
interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>
}
interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> }
  readonly data?: Readonly<Record<string, string>>
  readonly spec: {
    readonly selector?: Selector & Readonly<Record<string, unknown>>
    readonly podSelector?: Selector
    readonly ingress?: readonly { readonly ports: readonly { readonly port: number }[] }[]
    readonly ports?: readonly Port[]
    readonly clusterIP?: string
    readonly labelLimit?: number
    readonly endpoints?: readonly Endpoint[]
    readonly volumeClaimTemplates?: readonly unknown[]
    readonly template?: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> }
      readonly spec: {
        readonly containers: readonly Container[]
        readonly initContainers?: readonly Container[]
        readonly securityContext?: { readonly runAsUser?: number }
        readonly volumes?: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[]
      }
    }
  }
}

const manifestsOf = (text: string): readonly Manifest[] =>
  parseAllDocuments(text).map((document): Manifest => {
    expect(document.errors).toEqual([])
    return document.toJS()
  })
const kustomization: {
  readonly resources: readonly string[]
  readonly configMapGenerator: readonly { readonly name: string; readonly files: readonly string[] }[]
} = parse(readFileSync('deploy/kustomization.yaml', 'utf8'))
const manifests = kustomization.resources.flatMap((path) => manifestsOf(readFileSync(join('deploy', path), 'utf8')))

function manifest(kind: string, name: string, among: readonly Manifest[] = manifests): Manifest {
  const found = among.find((one) => one.kind === kind && one.metadata.name === name)
  if (found === undefined) throw new Error(`no ${kind} ${name}`)
  return found
}
const workloads = [
  manifest('Deployment', 'securetrack'),
  manifest('DaemonSet', 'collector-agent'),
  manifest('StatefulSet', 'collector-gateway'),
]
const containerOf = ({ spec }: Manifest): Container => {
  const container = spec.template?.spec.containers[0]
  if (container === undefined) throw new Error('no container')
  return container
}
const portsOf = (one: Manifest): readonly number[] =>
  (containerOf(one).ports ?? []).flatMap(({ containerPort }) => containerPort ?? [])
const environmentOf = (one: Manifest): Record<string, string> =>
  // What the cluster fills in is some name.
  Object.fromEntries((containerOf(one).env ?? []).map(({ name, value }) => [name, value ?? 'filled-in']))

describe('deploy/kubernetes', () => {
  it('scrapes both pages of the application as the document has it (S4–S7)', () => {
    const monitor = manifest('ServiceMonitor', 'securetrack')
    const service = manifest('Service', 'securetrack')
    const app = manifest('Deployment', 'securetrack')
    const endpoints = monitor.spec.endpoints ?? []
    const jobs = endpoints.map(({ path, interval, relabelings }) => [relabelings[0]?.replacement, path, interval])
    expect(jobs).toEqual([
      ['securetrack', '/metrics', '15s'],
      ['securetrack-custom', '/custom_metrics', '15s'],
    ])
    expect(service.metadata.labels).toMatchObject(monitor.spec.selector?.matchLabels ?? { none: '' })
    for (const endpoint of endpoints) {
      const port = service.spec.ports?.find(({ name }) => name === endpoint.port)
      expect(port).toMatchObject({ port: 8000 })
      expect(containerOf(app).ports).toContainEqual({ name: port?.targetPort, containerPort: 8000 })
      expect(endpoint.relabelings[0]?.targetLabel).toBe('job')
    }
    expect(containerOf(app).args?.slice(-2)).toEqual(['--port', '8000'])
  })

  it('asks for the token that the application wants', () => {
    const wanted = containerOf(manifest('Deployment', 'securetrack')).env?.find(
      ({ name }) => name === 'QUIPU_PROMETHEUS_TOKEN',
    )
    for (const { authorization } of manifest('ServiceMonitor', 'securetrack').spec.endpoints ?? []) {
      expect(wanted).toMatchObject({ valueFrom: { secretKeyRef: authorization.credentials } })
    }
  })

  it('allows a series as many labels as any metric of the catalogue has, and those that a scrape adds', () => {
    const counts = Object.values<MetricSpec>(builtinCatalog.metrics).map(
      ({ labels }) => Object.keys(labels ?? {}).length,
    )
    // __name__, le; job, instance, namespace, pod, service, endpoint, container
    expect(manifest('ServiceMonitor', 'securetrack').spec.labelLimit).toBeGreaterThanOrEqual(Math.max(...counts) + 9)
  })

  it('selects the pods that it makes', () => {
    for (const { metadata, spec } of workloads) {
      expect(spec.template?.metadata.labels, metadata.name).toMatchObject(spec.selector?.matchLabels ?? { none: '' })
    }
    for (const { metadata, spec } of manifests.filter(({ kind }) => kind === 'NetworkPolicy')) {
      const selected = workloads.filter((one) => one.metadata.name === metadata.name)
      expect(selected[0]?.spec.template?.metadata.labels).toMatchObject(spec.podSelector?.matchLabels ?? { none: '' })
    }
  })

  it('has a network policy for everything that listens, for no port that nothing listens on', () => {
    for (const workload of workloads) {
      const policy = manifest('NetworkPolicy', workload.metadata.name)
      const allowed = (policy.spec.ingress ?? []).flatMap(({ ports }) => ports.map(({ port }) => port))
      const listening = portsOf(workload)
      for (const port of allowed) expect(listening, workload.metadata.name).toContain(port)
    }
  })

  it('runs the Collector that is tested, on the ports that its files name, never as root', () => {
    const { dist }: { readonly dist: { readonly version: string } } = parse(
      readFileSync('test/servers/collector/manifest.yaml', 'utf8'),
    )
    for (const name of ['collector-agent', 'collector-gateway']) {
      const workload = workloads.find(({ metadata }) => metadata.name === name) ?? workloads[0]!
      const config = readFileSync(`deploy/${name}.yaml`, 'utf8')
      const container = containerOf(workload)
      expect(container.image).toBe(`otel/opentelemetry-collector-contrib:${dist.version}`)
      for (const port of portsOf(workload)) {
        expect(config.includes(`:${port}\n`) || config.includes(`port: ${port}\n`), `${name} ${port}`).toBe(true)
      }
      const user = container.securityContext?.runAsUser ?? workload.spec.template?.spec.securityContext?.runAsUser
      expect(user).toBeGreaterThan(0)
      expect(container.securityContext?.allowPrivilegeEscalation).toBe(false)
      expect(container.readinessProbe?.httpGet?.port).toBe('health')
      const mounted = workload.spec.template?.spec.volumes?.find((volume) => volume.name === 'config')
      expect(kustomization.configMapGenerator).toContainEqual({
        name: mounted?.configMap?.name,
        files: [`config.yaml=${name}.yaml`],
      })
    }
  })

  it('sends the agents to every gateway, and keeps a gateway’s queue when its pod goes', () => {
    const agent = environmentOf(manifest('DaemonSet', 'collector-agent'))
    const service = manifest('Service', 'collector-gateway')
    expect(agent.GATEWAY_ENDPOINT).toBe(`dns:///${service.metadata.name}:${service.spec.ports?.[0]?.port}`)
    expect(service.spec.clusterIP).toBe('None')
    expect(manifest('StatefulSet', 'collector-gateway').spec.volumeClaimTemplates).toHaveLength(1)
  })

  it('lets the agent read what the application writes', () => {
    const app = manifest('Deployment', 'securetrack')
    const agent = manifest('DaemonSet', 'collector-agent')
    expect(app.spec.template?.spec.securityContext?.runAsUser).toBe(containerOf(agent).securityContext?.runAsUser)
    expect(environmentOf(app).ACTIVITY_LOG).toBe('/var/log/quipu/$(POD_NAME).log')
    expect(environmentOf(agent).ACTIVITY_LOG).toBe('/var/log/quipu/*.log')
  })
})

describeWithServer('collector', 'the Collectors of deploy/kubernetes', () => {
  it.each(['collector-agent', 'collector-gateway'])('%s is content with its environment', async (name) => {
    const environment = environmentOf(workloads.find(({ metadata }) => metadata.name === name) ?? workloads[0]!)
    const config = readFileSync(`deploy/${name}.yaml`, 'utf8')
    for (const variable of Object.keys(environment)) {
      if (variable !== 'GOMEMLIMIT') expect(config, `${variable} is read`).toContain(`\${env:${variable}`)
    }
    expect(await validateCollectorConfig(`deploy/${name}.yaml`, environment)).toMatchObject({ code: 0, stderr: '' })
  })
})

function kustomize(): string | null {
  const [program, ...args] = ['kubectl', 'kustomize', 'deploy'] as const
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch (error) {
    // Only a kubectl that is not there is a reason to skip.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    return ''
  }
}

const built = kustomize()
describe.skipIf(built === null)(
  `kubectl kustomize deploy${built === null ? ' [skipped: no kubectl here]' : ''}`,
  () => {
    it('puts the Collectors’ files into config maps that their pods mount', () => {
      const made = manifestsOf(built ?? '')
      expect(made).toHaveLength(manifests.length + kustomization.configMapGenerator.length)
      for (const [kind, name] of [
        ['DaemonSet', 'collector-agent'],
        ['StatefulSet', 'collector-gateway'],
      ] as const) {
        const volumes = manifest(kind, name, made).spec.template?.spec.volumes ?? []
        const mapName = volumes.flatMap(({ configMap }) => configMap?.name ?? [])[0] ?? ''
        expect(mapName).toMatch(new RegExp(`^${name}-[a-z0-9]+$`))
        expect(manifest('ConfigMap', mapName, made).data?.['config.yaml']).toBe(
          readFileSync(`deploy/${name}.yaml`, 'utf8'),
        )
      }
    })
  },
)
