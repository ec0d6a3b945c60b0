import { type GenAiProfile, isStandard, type StandardVocabulary, type Vocabulary } from '@quipu/catalog/builtin'
import { ACTIVITY_LOG_FLAG, environmentVariable, isFlagOn } from './environment.js'
import type { PriceTable } from './observe/price-options.js'
import type { SessionOptions } from './observe/session-options.js'
import { createIdPseudonyms } from './privacy/id-pseudonyms.js'
import type { RecorderSettings } from './recorder-options.js'
import type { VocabularyChoice } from './store/store.js'

const allVocabularies: readonly Vocabulary[] = ['securetrack', 'aki', 'atlas', 'gen_ai', 'quipu']

/** Under DO_NOT_TRACK Aki's usage metrics are off, unless the application chooses them in code. */
function defaultVocabularies(): readonly Vocabulary[] {
  const doNotTrack = isFlagOn(environmentVariable('DO_NOT_TRACK'))
  return doNotTrack ? allVocabularies.filter((vocabulary) => vocabulary !== 'aki') : allVocabularies
}

/** What may be chosen about a recorder, as it stands now: at creation, and later by `configure()`. */
export class RecorderChoices implements VocabularyChoice {
  vocabularies: ReadonlySet<Vocabulary> = new Set(defaultVocabularies())
  genAiProfiles: ReadonlySet<GenAiProfile> = new Set(['1.41'])
  standard: ReadonlySet<StandardVocabulary> = new Set(['semconv', 'instrumentator'])
  activityLog = isFlagOn(environmentVariable(ACTIVITY_LOG_FLAG))
  prices: PriceTable | undefined
  sessions: SessionOptions | undefined
  readonly ids = createIdPseudonyms()
  /** Which edition will be exported is known once it has been chosen, or `start()` has run; until then both are recorded. */
  #isProfileChosen = false

  constructor(options: RecorderSettings) {
    this.apply(options)
    this.#isProfileChosen = options.genAiProfiles !== undefined
  }

  /** @throws QuipuError QUIPU_KEY_TOO_SHORT */
  apply(chosen: RecorderSettings): void {
    if (chosen.vocabularies !== undefined) this.vocabularies = new Set(chosen.vocabularies)
    if (chosen.standard !== undefined) this.standard = new Set(chosen.standard)
    if (chosen.genAiProfiles !== undefined) this.genAiProfiles = new Set(chosen.genAiProfiles)
    if (chosen.activityLog !== undefined) this.activityLog = chosen.activityLog
    if (chosen.prices !== undefined) this.prices = chosen.prices
    if (chosen.sessions !== undefined) this.sessions = chosen.sessions
    this.ids.configure(chosen)
    this.#isProfileChosen = true
  }

  speaks(vocabulary: Vocabulary): boolean {
    if (isStandard(vocabulary)) return this.standard.has(vocabulary)
    return vocabulary === 'self' || this.vocabularies.has(vocabulary)
  }

  /** Whether a metric of this vocabulary and edition of the GenAI conventions is recorded. */
  records(vocabulary: Vocabulary, profile: GenAiProfile | undefined): boolean {
    if (!this.speaks(vocabulary)) return false
    return profile === undefined || !this.#isProfileChosen || this.genAiProfiles.has(profile)
  }
}
