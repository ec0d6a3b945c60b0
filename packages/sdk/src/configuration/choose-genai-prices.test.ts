import { QuipuError } from '@quipu/catalog/builtin'
import { expect, test, vi } from 'vitest'
import { chooseGenaiPrices } from './choose-genai-prices.js'

const installed = vi.hoisted(() => ({ library: undefined as object | undefined }))
vi.mock('../optional.cjs', () => ({ loadGenaiPrices: () => installed.library }))

test('prices of a missing package are an error if code enables them', () => {
  const caught = (): unknown => {
    try {
      return chooseGenaiPrices(true)
    } catch (error) {
      return error
    }
  }
  const error = caught()
  expect(QuipuError.isInstance(error) && [error.code, error.fix]).toEqual([
    'QUIPU_MODULE_NOT_LOADED',
    'npm install @pydantic/genai-prices',
  ])
})

test('prices of a missing package are reported and left out if the environment enables them', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  expect(chooseGenaiPrices(false)).toBeUndefined()
  expect(write.mock.calls.join('')).toContain('npm install @pydantic/genai-prices')
  write.mockRestore()
})

test('prices come from the package where it is installed', () => {
  installed.library = { calcPrice: () => ({ model_price: { input_mtok: 2 } }) }
  expect(chooseGenaiPrices(true)?.({ model: 'm', provider: 'openai', unixMs: 0 })?.input).toBe(2)
})
