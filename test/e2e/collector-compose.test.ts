import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { describeWithServer, serverPath, validateCollectorConfig } from '../servers/index.js'
import { runProgram } from '../servers/run-program.js'
import { findCompose, resolveCompose } from './compose/compose-file.js'

/** The parts of a compose file that these tests read. */
interface Service {
  readonly image?: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly command?: readonly string[]
  readonly user?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
  readonly network_mode?: string
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly depends_on?: readonly string[] | Readonly<Record<string, { readonly condition: string }>>
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}
interface ScrapeConfigs {
  readonly scrape_configs: readonly { readonly static_configs: readonly { readonly targets: readonly string[] }[] }[]
}

const FILE = 'docker-compose.yml'
const compose: Compose = parse(readFileSync(FILE, 'utf8'))
const services = Object.entries(compose.services)
const serviceOf = (name: string): Service => compose.services[name] ?? {}

/** Returns a variable's default, `${NAME:-default}`, as compose does. */
const filledIn = (value: string): string => value.replace(/\$\{\w+:-([^}]*)\}/g, '$1')
const environmentOf = (name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(serviceOf(name).environment ?? {}).map(([key, value]) => [key, filledIn(value)]))

describe(FILE, () => {
  it('pins every image, as do the Dockerfile and the Kubernetes objects', () => {
    const kubernetes = readdirSync('deploy/kubernetes').map((name) => join('deploy/kubernetes', name))
    const images = ['deploy/app.Dockerfile', FILE, ...kubernetes].flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/^(?:FROM|\s+image:) (\S+)/gm)].map(([, image]) => image),
    )
    expect(images).toEqual(expect.arrayContaining(services.flatMap(([, { image }]) => image ?? [])))
    expect(images.length).toBeGreaterThan(services.length)
    for (const image of images) expect(image).toMatch(/^[\w./-]+:v?\d+\.\d+\.\d+(?:-[a-z][\w-]*)?$/)
  })

  it('has a health check for every long-running service, and starts each service after those that it needs', () => {
    const once = new Set(
      services.flatMap(([, { depends_on = [] }]) =>
        Object.entries(depends_on).flatMap(([name, need]) =>
          typeof need === 'object' && need.condition === 'service_completed_successfully' ? [name] : [],
        ),
      ),
    )
    // The Collector's image has no program for a health check, so another service checks it in its network.
    const askedBy = services.flatMap(([, { network_mode = '', healthcheck }]) =>
      healthcheck !== undefined && network_mode.startsWith('service:') ? [network_mode.slice('service:'.length)] : [],
    )
    for (const [name, service] of services) {
      expect(once.has(name) || askedBy.includes(name) || service.healthcheck !== undefined, name).toBe(true)
      const needs = Array.isArray(service.depends_on) ? service.depends_on : Object.keys(service.depends_on ?? {})
      for (const need of needs) expect(compose.services, `${name} needs ${need}`).toHaveProperty(need)
    }
  })

  it('has commands that consist of strings: YAML converts a word with a colon into a map', () => {
    for (const [name, { command = [], healthcheck }] of services) {
      for (const word of [...command, ...(healthcheck?.test ?? [])]) expect(word, name).toBeTypeOf('string')
    }
  })

  it('publishes on loopback only', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? [])
    expect(ports.length).toBeGreaterThan(3)
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
  })

  it('mounts existing files and declared volumes', () => {
    for (const [name, { volumes = [], build }] of services) {
      for (const volume of volumes) {
        const source = volume.split(':')[0] ?? ''
        const isThere = source.startsWith('.') ? existsSync(source) : source in compose.volumes
        expect(isThere, `${source} of ${name}`).toBe(true)
      }
      if (build !== undefined) expect(existsSync(join(build.context, build.dockerfile)), name).toBe(true)
    }
  })

  it('has a service and a port for every target that Prometheus scrapes', () => {
    const files = ['deploy/prometheus.yml', 'deploy/scrape/collector.yml']
    const targets = files.flatMap((file) => {
      const { scrape_configs }: ScrapeConfigs = parse(readFileSync(file, 'utf8'))
      return scrape_configs.flatMap((job) => job.static_configs.flatMap((config) => config.targets))
    })
    const collector = readFileSync('otel-collector.yaml', 'utf8')
    const { ACTIVITY_PAGE = '' } = environmentOf('otel-collector')
    for (const target of targets) {
      const [name = '', port = ''] = target.split(':')
      expect(compose.services, target).toHaveProperty(name)
      if (name === 'securetrack') expect(serviceOf(name).command?.slice(-2)).toEqual(['--port', port])
      else
        expect(
          collector.includes(`:${port}\n`) ||
            collector.includes(`port: ${port}\n`) ||
            ACTIVITY_PAGE.endsWith(`:${port}`),
        ).toBe(true)
    }
    expect(targets.sort()).toEqual([
      'otel-collector:8888',
      'otel-collector:8889',
      'otel-collector:8890',
      'securetrack:8000',
      'securetrack:8000',
    ])
  })

  it('lets the Collector read the log that the application writes, as the same user', () => {
    const app = serviceOf('securetrack')
    const collector = serviceOf('otel-collector')
    expect(environmentOf('securetrack').ACTIVITY_LOG).toBe(environmentOf('otel-collector').ACTIVITY_LOG)
    expect(app.volumes).toContain('activity-log:/var/log/quipu')
    expect(collector.volumes).toContain('activity-log:/var/log/quipu:ro')
    expect(collector.user).toBe('1000:1000') // node's user in node's image
    expect(readFileSync('deploy/app.Dockerfile', 'utf8')).toMatch(/^USER node$/m)
  })

  it('gives Grafana the Prometheus that it starts', () => {
    const path = 'deploy/grafana/provisioning/datasources/prometheus.yml'
    const { datasources }: { readonly datasources: readonly { readonly url: string; readonly uid: string }[] } = parse(
      readFileSync(path, 'utf8'),
    )
    expect(datasources).toMatchObject([{ uid: 'prometheus', type: 'prometheus', url: 'http://prometheus:9090' }])
    expect(serviceOf('grafana').volumes).toContain('./deploy/grafana/provisioning:/etc/grafana/provisioning:ro')
  })
})

