import { execFile, execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { start } from '@quipu/sdk'
import * as presets from '@quipu/sdk/presets'
import { toCollector, toCollectorYaml, toEnvironment, toStartOptions } from '@quipu/sdk/presets'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { describeWithServer, startCollector, validateCollectorConfig, waitUntil } from '../servers/index.js'
import { createTemporaryDirectory, type TemporaryDirectory } from '../servers/temporary-directory.js'
import { signatureFault } from './aws-signature.js'
import { type GoogleTokens, startGoogleTokens } from './google-tokens.js'
import { recordEverything } from './recorded-metrics.js'
import { startVendorBackend, type VendorBackend, type VendorPoint } from './vendor-backend.js'
import { at, collectorPresets, collectorVendors, directPresets, directVendors } from './vendor-presets.js'

/** Values of the variables of the presets' credentials. */
const credentials = {
  DD_API_KEY: 'k',
  NEW_RELIC_LICENSE_KEY: 'k',
  DT_API_TOKEN: 't',
  HONEYCOMB_API_KEY: 'k',
  GRAFANA_CLOUD_BASIC: 'MTI6dA==',
  SPLUNK_ACCESS_TOKEN: 't',
  ELASTIC_API_KEY: 'k',
  SIGNOZ_INGESTION_KEY: 'k',
}

// An application that is configured by its environment only, or by a printed preset.
const source = `
import { metrics } from '@opentelemetry/api'
import { start } from '@quipu/sdk'
const printed = process.env.START_OPTIONS
const quipu = start({ ...(printed && new Function('return ' + printed)()), shutdownTimeoutMs: 10000 })
quipu.metrics.user_action_total.add(2, { action_type: 'a' })
quipu.metrics.user_action_duration_seconds.record(0.25, { action_type: 'a' })
metrics.getMeter('shop').createHistogram('shop.basket').record(3)
metrics.getMeter('shop').createCounter('shop.orders').add(4)
const { delivered, dropped, held } = await quipu.shutdown()
console.log(JSON.stringify({ isDelivered: delivered > 0, dropped, held }))
`

describe('printed as an environment block and as the options of start()', () => {
  let folder: string
  beforeAll(async () => {
    // A folder from which the sdk's dependencies resolve, as from an installed package.
    const modules = fileURLToPath(new URL('../../packages/sdk/node_modules/', import.meta.url))
    mkdirSync(modules, { recursive: true })
    folder = mkdtempSync(join(modules, '.vendors-'))
    copyFileSync(
      fileURLToPath(new URL('../../packages/sdk/package.json', import.meta.url)),
      join(folder, 'package.json'),
    )
    await build({
      stdin: { contents: source, resolveDir: fileURLToPath(new URL('../../packages/sdk/src/', import.meta.url)) },
      outfile: join(folder, 'dist/app.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      // An ES module has no `require`, which the lazy loading of OpenTelemetry calls.
      banner: {
        js: "import { createRequire as toRequire } from 'node:module'; const require = toRequire(import.meta.url);",
      },
      conditions: ['@quipu/source'],
      plugins: [
        {
          name: 'others stay outside',
          setup: ({ onResolve }) =>
            onResolve({ filter: /^[^./]/ }, ({ path }) =>
              path.startsWith('@quipu/') ? undefined : { path, external: true },
            ),
        },
      ],
    })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  async function run(env: NodeJS.ProcessEnv): Promise<unknown> {
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'dist/app.mjs')], {
      env: { PATH: process.env.PATH, OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=one', ...env },
    })
    return JSON.parse(stdout)
  }

  /** The variables as a shell exports them, with placeholders replaced. */
  function exported(block: string): NodeJS.ProcessEnv {
    const file = join(folder, `${Math.random()}.env`)
    writeFileSync(file, block)
    const encoded = Object.fromEntries(Object.entries(credentials).map(([k, v]) => [k, encodeURIComponent(v)]))
    const out = execFileSync('sh', ['-c', 'set -a; . "$0"; env -0', file], {
      env: { PATH: process.env.PATH, ...encoded },
    })
    const lines = out.toString('utf8').split('\0')
    return Object.fromEntries(lines.filter((line) => /^(?:OTEL|QUIPU)_/.test(line)).map((line) => splitAt(line, '=')))
  }

  it.each(directVendors)(
    '%s gets the same requests by either as by the preset in code',
    async (vendor) => {
      const asked: unknown[] = []
      for (const way of ['code', 'options', 'environment'] as const) {
        const backend = await startVendorBackend(vendor)
        onTestFinished(() => backend.close())
        const preset = at(directPresets[vendor], backend.origin)
        const env = {
          code: () => ({ START_OPTIONS: JSON.stringify({ otlp: preset }) }),
          options: () => ({ ...credentials, START_OPTIONS: toStartOptions(preset) }),
          environment: () => exported(toEnvironment(preset)),
        }[way]()
        expect(await run(env), way).toEqual({ isDelivered: true, dropped: 0, held: 0 })
        asked.push(whatWasAsked(backend))
      }
      expect(asked[1]).toEqual(asked[0])
      expect(asked[2]).toEqual(asked[0])
      const basket = JSON.stringify(asked[0])
      expect(basket).toContain('shop.basket')
      expect(basket.includes('exponentialHistogram')).toBe(directPresets[vendor].histograms === 'exponential')
    },
    60_000,
  )

  it('two processes of a service are two instances for Datadog, which keeps one point per second and set of tags', async () => {
    const backend = await startVendorBackend('datadog')
    onTestFinished(() => backend.close())
    const preset = at(directPresets.datadog, backend.origin)
    const env = { START_OPTIONS: JSON.stringify({ otlp: preset }), OTEL_RESOURCE_ATTRIBUTES: '' }
    for (const _ of [1, 2]) expect(await run(env)).toMatchObject({ isDelivered: true })
    const instances = backend.requests.map(({ resource }) => resource['service.instance.id'])
    expect(new Set(instances).size).toBe(2)
    expect(instances.every((id) => typeof id === 'string' && id.length > 8)).toBe(true)
    expect(backend.requests[0]?.headers['dd-otel-metric-config']).toContain('"resource_attributes_as_tags":true')
  })
})

function splitAt(line: string, separator: string): readonly [string, string] {
  const i = line.indexOf(separator)
  return [line.slice(0, i), line.slice(i + 1)]
}

/** Removes the parts that differ between two runs of a program: times, addresses and measurements of the process. */
function whatWasAsked({ requests }: VendorBackend): unknown {
  const isMeasured = ({ name }: VendorPoint): boolean => /^(?:shop\.|user_action)/.test(name)
  return requests.map(({ path, status, headers, resource, points }) => {
    const { host: _, 'content-length': __, ...others } = headers
    return { path, status, headers: others, resource, points: points.filter(isMeasured) }
  })
}

const aws = { accessKeyId: 'AKIDOFTHETEST', secretAccessKey: 'secret of the test' }
const allVendors = [...directVendors, ...collectorVendors]
const allPresets = { ...directPresets, ...collectorPresets }

describeWithServer('collector', 'printed as a Collector’s configuration', () => {
  let folder: TemporaryDirectory
  let google: GoogleTokens
  let env: Record<string, string>
  beforeAll(async () => {
    folder = createTemporaryDirectory('vendors')
    const file = join(folder.path, 'google.json')
    google = await startGoogleTokens(file)
    env = {
      ...credentials,
      AWS_ACCESS_KEY_ID: aws.accessKeyId,
      AWS_SECRET_ACCESS_KEY: aws.secretAccessKey,
      GOOGLE_APPLICATION_CREDENTIALS: file,
    }
  })
  afterAll(async () => {
    await google?.close()
    folder?.remove()
  })

  /**
   * No available module contains `azure_auth`: another authenticator replaces it, and the Collector reads the rest of the
   * file.
   */
  function readable(vendor: string, yaml: string): string {
    if (vendor !== 'azure') return yaml
    const config = parse(yaml)
    const [exporter] = Object.values<{ auth: { authenticator: string } }>(config.exporters)
    // Its settings, from the extension's documentation.
    expect(config.extensions).toEqual({
      azure_auth: { use_default: true, scopes: ['https://monitor.azure.com/.default'] },
    })
    expect([exporter?.auth.authenticator, config.service.extensions]).toEqual(['azure_auth', ['azure_auth']])
    return yaml.replace(/^ {2}azure_auth:\n(?: {4}.*\n)+/m, '  sigv4auth: {}\n').replaceAll('azure_auth', 'sigv4auth')
  }

  it('exists for every preset', () => {
    expect(allVendors).toHaveLength(16)
    // langfuse and phoenix accept no metrics, and print nothing.
    expect([...allVendors, 'langfuse', 'phoenix'].sort()).toEqual(Object.keys(presets).filter(isPreset).sort())
  })

  it.each(allVendors)('%s is accepted by a Collector, with the credential in its environment', async (vendor) => {
    const file = join(folder.path, `${vendor}.yaml`)
    const yaml = readable(vendor, toCollectorYaml(allPresets[vendor]))
    writeFileSync(file, yaml)
    expect(await validateCollectorConfig(file, env)).toMatchObject({ code: 0, stderr: '' })
    const mistakes = [
      yaml.replace('metrics_endpoint:', 'metrics_endpiont:'),
      yaml.replace(/encoding: proto|authenticator/, (text) => `${text}x`),
      ...(/^ {4}(?:region|project):/m.test(yaml) ? [yaml.replace(/^ {4}(?=region:|project:)/m, '    no_such_')] : []),
    ]
    for (const mistake of mistakes) {
      expect(mistake).not.toBe(yaml)
      writeFileSync(file, mistake)
      expect(await validateCollectorConfig(file, env)).toMatchObject({ code: 1 })
    }
  })

  it.each(allVendors)('%s accepts all data that passes through it', async (vendor) => {
    const backend = await startVendorBackend(vendor)
    onTestFinished(() => backend.close())
    const preset = allPresets[vendor]
    const config = parse(readable(vendor, toCollectorYaml(at(preset, backend.origin))))
    const collector = await startCollector({ config, env })
    onTestFinished(() => collector.stop())
    const { recorder } = recordEverything()
    const otlp = toCollector(preset, { url: collector.endpoints.otlpHttp })
    const outcome = await start({ recorder, otlp, exitHooks: false, shutdownTimeoutMs: 10_000 }).shutdown()
    expect(outcome).toMatchObject({ held: 0, dropped: 0, errors: [] })
    const points = () => backend.requests.flatMap((request) => request.points)
    const isRefused = () => backend.requests.some(({ status }) => status !== 200)
    await waitUntil(
      async () => (points().length >= outcome.delivered || isRefused() ? true : undefined),
      10_000,
      () => `${points().length} of ${outcome.delivered} points have come\n${collector.logs()}`,
    )
    expect(backend.requests.map(({ status, rejected }) => [status, rejected])).toEqual(
      backend.requests.map(() => [200, []]),
    )
    expect(points().length).toBe(outcome.delivered)
    for (const { path, headers, sent } of backend.requests) {
      if (vendor === 'cloudwatch') {
        const request = { method: 'POST', path, headers, body: sent }
        expect(signatureFault(request, aws, { region: 'eu-central-1', service: 'monitoring' })).toBe(undefined)
        const changed = { ...request, body: Buffer.concat([sent, Buffer.from('x')]) }
        expect(signatureFault(changed, aws, { region: 'eu-central-1', service: 'monitoring' })).toContain('not that of')
      }
      if (vendor === 'gcp') expect(headers.authorization).toBe(`Bearer ${google.token}`)
    }
    if (vendor === 'gcp') expect(google.given()).toBe(1)
  })
})

/** The functions of the module with names of back ends. */
function isPreset(name: string): boolean {
  return !/^(?:to[A-Z]|check)/.test(name)
}
