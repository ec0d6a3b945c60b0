import type { RecorderCore } from './recorder-core.js'
import type { AnyInstrument } from './store/create-instrument.js'

/**
 * The instruments that are exported, as each reader asks for them.
 *
 * @param samplers called before a reading: what they observe is recorded then
 * @param sweep called before every reading, also one that does not sample
 */
export function createReadings(
  { store, guard }: RecorderCore,
  samplers: ReadonlySet<() => void>,
  sweep: () => void,
): (options?: { readonly sample?: boolean }) => readonly AnyInstrument[] {
  const counted = new Map<string, number>()
  return ({ sample = true } = {}) => {
    if (sample) for (const each of samplers) guard('collect', each)
    guard('sessions', sweep)
    const exported = store.exported()
    for (const { name, spec, size } of exported) {
      if (spec.vocabulary === 'self' || size === (counted.get(name) ?? 0)) continue
      counted.set(name, size)
      store.write('quipu_series', size, { metric: name })
    }
    return exported
  }
}
