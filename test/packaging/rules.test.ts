import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { publicPackages, root } from './pack.mjs'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly engines?: { readonly node?: string }
  readonly license?: string
  readonly type?: string
  readonly scripts?: { readonly [name: string]: string }
  readonly dependencies?: { readonly [name: string]: string }
  readonly optionalDependencies?: { readonly [name: string]: string }
  readonly peerDependencies?: { readonly [name: string]: string }
  readonly peerDependenciesMeta?: { readonly [name: string]: { readonly optional?: boolean } }
}

const manifests: readonly Manifest[] = publicPackages()
const named = manifests.map((manifest): [string, Manifest] => [manifest.name, manifest])
const API = '@opentelemetry/api'

describe.each(named)('%s', (name, manifest) => {
  test('depends on the other packages at their published version, and on no package from another source', () => {
    const versions = new Map(manifests.map((each) => [each.name, each.version]))
    for (const [dependency, range] of Object.entries(manifest.dependencies ?? {})) {
      if (versions.has(dependency)) expect(range, dependency).toBe(versions.get(dependency))
      expect(range, dependency).toMatch(/^[\^~]?\d+\.\d+\.\d+( \|\| [\^~]?\d+\.\d+\.\d+)*$/)
    }
    expect(manifest.optionalDependencies).toBeUndefined()
  })

  test('has no install scripts', () => {
    const atInstall = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish']
    expect(Object.keys(manifest.scripts ?? {}).filter((script) => atInstall.includes(script))).toEqual([])
  })

  test('has the OpenTelemetry API as a peer, in every supported version', () => {
    expect(Object.keys(manifest.dependencies ?? {})).not.toContain(API)
    const isWithout = ['@quipu/catalog', '@quipu/dashboards', '@quipu/protocols', '@quipu/studio'].includes(name)
    if (isWithout) expect(manifest.peerDependencies).toBeUndefined()
    else expect(manifest.peerDependencies?.[API]).toBe('>=1.9.0 <2')
    expect(manifest.peerDependenciesMeta?.[API]?.optional).toBeUndefined()
  })

  test('has only optional peers besides', () => {
    const others = Object.keys(manifest.peerDependencies ?? {}).filter((peer) => peer !== API)
    expect(others.filter((peer) => manifest.peerDependenciesMeta?.[peer]?.optional !== true)).toEqual([])
  })

  test('is an ES module for Node 20.19 and later under the licence of the repository', () => {
    expect(manifest).toMatchObject({ type: 'module', engines: { node: '>=20.19' }, license: 'Apache-2.0' })
  })
})

const light = ['@quipu/store', '@quipu/core', '@quipu/activity-log', '@quipu/prometheus']
test.each(light)('%s depends on Quipu’s own packages only', (name) => {
  const manifest = manifests.find((each) => each.name === name)
  const ours = manifests.map((each) => each.name)
  expect(Object.keys(manifest?.dependencies ?? {}).filter((dependency) => !ours.includes(dependency))).toEqual([])
  expect(Object.keys(manifest?.peerDependencies ?? {})).toEqual([API])
})

test('the sdk pins one set of OpenTelemetry: npm would mix two lines, which do not run together', () => {
  const manifest = manifests.find(({ name }) => name === '@quipu/sdk')
  const theirs = Object.entries(manifest?.dependencies ?? {}).filter(([name]) => name.startsWith('@opentelemetry/'))
  expect(theirs.length).toBeGreaterThan(3)
  expect(theirs.filter(([, range]) => !/^\d+\.\d+\.\d+$/.test(range))).toEqual([])
})

test('the lockfile names no registry, so that it works with every mirror', () => {
  const lockfile: {
    readonly packages: { readonly [path: string]: { readonly resolved?: string; readonly link?: boolean } }
  } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const entries = Object.entries(lockfile.packages)
  expect(entries.length).toBeGreaterThan(100)
  const resolved = entries.filter(([, entry]) => entry.resolved !== undefined && entry.link !== true)
  expect(resolved.map(([path]) => path)).toEqual([])
  expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"(?:resolved|tarball)": "https?:/)
})
