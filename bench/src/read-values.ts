import { endpointOf, modelOf } from './workload.js'

/**
 * The same values as from requests and responses: strings that are not literals of the program, with so many copies of
 * each that one is rarely used twice. (V8 treats a string that was a property name like a literal.)
 */
const READ = 1 << 14
const readModels: readonly string[] = Array.from({ length: READ }, (_, i) => readText(modelOf(i)))
const readEndpoints: readonly string[] = Array.from({ length: READ }, (_, i) => readText(endpointOf(i)))
export const readModelOf = (i: number) => readModels[i & (READ - 1)]!
export const readEndpointOf = (i: number) => readEndpoints[i & (READ - 1)]!

function readText(text: string): string {
  return Buffer.from(text).toString('latin1')
}
