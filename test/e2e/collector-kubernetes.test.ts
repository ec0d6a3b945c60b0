import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { builtinCatalog, type MetricSpec } from '@quipu/catalog'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { describeWithServer, serverPath, validateCollectorConfig } from '../servers/index.js'
import { runProgram } from '../servers/run-program.js'
import { createTemporaryDirectory, type TemporaryDirectory } from '../servers/temporary-directory.js'

/** The parts of the Kubernetes objects that these tests read. */
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
  // The cluster fills in a name.
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

  it('sends the token that the application requires', () => {
    const wanted = containerOf(manifest('Deployment', 'securetrack')).env?.find(
      ({ name }) => name === 'QUIPU_PROMETHEUS_TOKEN',
    )
    const endpoints = manifest('ServiceMonitor', 'securetrack').spec.endpoints ?? []
    expect(endpoints).toHaveLength(2)
    for (const { authorization } of endpoints) {
      expect(wanted).toMatchObject({ valueFrom: { secretKeyRef: authorization.credentials } })
    }
  })

  it('allows the labels of every metric of the catalogue, and those that a scrape adds', () => {
    const counts = Object.values<MetricSpec>(builtinCatalog.metrics).map(
      ({ labels }) => Object.keys(labels ?? {}).length,
    )
    // __name__, le; job, instance, namespace, pod, service, endpoint, container
    expect(manifest('ServiceMonitor', 'securetrack').spec.labelLimit).toBeGreaterThanOrEqual(Math.max(...counts) + 9)
  })

  it('selects its own pods', () => {
    for (const { metadata, spec } of workloads) {
      expect(spec.template?.metadata.labels, metadata.name).toMatchObject(spec.selector?.matchLabels ?? { none: '' })
    }
    const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy')
    expect(policies).toHaveLength(workloads.length)
    for (const { metadata, spec } of policies) {
      const selected = workloads.filter((one) => one.metadata.name === metadata.name)
      expect(selected[0]?.spec.template?.metadata.labels).toMatchObject(spec.podSelector?.matchLabels ?? { none: '' })
    }
  })

  it('has network policies for exactly the ports that something listens on', () => {
    for (const workload of workloads) {
      const policy = manifest('NetworkPolicy', workload.metadata.name)
      const allowed = (policy.spec.ingress ?? []).flatMap(({ ports }) => ports.map(({ port }) => port))
      expect(allowed.length, workload.metadata.name).toBeGreaterThan(0)
      const listening = portsOf(workload)
      for (const port of allowed) expect(listening, workload.metadata.name).toContain(port)
    }
  })

  it('runs the tested Collector on the ports of its files, never as root', () => {
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

  it('connects the agents to every gateway, and keeps a gateway’s queue when its pod ends', () => {
    const agent = environmentOf(manifest('DaemonSet', 'collector-agent'))
    const service = manifest('Service', 'collector-gateway')
    expect(agent.GATEWAY_ENDPOINT).toBe(`dns:///${service.metadata.name}:${service.spec.ports?.[0]?.port}`)
    expect(service.spec.clusterIP).toBe('None')
    expect(manifest('StatefulSet', 'collector-gateway').spec.volumeClaimTemplates).toHaveLength(1)
  })

  it('lets the agent read the application’s log', () => {
    const app = manifest('Deployment', 'securetrack')
    const agent = manifest('DaemonSet', 'collector-agent')
    expect(app.spec.template?.spec.securityContext?.runAsUser).toBe(containerOf(agent).securityContext?.runAsUser)
    expect(environmentOf(app).ACTIVITY_LOG).toBe('/var/log/quipu/$(POD_NAME).log')
    expect(environmentOf(agent).ACTIVITY_LOG).toBe('/var/log/quipu/*.log')
  })
})

