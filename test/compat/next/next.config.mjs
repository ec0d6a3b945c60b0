import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** All packages of Quipu that are installed. */
const packages = readdirSync(join('node_modules', '@quipu')).map((name) => `@quipu/${name}`)

export default {
  output: 'standalone',
  outputFileTracingRoot: import.meta.dirname ?? join(import.meta.url, '..'),
  ...(process.env.EXTERNAL === '1' ? { serverExternalPackages: packages } : {}),
  rewrites: async () => [{ source: '/r/:id', destination: '/posts/:id' }],
  redirects: async () => [{ source: '/moved/:id', destination: '/posts/:id', permanent: false }],
}
