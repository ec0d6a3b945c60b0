export { type NestApplicationLike, type QuipuNestOptions, quipuNest } from './nest/quipu-nest.js'
