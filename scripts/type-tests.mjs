import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run.mjs'

/** The projects whose compilation is a test: each package's `tsconfig.test.json`, and those of the folders of `test/`. */
export function typeTestProjects() {
  const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/tsconfig.test.json`)
  const tests = readdirSync(join(root, 'test')).map((name) => `test/${name}/tsconfig.json`)
  return [...packages, ...tests].filter((path) => existsSync(join(root, path)))
}
