import { environmentVariable } from '../runtime/environment.js'
import { createPseudonymizer, MIN_KEY_LENGTH } from './pseudonym.js'

/** Code units of an id that are hashed: it bounds the time that an id from outside can take. */
const MAX_ID_LENGTH = 1024

export interface IdSettings {
  readonly ids?: 'pseudonymous' | 'plain' | undefined
  readonly idKey?: string | undefined
  readonly groupIdKey?: string | undefined
}

/** What labels of class `id` hold in the place of ids. */
export interface IdPseudonyms {
  pseudonym(id: string): string
  /** @throws QuipuError QUIPU_KEY_TOO_SHORT */
  configure(settings: IdSettings): void
}

/**
 * The pseudonyms of one recorder, from ids cut to a bounded length. Their key is `idKey`, else QUIPU_ID_KEY, else the key that the processes of the
 * application share, else a random one; it is taken when the first id comes, and again when another `idKey` is given.
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

/** A bad value in the environment is ignored, as OpenTelemetry's specification asks; `start()` reports it. */
function environmentKey(): string | undefined {
  const key = environmentVariable('QUIPU_ID_KEY')
  return key !== undefined && key.length >= MIN_KEY_LENGTH ? key : undefined
}

/** The id, or, of a long one, its length with its beginning and its end, so that ids of one prefix stay apart. */
function bounded(id: string): string {
  if (id.length <= MAX_ID_LENGTH) return id
  return `${id.length}:${id.slice(0, MAX_ID_LENGTH / 2)}${id.slice(-MAX_ID_LENGTH / 2)}`
}
