import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import base from '../vitest.config.ts'

// Runs the tests of one package, which `npm run mutate` names, against its mutants.
const { QUIPU_MUTATED_PACKAGE: name } = process.env
const packages = join(import.meta.dirname, '..', 'packages')

// Stryker mutates a copy of the workspace, whose node_modules leads back to the original: without these, a test that
// reaches the package through another one, such as @quipu/testing, would run the code without the mutant.
const alias = readdirSync(packages).flatMap((folder) => {
  const { name: own, exports: entries = {} } = JSON.parse(readFileSync(join(packages, folder, 'package.json'), 'utf8'))
  return Object.entries(entries).flatMap(([entry, { '@quipu/source': source }]) =>
    source === undefined
      ? []
      : [{ find: new RegExp(`^${own}${entry.slice(1)}$`), replacement: join(packages, folder, source) }],
  )
})

export default {
  ...base,
  resolve: { ...base.resolve, alias },
  test: { ...base.test, include: [`packages/${name}/src/**/*.test.ts`] },
}
