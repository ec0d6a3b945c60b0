import fc from 'fast-check'
import { expect, it } from 'vitest'
import { namesOf, splitTarget } from './request-target.js'

it.each([
  ['/metrics', '/metrics', ''],
  ['/metrics?name[]=a', '/metrics', 'name[]=a'],
  ['http://host:1/metrics?a', '/metrics', 'a'],
  ['http://host', '', ''],
  ['/metrics#x?y', '/metrics', ''],
  ['//x/metrics', '//x/metrics', ''],
  ['http://[::bad/metrics', '/metrics', ''],
  ['*', '*', ''],
  ['', '', ''],
])('%j is the path %j and the query %j', (target, path, query) => expect(splitTarget(target)).toEqual({ path, query }))

it.each([
  ['name[]=b&name%5B%5D=a&name[]=b&other=c', ['a', 'b']],
  ['name=a', []],
  ['name[]=%', ['%']],
  ['', []],
])('%j asks for %j', (query, names) => expect(namesOf(query)).toEqual(names))

it('accepts any target and query without throwing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (target) => {
      const { path, query } = splitTarget(target)
      namesOf(query)
      expect(target).toContain(path)
    }),
  )
})
