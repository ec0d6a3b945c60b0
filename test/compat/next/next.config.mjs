import { join } from 'node:path'

const packages = [
  'activity-log',
  'catalog',
  'core',
  'dashboards',
  'http',
  'llm',
  'otlp',
  'processes',
  'prometheus',
  'sdk',
  'store',
]

export default {
  output: 'standalone',
  outputFileTracingRoot: import.meta.dirname ?? join(import.meta.url, '..'),
  ...(process.env.EXTERNAL === '1' ? { serverExternalPackages: packages.map((name) => `@quipu/${name}`) } : {}),
  rewrites: async () => [{ source: '/r/:id', destination: '/posts/:id' }],
  redirects: async () => [{ source: '/moved/:id', destination: '/posts/:id', permanent: false }],
}
