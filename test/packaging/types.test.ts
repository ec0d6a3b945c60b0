import { afterAll, beforeAll, expect, test } from 'vitest'
import { installPacked } from './install.mjs'
import { packPackages } from './pack.mjs'
import { checkTypes, typeDependencies, writeConsumer } from './types.mjs'

// The oldest and the newest compiler; `npm run test:matrix -- types` has those between, in every resolution.
const cases = [
  { version: '5.6', resolution: 'node16' },
  { version: '7.0', resolution: 'node16' },
  { version: '7.0', resolution: 'nodenext' },
  { version: '7.0', resolution: 'bundler' },
]
let app: { readonly folder: string; remove(): void }

beforeAll(async () => {
  const dependencies = { '@opentelemetry/api': '1.9.1', ...typeDependencies(['5.6', '7.0']) }
  app = await installPacked({ packed: await packPackages(), dependencies })
  writeConsumer(app.folder)
}, 180_000)

afterAll(() => app?.remove())

test.each(cases)(
  'TypeScript $version compiles an application and every declaration that it meets ($resolution)',
  async ({ version, resolution }) => {
    expect(await checkTypes(app.folder, version, resolution)).toEqual([])
  },
  120_000,
)
