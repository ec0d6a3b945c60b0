import { environmentVariable, isFlagOn } from '@quipu/store'
import { ACTIVITY_LOG_FLAG } from './activity/activity.js'
import type { PriceLookup, PriceTable } from './observe/price-options.js'
import type { SessionOptions } from './observe/session-options.js'
import type { RecorderSettings } from './recorder-options.js'

/** The current settings of a recorder besides its store, from its creation or from `configure()`. */
export class RecorderChoices {
  activityLog = isFlagOn(environmentVariable(ACTIVITY_LOG_FLAG))
  prices: PriceTable | undefined
  priceOf: PriceLookup | undefined
  tokensByUser = false
  sessions: SessionOptions | undefined

  constructor(options: RecorderSettings) {
    this.apply(options)
  }

  apply(chosen: RecorderSettings): void {
    if (chosen.activityLog !== undefined) this.activityLog = chosen.activityLog
    if (chosen.prices !== undefined) this.prices = chosen.prices
    if (chosen.priceOf !== undefined) this.priceOf = chosen.priceOf
    if (chosen.tokensByUser !== undefined) this.tokensByUser = chosen.tokensByUser
    if (chosen.sessions !== undefined) this.sessions = chosen.sessions
  }
}
