import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { installPacked } from '../packaging/install.mjs'
import { packPackages, root } from '../packaging/pack.mjs'
import { typeDependencies, writeConsumer } from '../packaging/types.mjs'
import { dependencies as bundlers } from './bundlers.mjs'
import { applicationDependencies } from './npm-applications.mjs'
import { dependencies as registered } from './register-apps.mjs'
import { dependencies as tools } from './tool-apps.mjs'

const scoped = (versions) =>
  Object.fromEntries(Object.entries(versions).map(([name, version]) => [`@opentelemetry/${name}`, version]))

/** Packages of applications with each OpenTelemetry line. In line 3, the logs API is part of the API. */
export const otel2 = scoped({ api: '1.9.1', 'api-logs': '0.223.1', 'sdk-logs': '0.223.1', 'sdk-metrics': '2.12.1' })
export const otel3 = scoped({ api: '1.10.0', 'sdk-logs': '3.1.1', 'sdk-metrics': '3.1.1' })

/** All OpenTelemetry packages of line 3. */
export const allOtel3 = scoped({
  core: '3.1.1',
  'exporter-metrics-otlp-http': '0.301.0',
  'exporter-prometheus': '0.301.0',
  'instrumentation-runtime-node': '0.37.0',
  'otlp-exporter-base': '0.301.0',
  'otlp-transformer': '0.301.0',
  resources: '3.1.1',
  'sdk-logs': '3.1.1',
  'sdk-metrics': '3.1.1',
  'sdk-node': '0.301.0',
  'sdk-trace': '3.1.1',
})

const portable = ['@quipu/core', '@quipu/prometheus', '@quipu/activity-log']
const without = (versions, ...names) =>
  Object.fromEntries(Object.entries(versions).filter(([name]) => !names.includes(name)))

const nest11 = Object.fromEntries(['common', 'core', 'platform-express'].map((name) => [`@nestjs/${name}`, '11.2.10']))
const nextDependencies = { '@opentelemetry/api': '1.9.1', hono: '4.13.19', react: '19.3.1', 'react-dom': '19.3.1' }

/** The applications of jobs: the packages of Quipu that they install, and their other packages. */
const kinds = {
  'otel-2': { packages: portable, dependencies: otel2 },
  'otel-3': { packages: portable, dependencies: otel3 },
  'sdk-otel-2': { packages: ['@quipu/sdk'], dependencies: without(otel2, '@opentelemetry/api-logs') },
  // npm's installation beside an application's own OpenTelemetry 3.
  'sdk-otel-3': { packages: ['@quipu/sdk'], dependencies: otel3 },
  // With that line only.
  'sdk-otel-3-only': {
    packages: ['@quipu/sdk'],
    dependencies: otel3,
    overrides: without(allOtel3, ...Object.keys(otel3)),
  },
  ...Object.fromEntries(
    [
      ...Object.entries(registered).map(([name, dependencies]) => [`register-${name}`, dependencies]),
      ...Object.entries(tools).map(([name, dependencies]) => [`tools-${name}`, dependencies]),
    ].map(([name, dependencies]) => [name, { packages: ['@quipu/sdk'], dependencies }]),
  ),
  'fetch-handlers': {
    packages: ['@quipu/core', '@quipu/http'],
    dependencies: {
      '@hono/node-server': '2.1.9',
      '@opentelemetry/api': '1.9.1',
      elysia: '1.4.30',
      h3: '2.0.8',
      hono: '4.13.19',
    },
  },
  // As registered, with the Nest that brings a router without channels.
  servers: {
    packages: ['@quipu/sdk'],
    dependencies: { ...registered.current, ...nest11, '@opentelemetry/api': '1.9.1' },
  },
  models: {
    packages: ['@quipu/llm'],
    dependencies: {
      '@ai-sdk/openai': '4.0.118',
      '@anthropic-ai/sdk': '1.14.0',
      '@aws-sdk/client-bedrock-runtime': '3.1164.0',
      '@modelcontextprotocol/client': '2.4.0',
      '@modelcontextprotocol/sdk': '1.32.2',
      '@modelcontextprotocol/server': '2.4.0',
      '@opentelemetry/api': '1.9.1',
      ai: '7.0.173',
      ollama: '0.6.4',
      openai: '7.57.0',
      zod: '4.6.7',
    },
  },
  bundlers: { packages: undefined, dependencies: bundlers },
  ...Object.fromEntries(
    Object.entries({ 15: '15.5.29', 16: '16.4.6' }).flatMap(([line, version]) =>
      ['webpack', 'turbopack'].map((bundler) => [
        `next-${line}-${bundler}`,
        { packages: undefined, dependencies: { ...nextDependencies, next: version } },
      ]),
    ),
  ),
  'nitro-2': { packages: ['@quipu/sdk'], dependencies: { '@opentelemetry/api': '1.9.1', nitropack: '2.13.6' } },
  'nitro-3': { packages: ['@quipu/sdk'], dependencies: { '@opentelemetry/api': '1.9.1', nitro: '3.0.260903-beta' } },
  'nuxt-4': { packages: ['@quipu/sdk'], dependencies: { '@opentelemetry/api': '1.9.1', nuxt: '4.5.2' } },
  applications: {
    packages: ['@quipu/sdk'],
    dependencies: applicationDependencies,
    // One of them requires a dist-tag that a registry may lack.
    overrides: { 'node-fetch': '2.7.0' },
  },
  types: { packages: undefined, dependencies: { '@opentelemetry/api': '1.9.1', ...typeDependencies() } },
}

/**
 * Applications by kind, each installed from packed tarballs on first use.
 * @returns {{ get: (kind: string) => Promise<string>, remove: () => Promise<void> }}
 */
export function createApps() {
  const apps = new Map()
  const make = async (kind) => {
    const { packages, dependencies, overrides } = kinds[kind]
    const app = await installPacked({ packed: await packPackages(packages), dependencies, overrides })
    cpSync(join(root, 'test', 'compat', 'program'), join(app.folder, 'program'), { recursive: true })
    if (kind === 'types') writeConsumer(app.folder)
    return app
  }
  return {
    async get(kind) {
      if (!apps.has(kind)) apps.set(kind, make(kind))
      return (await apps.get(kind)).folder
    },
    async remove() {
      for (const app of await Promise.allSettled(apps.values())) app.value?.remove()
    },
  }
}
