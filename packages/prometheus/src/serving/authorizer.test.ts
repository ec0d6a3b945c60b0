import { QuipuError } from '@quipu/catalog/builtin'
import { describe, expect, it } from 'vitest'
import { createAuthorizer } from './authorizer.js'

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

describe('only valid credentials are accepted', () => {
  const authorizer = createAuthorizer({
    bearer: ['first', 'second'],
    basic: { username: 'prometheus', password: 'pä:ss' },
  })
  it.each([
    ['Bearer first', true],
    ['bearer second', true],
    [basic('prometheus:pä:ss'), true],
    [basic('prometheus:pass'), false],
    [basic('other:pä:ss'), false],
    // The header in which a browser sends a token.
    [basic('anyone:second'), true],
    [basic(':first'), true],
    [basic('first:third'), false],
    ['Bearer  first', true],
    ['Bearer first ', true],
    ['no Bearer first', false],
    ['Bearer third', false],
    ['Bearer firs', false],
    ['Bearer first second', false],
    ['Bearer', false],
    ['Basic first', false],
    ['first', false],
    ['', false],
    [undefined, false],
  ])('%j: %s', async (header, allowed) => expect(await authorizer.isAllowed(header)).toBe(allowed))

  it('are described by the challenge', () => {
    expect(authorizer.challenge).toBe('Bearer realm="metrics", Basic realm="metrics", charset="UTF-8"')
  })
})

it.each([{}, { bearer: '' }, { bearer: ['a', ''] }, { bearer: [] }, { basic: { username: '', password: 'x' } }])(
  'empty credentials are refused, because they would admit everyone: %j',
  (auth) => {
    const error = catchError(() => createAuthorizer(auth))
    expect(QuipuError.isInstance(error) && error.code).toBe('QUIPU_CONFIG_INVALID')
  },
)

it('missing credentials are refused, and the error says what to set', () => {
  expect(catchError(() => createAuthorizer({}))).toMatchObject({
    what: expect.stringContaining('no request could be authorized'),
    got: 'auth without bearer or basic',
    fix: expect.stringContaining('set a token'),
  })
})

function catchError(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}
