export { type QuipuNextOptions, quipuNext } from './next/quipu-next.js'
