import type { HandlerOptions, ServedDocument } from '@quipu/prometheus'

/** What a studio shows: pages, or documents in their place. */
export interface StudioSource {
  /** Where the figures come from, for the person at the terminal. */
  readonly name: string
  readonly pages: HandlerOptions['pages']
  readonly documents: Readonly<Record<string, ServedDocument>>
  close(): Promise<void>
}
