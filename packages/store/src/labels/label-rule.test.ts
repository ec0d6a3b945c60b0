import type { LabelSpec } from '@quipu/catalog/builtin'
import { expect, it } from 'vitest'
import { createLabelRule } from './label-rule.js'

const rule = (spec: LabelSpec, allowed: readonly string[] = []) =>
  createLabelRule('label', spec, { allowed, budget: 200, valueLength: 128, pseudonym: (id) => `p-${id}` })

it.each<[string, LabelSpec, unknown, string | undefined]>([
  ['a value of a closed set', ['web', 'app'], 'web', 'web'],
  ['a value that is not of it', ['web', 'app'], 'fax', 'other'],
  ['its case', ['web', 'app'], 'WEB', 'other'],
  ['the name of a prototype', ['web', 'app'], 'constructor', 'other'],
  ['a closed set with details', { values: ['web'], optional: true }, 'fax', 'other'],
  ['a number of a closed set', ['200', '404'], 200, '200'],
  ['a template', { template: '{number}xx' }, '4xx', '4xx'],
  ['a template with more around it', { template: '{number}xx' }, 'a4xx', 'other'],
  ['a template with a line after it', { template: '{number}xx' }, '4xx\n', 'other'],
  ['a template of names', { template: 'plan:{name}/v{number}' }, 'plan:gold.eu/v2', 'plan:gold.eu/v2'],
  ['a template with a dot of its own', { template: 'v{number}.{number}' }, 'v1x2', 'other'],
  ['a template with braces of its own', { template: '{2}{number}' }, '{2}7', '{2}7'],
  ['a template of the greatest length', { template: '{number}' }, '1'.repeat(128), '1'.repeat(128)],
  ['a longer template', { template: '{number}' }, '1'.repeat(129), 'other'],
  ['a route that no router has declared', 'route', '/users/42', '/users/:id'],
  ['an id among the values of its entry', { class: 'id', values: ['jane'] }, 'jane', 'p-jane'],
  ['a class', 'name', 'two words', 'other'],
  ['what the entry allows', { class: 'name', values: ['two words'] }, 'two words', 'two words'],
  ['a pseudonym', 'id', 'jane', 'p-jane'],
  ['no value', 'name', Symbol('x'), undefined],
])('%s', (_, spec, raw, kept) => {
  expect(rule(spec).clean(raw)).toBe(kept)
})

it('values allowed by the options stay unchanged, except ids', () => {
  expect(rule('model', ['my own model, v2!']).clean('my own model, v2!')).toBe('my own model, v2!')
  expect(rule(['web'], ['fax']).clean('fax')).toBe('fax')
  expect(rule('id', ['jane']).clean('jane')).toBe('p-jane')
})

it.each<[LabelSpec, boolean, number]>([
  [['web'], false, 200],
  [{ values: ['web'] }, false, 200],
  ['name', true, 200],
  [{ class: 'name', budget: 7 }, true, 7],
  [{ template: '{number}' }, true, 200],
])('%o has a budget: %s, of %i', (spec, open, budget) => {
  expect(rule(spec)).toMatchObject({ open, budget })
})
