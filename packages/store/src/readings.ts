import type { AnyInstrument } from './instruments/create-instrument.js'
import type { Store } from './store.js'
import type { StoreCore } from './store-core.js'

export interface Readings {
  /** The exported instruments, as readers request them. */
  readings(options?: { readonly sample?: boolean }): readonly AnyInstrument[]
  onCollect: Store['onCollect']
}

/** Creates the readings of one store, with the functions that sample values before them. */
export function createReadings({ table, guard }: StoreCore): Readings {
  const counted = new Map<string, number>()
  const samplers = new Map<() => void, boolean>()
  return {
    readings({ sample = true } = {}) {
      for (const [each, always] of samplers) if (sample || always) guard('collect', each)
      const exported = table.exported()
      for (const { name, spec, size } of exported) {
        if (spec.vocabulary === 'self' || size === (counted.get(name) ?? 0)) continue
        counted.set(name, size)
        table.write('quipu_series', size, { metric: name })
      }
      return exported
    },
    onCollect(sample, { always = false } = {}) {
      samplers.set(sample, always)
      return () => void samplers.delete(sample)
    },
  }
}
