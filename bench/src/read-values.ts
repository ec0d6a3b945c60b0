import { endpointOf, modelOf } from './workload.js'

/**
 * The same values as they come from requests and answers: strings that are no literals of the program, and so many of
 * each that hardly one is seen twice. (A string that has been the name of a property is as good as a literal.)
 */
const READ = 1 << 14
const readModels: readonly string[] = Array.from({ length: READ }, (_, i) => readText(modelOf(i)))
const readEndpoints: readonly string[] = Array.from({ length: READ }, (_, i) => readText(endpointOf(i)))
export const readModelOf = (i: number) => readModels[i & (READ - 1)]!
export const readEndpointOf = (i: number) => readEndpoints[i & (READ - 1)]!

function readText(text: string): string {
  return Buffer.from(text).toString('latin1')
}
