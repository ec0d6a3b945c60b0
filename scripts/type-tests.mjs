import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run.mjs'

/** The projects whose compilation is a test: each package's `tsconfig.test.json`. */
export function typeTestProjects() {
  return readdirSync(join(root, 'packages'))
    .map((name) => `packages/${name}/tsconfig.test.json`)
    .filter((path) => existsSync(join(root, path)))
}
