/** What became of one request, its repeats included. */
export type SendResult =
  | { readonly outcome: 'taken'; readonly body: Uint8Array }
  /** The back end was not there, or asked to try again: the same request may go another time. */
  | { readonly outcome: 'unavailable'; readonly error: Error }
  /** The back end will not have this request, however often it comes. */
  | { readonly outcome: 'refused'; readonly error: Error }
