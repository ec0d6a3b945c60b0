import { parseArgs } from 'node:util'

/** Settings from the command line. */
export interface Settings {
  readonly workers: number
  readonly seconds: number
  readonly killEverySeconds: number
  /** `soft`: a worker finishes its requests, then ends. `hard`: it is killed at once. */
  readonly kill: 'soft' | 'hard'
  readonly requestsPerSecond: number
}

/** Reads the settings; all have defaults. */
export function readSettings(): Settings {
  const { values } = parseArgs({
    options: {
      workers: { type: 'string', default: '8' },
      seconds: { type: 'string', default: '60' },
      'kill-every': { type: 'string', default: '5' },
      kill: { type: 'string', default: 'soft' },
      rate: { type: 'string', default: '2000' },
    },
  })
  return {
    workers: Number(values.workers),
    seconds: Number(values.seconds),
    killEverySeconds: Number(values['kill-every']),
    kill: values.kill === 'hard' ? 'hard' : 'soft',
    requestsPerSecond: Number(values.rate),
  }
}