describe('the Collectors of deploy/kubernetes', () => {
  it.each(['collector-agent', 'collector-gateway'])('%s reads every variable of its environment', (name) => {
    const workload = workloads.find(({ metadata }) => metadata.name === name)
    const config = readFileSync(`deploy/${name}.yaml`, 'utf8')
    const variables = Object.keys(workload === undefined ? {} : environmentOf(workload))
    expect(variables.length).toBeGreaterThan(3)
    for (const variable of variables) {
      // Go's runtime reads this one.
      if (variable !== 'GOMEMLIMIT') expect(config, `${variable} is read`).toContain(`\${env:${variable}`)
    }
  })
})

describeWithServer(['manifests', 'collector'], 'what kubectl apply -k deploy would send', () => {
  let files: TemporaryDirectory
  let text: string
  let made: readonly Manifest[]

  beforeAll(async () => {
    files = createTemporaryDirectory('manifests-test')
    const { code, stdout, stderr } = await runProgram(serverPath('manifests'), ['build', 'deploy'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    text = stdout
    made = manifestsOf(text)
  })
  afterAll(() => files?.remove())

  /** The checks of a cluster: strict decoding, defaults, the API server's own validation. */
  async function checked(objects: string) {
    const file = join(files.path, 'objects.yaml')
    writeFileSync(file, objects)
    return await runProgram(serverPath('manifests'), ['check', file])
  }

  it('is accepted by Kubernetes unchanged, object by object', async () => {
    const { code, stdout, stderr } = await checked(text)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const expected = made.map(({ kind, metadata }) => `${kind} ${metadata.name}`)
    expect(stdout.trim().split('\n')).toEqual(expected)
    expect(expected).toHaveLength(manifests.length + kustomization.configMapGenerator.length)
  })

  it.each([
    ['a field that there is not', 'readinessProbe:', 'readynessProbe:', 'unknown field'],
    ['a port that cannot be', 'containerPort: 8000', 'containerPort: 80000', 'must be between 1 and 65535'],
    [
      'a mount of a volume that is not there',
      'name: activity-log\n',
      'name: log\n',
      'volumeMounts[0].name: Not found: "log"',
    ],
    ['an invalid quantity', 'cpu: 50m', 'cpu: 50q', 'quantities must match'],
    ['an invalid interval', 'interval: 15s', 'interval: 15 seconds', 'spec.endpoints[0].interval in body should match'],
    [
      'a field of the ServiceMonitor that there is not',
      'labelLimit:',
      'labelsLimit:',
      'unknown field "spec.labelsLimit"',
    ],
    ['an invalid name', '\n  name: securetrack\n', '\n  name: Secure_Track\n', 'must consist of lower case'],
  ])('would not be taken with %s', async (_, from, to, why) => {
    expect(text).toContain(from)
    const { code, stderr } = await checked(text.replace(from, to))
    expect(code).toBe(1)
    expect(stderr).toContain(why)
  })

  it.each([
    ['DaemonSet', 'collector-agent'],
    ['StatefulSet', 'collector-gateway'],
  ])('has in the config map that the %s mounts what its Collector is content with', async (kind, name) => {
    const workload = manifest(kind, name, made)
    const volumes = workload.spec.template?.spec.volumes ?? []
    const mapName = volumes.flatMap(({ configMap }) => configMap?.name ?? [])[0] ?? ''
    expect(mapName).toMatch(new RegExp(`^${name}-[a-z0-9]+$`))
    const config = manifest('ConfigMap', mapName, made).data?.['config.yaml'] ?? ''
    expect(config).toBe(readFileSync(`deploy/${name}.yaml`, 'utf8'))
    const file = join(files.path, `${name}.yaml`)
    writeFileSync(file, config)
    expect(await validateCollectorConfig(file, environmentOf(workload))).toMatchObject({ code: 0, stderr: '' })
    writeFileSync(file, config.replace('exporters: [otlp_', 'exporters: [otlp_no_'))
    expect(await validateCollectorConfig(file, environmentOf(workload))).toMatchObject({ code: 1 })
  })
})
