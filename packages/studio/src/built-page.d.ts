// The module that `scripts/bundle-page.mjs` writes to `dist/page.js`.

/** The whole page: markup, style and script. */
export declare const html: string
/** The Content-Security-Policy: allows the page's own style and script by their hashes, and requests to its own origin. */
export declare const contentSecurityPolicy: string
