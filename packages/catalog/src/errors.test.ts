import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { errorCodes, errorsDoc, QuipuError } from './errors.js'

const details = {
  what: 'user_action and user_action_total would both be exported as user_action_total.',
  got: 'counter user_action (catalog "aki"), counter user_action_total (catalog "securetrack")',
  fix: "give one a prefix: defineMetrics({ … }, { prefix: 'aki_' })",
}
// usage.md §15
const printed = `QuipuError [QUIPU_CATALOG_NAME_COLLISION]: user_action and user_action_total would both be exported as user_action_total.
  got:  counter user_action (catalog "aki"), counter user_action_total (catalog "securetrack")
  fix:  give one a prefix: defineMetrics({ … }, { prefix: 'aki_' })
  see:  docs/errors.md#quipu_catalog_name_collision`

test('an error prints its code, the problem, the value, the fix and a link to the docs', () => {
  const error = new QuipuError('QUIPU_CATALOG_NAME_COLLISION', details)
  expect(String(error)).toBe(printed)
  expect(error.stack?.startsWith(`${printed}\n    at `)).toBe(true)
  expect(inspect(error).startsWith(printed)).toBe(true)
})

test('the stack of an error begins where it was created, not inside its class', () => {
  const error = new QuipuError('QUIPU_STRICT', details)
  expect(error.stack?.split('\n    at ')[1]).toContain('errors.test.ts')
})

test('the parts of an error can be read one by one', () => {
  const cause = new RangeError('port')
  const error = new QuipuError('QUIPU_CONFIG_INVALID', { ...details, cause })
  expect(error).toMatchObject({ code: 'QUIPU_CONFIG_INVALID', what: details.what, got: details.got, fix: details.fix })
  expect(error.cause).toBe(cause)
  expect(error).toBeInstanceOf(Error)
})

test('an inspector lists only the code beside the message', () => {
  expect(Object.keys(new QuipuError('QUIPU_STRICT', details))).toEqual(['code'])
})

test('an error of another copy of the package is recognised', () => {
  const foreign = Object.assign(new Error('from elsewhere'), { [Symbol.for('quipu.error')]: true })
  expect(QuipuError.isInstance(foreign)).toBe(true)
  expect(QuipuError.isInstance(new QuipuError('QUIPU_STRICT', details))).toBe(true)
})

test.each([new Error('x'), { [Symbol.for('quipu.error')]: true }, null, undefined, 'QuipuError', 7])(
  'other values are not recognised: %s',
  (value) => {
    expect(QuipuError.isInstance(value)).toBe(false)
  },
)

test('every code is documented under the anchor in its message', () => {
  const headings = errorsDoc().match(/^## .*$/gm)
  expect(headings).toEqual(
    Object.keys(errorCodes)
      .sort()
      .map((code) => `## ${code}`),
  )
  for (const [code, { meaning, remedy }] of Object.entries(errorCodes)) {
    expect(code).toMatch(/^QUIPU_[A-Z_]+$/)
    expect(errorsDoc()).toContain(`## ${code}\n\n${meaning}\n\n**What to do:** ${remedy}\n`)
  }
})
