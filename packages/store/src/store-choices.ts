import {
  type GenAiProfile,
  isStandard,
  type MetricSpec,
  type StandardVocabulary,
  type Vocabulary,
} from '@quipu/catalog/builtin'
import { createIdPseudonyms } from './privacy/id-pseudonyms.js'
import { environmentVariable, isFlagOn } from './runtime/environment.js'
import type { StoreSettings } from './store-options.js'

const allVocabularies: readonly Vocabulary[] = ['securetrack', 'aki', 'atlas', 'gen_ai', 'quipu']

/** Under DO_NOT_TRACK Aki's usage metrics are off by default. */
function defaultVocabularies(): readonly Vocabulary[] {
  const doNotTrack = isFlagOn(environmentVariable('DO_NOT_TRACK'))
  return doNotTrack ? allVocabularies.filter((vocabulary) => vocabulary !== 'aki') : allVocabularies
}

/** The current settings of a store, from its creation or from `configure()`. */
export class StoreChoices {
  #vocabularies: ReadonlySet<Vocabulary> = new Set(defaultVocabularies())
  #genAiProfiles: ReadonlySet<GenAiProfile> = new Set(['1.41'])
  #standard: ReadonlySet<StandardVocabulary> = new Set(['semconv', 'instrumentator'])
  readonly ids = createIdPseudonyms()
  /** The exported edition is known once it is set or `start()` has run. Until then both editions are recorded. */
  #isProfileChosen = false

  constructor(options: StoreSettings) {
    this.apply(options)
    this.#isProfileChosen = options.genAiProfiles !== undefined
  }

  /** @throws QuipuError QUIPU_KEY_TOO_SHORT */
  apply(chosen: StoreSettings): void {
    if (chosen.vocabularies !== undefined) this.#vocabularies = new Set(chosen.vocabularies)
    if (chosen.standard !== undefined) this.#standard = new Set(chosen.standard)
    if (chosen.genAiProfiles !== undefined) this.#genAiProfiles = new Set(chosen.genAiProfiles)
    this.ids.configure(chosen)
    this.#isProfileChosen = true
  }

  /** Whether a metric of this vocabulary, and edition of the GenAI conventions, is recorded. */
  records(vocabulary: Vocabulary, profile?: GenAiProfile): boolean {
    if (profile !== undefined && this.#isProfileChosen && !this.#genAiProfiles.has(profile)) return false
    if (isStandard(vocabulary)) return this.#standard.has(vocabulary)
    return vocabulary === 'self' || this.#vocabularies.has(vocabulary)
  }

  /** Returns whether a metric is exported. An application's own metrics have no vocabulary and always are. */
  exports({ vocabulary, profile }: MetricSpec): boolean {
    if (vocabulary === undefined) return true
    return this.records(vocabulary) && (profile === undefined || this.#genAiProfiles.has(profile))
  }
}