describeWithServer('collector', `the Collector of ${FILE}`, () => {
  it.each([
    ['as it is', {}],
    ['with a way out', { OTLP_OUT: 'otlp_http', OTLP_OUT_ENDPOINT: 'https://otlp.example.com' }],
  ])('is content with its configuration and its environment %s', async (_, more) => {
    const environment = { ...environmentOf('otel-collector'), ...more }
    const config = readFileSync('otel-collector.yaml', 'utf8')
    for (const name of Object.keys(environment)) {
      if (name !== 'GOMEMLIMIT') expect(config, `${name} is read`).toContain(`\${env:${name}`)
    }
    expect(await validateCollectorConfig('otel-collector.yaml', environment)).toMatchObject({ code: 0, stderr: '' })
  })
})

describeWithServer(['collector', 'prometheus', 'busybox'], `the programs that the tests run for ${FILE}`, () => {
  it.each([
    ['collector', ['--version'], 'otel-collector', 'otel/opentelemetry-collector-contrib:'],
    ['prometheus', ['--version'], 'prometheus', 'prom/prometheus:v'],
    ['busybox', [], 'volume-owner', 'busybox:'],
    ['busybox', [], 'otel-collector-health', 'busybox:'],
  ] as const)('%s %o is of the version of the image of %s', async (server, args, service, image) => {
    const { stdout, stderr } = await runProgram(serverPath(server), args)
    const [version] = /\d+\.\d+\.\d+/.exec(stdout + stderr) ?? []
    expect(serviceOf(service).image).toBe(image + version)
  })
})

const found = findCompose()
describe.skipIf(found === null)(
  `docker compose config${found === null ? ' [skipped: no docker compose here]' : ''}`,
  () => {
    it(`accepts ${FILE}, and finds no unset variable`, async () => {
      const [program = '', ...args] = found ?? []
      const { code, stderr } = await runProgram(program, [...args, '-f', FILE, 'config', '--quiet'])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    })

    it('resolves it as these tests read it', () => {
      const resolved = resolveCompose(FILE)
      expect(Object.keys(resolved.services).sort()).toEqual(Object.keys(compose.services).sort())
      for (const [name, { environment = {}, command }] of Object.entries(resolved.services)) {
        expect(environment, name).toEqual(environmentOf(name))
        expect(command ?? undefined, name).toEqual(serviceOf(name).command)
      }
      const out = { OTLP_OUT: 'otlp_http', OTLP_OUT_ENDPOINT: 'https://otlp.example.com' }
      expect(resolveCompose(FILE, out).services['otel-collector']?.environment).toMatchObject(out)
    })

    it('refuses other files', async () => {
      const [program = '', ...args] = found ?? []
      const text = readFileSync(FILE, 'utf8').replace('healthcheck:', 'healthchek:')
      const { code, stderr } = await runProgram(program, [...args, '-f', '-', 'config'], { stdin: text })
      expect(code).not.toBe(0)
      expect(stderr).toContain('healthchek')
    })
  },
)
