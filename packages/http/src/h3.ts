export { observeH3 } from './h3/observe-h3.js'
export { type QuipuH3Options, quipuH3 } from './h3/quipu-h3.js'
