/** The page with its response headers. */
export interface StudioDocument {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Loads the page: one HTML document that needs no other file. It reads `custom_metrics`, `metrics` and `quipu/lines`
 * beside its own address, so it is served as `/quipu` by the server of these pages.
 *
 * @returns its text and its response headers, including a strict Content-Security-Policy; never rejects in a complete
 * installation
 * @example
 * const { body, headers } = await loadStudio()
 * createServer((request, response) => response.writeHead(200, headers).end(body))
 */
export async function loadStudio(): Promise<StudioDocument> {
  const { html, contentSecurityPolicy } = await import('#page')
  return {
    body: html,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy,
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    },
  }
}
