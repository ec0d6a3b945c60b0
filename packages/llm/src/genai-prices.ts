export { type GenaiPrices, genaiPrices } from './prices/genai-prices.js'
