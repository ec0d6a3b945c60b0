import { QuipuError } from '@quipu/catalog/builtin'
import type { PriceLookup } from '@quipu/core'
import { genaiPrices } from '@quipu/llm/genai-prices'
import { loadGenaiPrices } from '../optional.cjs'
import { warnIgnored } from './environment.js'

const PACKAGE = '@pydantic/genai-prices'

/**
 * Returns the lookup of prices that the option `genaiPrices` enables.
 * @param isAskedByCode whether code enables it, and not only the environment
 * @throws QuipuError QUIPU_MODULE_NOT_LOADED if code enables it and the package is not installed
 */
export function chooseGenaiPrices(isAskedByCode: boolean): PriceLookup | undefined {
  const library = loadGenaiPrices()
  if (library !== undefined) return genaiPrices(library)
  const fix = `npm install ${PACKAGE}`
  if (isAskedByCode) {
    throw new QuipuError('QUIPU_MODULE_NOT_LOADED', {
      what: `genaiPrices needs the package ${PACKAGE}.`,
      got: 'no such package beside @quipu/sdk',
      fix,
    })
  }
  warnIgnored('QUIPU_GENAI_PRICES', `needs a package: ${fix}`)
  return undefined
}
