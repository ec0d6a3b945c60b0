import type { MeterProvider } from '@opentelemetry/api'
import type { AnyInstrument } from '../instruments/create-instrument.js'
import type { StoreContext } from '../store-context.js'
import { type Attachment, attachTo } from './attach.js'

interface Attachments {
  /** Registers the metrics on a provider. Returns a function that removes them. */
  attach(provider: MeterProvider): () => void
  /** Registers additions on every provider. */
  refresh(): void
}

/** The providers on which the metrics of one store are registered. */
export function createAttachments(
  store: { readonly context: StoreContext; guard<T>(site: string, fn: () => T): T | undefined },
  readings: () => readonly AnyInstrument[],
): Attachments {
  const { context, guard } = store
  const attachments = new Set<Attachment>()
  // In a strict store, removing a series is not a mistake.
  const onRemoval = (metric: string): void => {
    if (!context.strict) context.drop(metric, 'kept_by_provider')
  }
  return {
    refresh() {
      for (const attachment of attachments) guard('attach', () => attachment.refresh())
    },
    attach(provider) {
      const attachment = attachTo(provider, readings, guard, onRemoval)
      attachments.add(attachment)
      return () => {
        attachments.delete(attachment)
        attachment.detach()
      }
    },
  }
}
