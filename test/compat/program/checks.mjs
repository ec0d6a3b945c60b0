/**
 * The smallest test runner that runs on every runtime: no imports, no process.
 * @typedef {object} Checks
 * @property {(name: string, fn: () => unknown) => Promise<void>} check runs one check, which fails by throwing
 * @property {() => { passed: number, failures: readonly string[] }} result
 */

/** @returns {Checks} */
export function createChecks() {
  let passed = 0
  const failures = []
  return {
    async check(name, fn) {
      try {
        await fn()
        passed++
      } catch (error) {
        failures.push(`${name}: ${textOfError(error)}`)
      }
    },
    result: () => ({ passed, failures }),
  }
}

/** The error and its place; the rest of its stack is in this runner. */
function textOfError(error) {
  const [where] = /\S+\.m?js:\d+:\d+/.exec(String(error?.stack).split('\n').slice(2).join('\n')) ?? ['?']
  return `${error} (${where})`
}

/** Returns a text that is equal for equal values: object keys are sorted, and numbers outside JSON have names. */
function textOf(value) {
  return JSON.stringify(value, (_, each) => {
    if (typeof each === 'number' && !Number.isFinite(each)) return `<${each}>`
    if (typeof each === 'bigint') return `<${each}n>`
    if (each instanceof Map) return { '<map>': [...each] }
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

export function equal(got, wanted, what = 'value') {
  const [a, b] = [textOf(got), textOf(wanted)]
  if (a !== b) throw new Error(`${what} is ${a}, not ${b}`)
}

export function ok(condition, what) {
  if (!condition) throw new Error(`not so: ${what}`)
}
