import { expect, test } from 'vitest'
import { templateFromValues } from './template-from-values.js'

test('a value of a parameter becomes its name', () => {
  expect(templateFromValues('/api/t1', { tenant: 't1' })).toBe('/api/:tenant')
  expect(templateFromValues('/a%20b/x', { name: 'a b' })).toBe('/:name/x')
  expect(templateFromValues('/v2/x', { version: '2' })).toBe('/v:version/x')
  expect(templateFromValues('/static', {})).toBe('/static')
  expect(templateFromValues('/files/a/b', { 0: 'a/b' })).toBe('/files/*')
})

test('a value that equals a fixed part is resolved by what other requests have shown', () => {
  expect(templateFromValues('/docs/docs', { lang: 'docs' })).toBe('/docs/:lang')
  expect(templateFromValues('/en/guides', { locale: 'en' })).toBe('/:locale/guides')
  expect(templateFromValues('/guides/guides', { locale: 'guides' })).toBe('/:locale/guides')
})

test('paths are compared without case', () => {
  expect(templateFromValues('/Shops/s1', { shop: 's1' })).toBe('/Shops/:shop')
  expect(templateFromValues('/SHOPS/s2', { shop: 's2' })).toBe('/Shops/:shop')
})

test('any properties of the request give a template and no error', () => {
  for (const params of [undefined, null, 7, { a: { b: 1 } }, { a: '' }, { a: '%zz' }]) {
    expect(templateFromValues('/x/%zz', params)).toMatch(/^\//)
  }
})
