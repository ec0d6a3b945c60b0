import { environmentVariable } from '../runtime/environment.js'
import { createPseudonymizer, MIN_KEY_LENGTH } from './pseudonym.js'

/** Maximum number of code units of an id that are hashed, to bound the time for an id from outside. */
const MAX_ID_LENGTH = 1024

export interface IdSettings {
  readonly ids?: 'pseudonymous' | 'plain' | undefined
  readonly idKey?: string | undefined
  readonly groupIdKey?: string | undefined
}

/** The values of labels of class `id`. */
export interface IdPseudonyms {
  pseudonym(id: string): string
  /** @throws QuipuError QUIPU_KEY_TOO_SHORT */
  configure(settings: IdSettings): void
}

/**
 * Creates the pseudonyms of one recorder, from ids of bounded length. The key is `idKey`, otherwise QUIPU_ID_KEY,
 * otherwise the key that the processes of the application share, otherwise a random one. It is selected when the first
 * id is recorded, and again when another `idKey` is set.
 */
export function createIdPseudonyms(keyOtherwise = environmentKey): IdPseudonyms {
  let isPlain = false
  let groupIdKey: string | undefined
  let pseudonymOf = createPseudonymizer(undefined, () => keyOtherwise() ?? groupIdKey)
  return {
    pseudonym: (id) => (isPlain ? id : pseudonymOf(bounded(id))),
    configure(settings) {
      if (settings.ids !== undefined) isPlain = settings.ids === 'plain'
      if (settings.groupIdKey !== undefined) groupIdKey = settings.groupIdKey
      if (settings.idKey !== undefined) pseudonymOf = createPseudonymizer(settings.idKey)
    },
  }
}

/** An invalid value in the environment is ignored, as OpenTelemetry's specification requires; `start()` reports it. */
function environmentKey(): string | undefined {
  const key = environmentVariable('QUIPU_ID_KEY')
  return key !== undefined && key.length >= MIN_KEY_LENGTH ? key : undefined
}

/**
 * Returns the id. A long id is reduced to its length, beginning and end, so that ids with a common prefix stay
 * distinct.
 */
function bounded(id: string): string {
  if (id.length <= MAX_ID_LENGTH) return id
  return `${id.length}:${id.slice(0, MAX_ID_LENGTH / 2)}${id.slice(-MAX_ID_LENGTH / 2)}`
}
