export { observeKoa } from './koa/observe-koa.js'
export { type QuipuKoaOptions, quipuKoa } from './koa/quipu-koa.js'
