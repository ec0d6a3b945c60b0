import type { HandlerOptions, ServedDocument } from '@quipu/prometheus'

/** The source of a studio's figures: pages, or documents in their place. */
export interface StudioSource {
  /** Description of the source, printed on the terminal. */
  readonly name: string
  readonly pages: HandlerOptions['pages']
  readonly documents: Readonly<Record<string, ServedDocument>>
  close(): Promise<void>
}
