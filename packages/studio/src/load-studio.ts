/** The page as a server sends it. */
export interface StudioDocument {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Loads the page: one HTML document that needs no other file. It reads `custom_metrics`, `metrics` and `quipu/lines`
 * beside its own address, so it is served as `/quipu` by the server of these pages.
 *
 * Returns its text and the headers that it needs, a strict Content-Security-Policy among them. Never rejects in a complete installation.
 *
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
