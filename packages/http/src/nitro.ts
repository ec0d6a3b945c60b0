export { type QuipuNitroOptions, quipuNitro } from './nitro/quipu-nitro.js'
